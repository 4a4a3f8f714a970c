/**
 * One scenario with one device, over as many sessions as it takes. It says what to send next and is
 * told what came back.
 *
 * A session may end anywhere: the step that was not answered whole is sent again in the next one.
 * Only Exec is not simply repeated, since the device may have taken it: State is asked first, and
 * an operation that has begun is waited for.
 */
import type { EventSink } from "./event.ts";
import { stateName } from "../../../src/objects/fumostate.ts";
import { DELTA_DECLINED, type Operation, type Scenario, type Step } from "./scenario.ts";

export interface Outcome {
  readonly ok: boolean;
  /** Result code of the last final alert; 0 without one. */
  readonly code: number;
  readonly text: string;
}

/** A generic alert (1226) as far as FUMO cares. */
export interface GenericAlert {
  readonly type: string;
  readonly source: string;
  readonly correlator: string | undefined;
  readonly data: string;
}

/** States in which an Exec that got no answer was not taken, or is over: it is sent again. */
const RESTING: readonly number[] = [10, 20, 50, 70, 80];

/** States in which the device is at work with another package: it takes none meanwhile. */
const BUSY: readonly number[] = [30, 60];

/** The Status of a command behind a No, and of a Get of what is not there. */
const NOT_EXECUTED = 215;
const NOT_FOUND = 404;

export class Campaign {
  /** States that the device has said, in order, without repetition. */
  readonly states: number[] = [];
  /** The last value of each node that was read. */
  readonly values = new Map<string, string>();
  outcome: Outcome | undefined;
  readonly scenario: Scenario;
  readonly #device: string;
  readonly #emit: EventSink;
  /** Those of the scenario, with what was chosen. */
  #steps: readonly Step[];
  /** The steps that take the place of those from #chosenAt on, when a delta is not taken. */
  #otherwise: readonly Step[] | undefined;
  #chosenAt = 0;
  #step = 0;
  #closing = false;
  /** True once an Exec of this step has been sent. */
  #execSent = false;
  #asked = false;
  #failure: Outcome | undefined;
  #code = 0;
  #package: readonly Operation[] = [];
  readonly #open = new Set<Operation>();
  /** Nodes whose last Get was answered 404. */
  readonly #missing = new Set<string>();
  #poll = false;
  /** Commands that somebody wants sent besides, and whether this package is such a one. */
  readonly #orders: Operation[] = [];
  #ordered = false;
  /** The device is at work with what this campaign has not given it. */
  #busy = false;
  /** It has said its State in this session. */
  #told = false;

  /** `device`: the DevId of the one that goes through it. */
  constructor(scenario: Scenario, device: string, emit: EventSink) {
    this.scenario = scenario;
    this.#steps = scenario.steps;
    this.#device = device;
    this.#emit = emit;
  }

  /** Another campaign that goes on from here. */
  fork(emit: EventSink): Campaign {
    const fork = new Campaign(this.scenario, this.#device, emit);
    fork.states.push(...this.states);
    for (const [uri, value] of this.values) fork.values.set(uri, value);
    fork.outcome = this.outcome;
    fork.#steps = this.#steps;
    fork.#otherwise = this.#otherwise;
    fork.#chosenAt = this.#chosenAt;
    fork.#step = this.#step;
    fork.#closing = this.#closing;
    fork.#execSent = this.#execSent;
    fork.#failure = this.#failure;
    fork.#code = this.#code;
    fork.#busy = this.#busy;
    for (const uri of this.#missing) fork.#missing.add(uri);
    fork.#orders.push(...this.#orders);
    return fork;
  }

  /** What `fork` takes along, as values. */
  durable(): readonly unknown[] {
    return [
      this.states,
      [...this.values],
      this.outcome,
      this.#chosenAt,
      this.#otherwise === undefined,
      this.#step,
      this.#closing,
      this.#execSent,
      this.#failure,
      this.#code,
      this.#busy,
      [...this.#missing],
      this.#orders,
    ];
  }

  /** A session begins, or commands have to be sent again: what was not answered whole is open. */
  begin(): void {
    // An Exec may have been taken: it is not given twice.
    if (this.#ordered) this.#orders.unshift(...this.#package.filter(({ name }) => name !== "Exec"));
    this.#ordered = false;
    this.#package = [];
    this.#open.clear();
    this.#asked = false;
    this.#told = false;
  }

  /** This command is sent in the next package that is free, also after the outcome. */
  order(operation: Operation): void {
    this.#orders.push({ ...operation, accept: "any" });
  }

  /** The commands of the next package; none when there is nothing to say in this session. */
  next(): { readonly operations: readonly Operation[]; readonly within?: "Sequence" | "Atomic" } {
    if (this.#open.size > 0) return { operations: [] };
    if (this.#orders.length > 0) {
      this.#ordered = true;
      return this.#send(this.#orders.splice(0, 1), false);
    }
    if (this.outcome !== undefined) return { operations: [] };
    this.#pass();
    if (this.#closing) return this.#send(this.scenario.closing, false);
    const step = this.#current();
    if (step === undefined || step.kind === "choose") return { operations: [] };
    const waits = this.#waits(step);
    if (waits || step.kind === "await" || this.#execSent) {
      if (waits && this.#told) return { operations: [] };
      if (this.#asked && step.kind === "await") return { operations: [] };
      this.#asked = true;
      return this.#send(
        [{ name: "Get", uri: `${this.scenario.object}/State`, accept: "any" }],
        true,
      );
    }
    const wanted = step.operations.filter((operation) => this.#wants(operation));
    this.#execSent = wanted.some((operation) => operation.name === "Exec");
    const { operations } = this.#send(wanted, false);
    return step.within === undefined ? { operations } : { operations, within: step.within };
  }

  /**
   * The device's status for an operation of the package; 0 when it gave none. Values of a Get come
   * before it is complete.
   */
  answered(operation: Operation, status: number): void {
    if (!this.#open.delete(operation)) return;
    this.#emit({ kind: "command", name: operation.name, uri: operation.uri, status });
    if (operation.name === "Get" && status === NOT_FOUND) this.#missing.add(operation.uri);
    else if (operation.name === "Get") this.#missing.delete(operation.uri);
    const { accept } = operation;
    const done = status >= 200 && status < 300 && status !== NOT_EXECUTED;
    const fine = accept === undefined ? done : accept === "any" || accept.includes(status);
    if (!fine)
      this.#fail(
        `${operation.name} ${operation.uri} was answered ${status}`,
        DELTA_DECLINED.statuses.includes(status),
      );
  }

  /** All that this package brings has come: statuses and results. */
  complete(): void {
    if (this.#package.length === 0 || this.#open.size > 0) return;
    this.#package = [];
    if (this.#ordered) {
      this.#ordered = false;
      return;
    }
    if (this.#closing) this.#end();
    else if (this.#poll) this.#polled();
    else this.#advance();
  }

  value(uri: string, value: string, format: string): void {
    this.values.set(uri, value);
    this.#emit({ kind: "value", uri, format, value });
    if (uri !== `${this.scenario.object}/State`) return;
    const state = Number(value);
    this.#told = true;
    this.#busy = BUSY.includes(state);
    if (this.states.at(-1) === state) return;
    this.states.push(state);
    this.#emit({ kind: "state", state, name: stateName(state) });
  }

  /** A generic alert. True when it is the one that is waited for, or may be. */
  alert(alert: GenericAlert): boolean {
    const awaited = this.#steps.findIndex(
      (step, index) => index >= this.#step && step.kind === "await",
    );
    const step = this.#steps[awaited];
    if (this.outcome !== undefined || step?.kind !== "await" || awaited > this.#step + 1)
      return false;
    this.#busy = false;
    const ours =
      alert.correlator === undefined
        ? alert.type.includes("firmwareupdate")
        : alert.correlator === step.correlator;
    if (!ours || alert.type.endsWith("request")) return false;
    this.#code = Number(alert.data);
    this.#step = awaited;
    this.begin();
    if (this.#code >= 200 && this.#code < 300) this.#advance();
    else
      this.#fail(`the device reports ${this.#code}`, DELTA_DECLINED.results.includes(this.#code));
    return true;
  }

  /** The campaign cannot go on. The closing questions are still asked. */
  #fail(text: string, isDeclined: boolean): void {
    if (this.#otherwise !== undefined && isDeclined) {
      this.#emit({ kind: "warning", text: `${text}: the whole image follows` });
      this.#choose(this.#chosenAt, this.#otherwise);
      return;
    }
    this.#failure ??= { ok: false, code: this.#code, text };
    this.#emit({ kind: "warning", text });
    if (this.#closing) return;
    this.#closing = true;
    this.#package = [];
    this.#open.clear();
  }

  #send(
    operations: readonly Operation[],
    poll: boolean,
  ): { readonly operations: readonly Operation[] } {
    this.#package = operations;
    this.#poll = poll;
    for (const operation of operations) this.#open.add(operation);
    return { operations };
  }

  /** After an Exec without an answer: was it taken? */
  #polled(): void {
    if (this.#current()?.kind !== "send" || !this.#execSent) return;
    if (RESTING.includes(this.states.at(-1) ?? 10)) this.#execSent = false;
    else this.#advance();
  }

  /** A package that changes something has to wait while the device is at work. */
  #waits(step: Step): boolean {
    return (
      this.#busy &&
      !this.#execSent &&
      step.kind === "send" &&
      step.operations.some(({ name }) => name !== "Get")
    );
  }

  #wants({ ifMissing }: Operation): boolean {
    return ifMissing === undefined || this.#missing.has(ifMissing);
  }

  /** Passes over packages of which nothing has to be sent. */
  #pass(): void {
    for (let step = this.#current(); step?.kind === "send"; step = this.#current()) {
      if (this.#execSent || step.operations.some((operation) => this.#wants(operation))) return;
      this.#advance();
    }
  }

  #current(): Step | undefined {
    return this.#steps[this.#step];
  }

  #advance(): void {
    this.#execSent = false;
    this.#step++;
    const step = this.#current();
    if (step === undefined) this.#closing = true;
    if (step?.kind !== "choose") return;
    const { steps, otherwise } = step.choice(this.values);
    this.#choose(this.#step, steps, otherwise);
  }

  /** Goes on with these steps in the place of all from number `at` on. */
  #choose(at: number, steps: readonly Step[], otherwise?: readonly Step[]): void {
    this.#steps = [...this.#steps.slice(0, at), ...steps];
    this.#otherwise = otherwise;
    this.#chosenAt = at;
    this.#step = at;
    this.#execSent = false;
    this.#code = 0;
    this.begin();
  }

  #end(): void {
    this.outcome = this.#failure ?? {
      ok: true,
      code: this.#code,
      text: `${this.scenario.name}: done`,
    };
    const { text } = this.outcome;
    this.#emit({ kind: "result", code: this.#code, text, device: this.#device });
  }
}
