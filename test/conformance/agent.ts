/**
 * The program under which a board proves its HAL: it asks the rig for one order at a time, does it,
 * and answers. Every check is also a line on the serial console. It keeps nothing, so power may
 * fail anywhere.
 */
import type { Hal } from "../../hal/hal.ts";
import { hex } from "../../src/base/bytes.ts";
import { BaseDigest, baseCases } from "./base.ts";
import { type Carrier, type Channel, openChannel } from "./channel.ts";
import { kindOf, Steps } from "./checks.ts";
import { Fetch } from "./fetch.ts";
import { afterCut, erase, fillSeed, prepareCut, verifySeed, write } from "./flashcut.ts";
import { apartChecks, flashCases, neighbourCases } from "./flash.ts";
import {
  type Check,
  type FetchOrder,
  type Fetched,
  HEADERS,
  type Order,
  patternBytes,
  type PartitionName,
  type Report,
} from "./order.ts";
import { clockChecks, firstRandom, identityChecks, randomChecks } from "./rest.ts";
import { Stage } from "./stage.ts";
import { TimedFlash } from "./timed.ts";

/** What stands for a program that does not come back, where the board is simulated. */
export interface Stand {
  /** Never returns; throws. */
  hang(): never;
  /** Does nothing else for so many milliseconds. */
  busy(ms: number): void;
}

/** Between two looks for a datagram, which should end the wait anyway. */
const LOOK_MS = 500;

/** An order for checks that take a step each. */
type CasesOrder = Extract<
  Order,
  { readonly do: "flash" | "neighbours" | "afterCut" | "prepareCut" }
>;

/** What takes more than one step: its report, or when to call again. */
interface Work {
  step(now: number): Report | number;
}

export class Agent {
  readonly #hal: Hal;
  readonly #channel: Channel;
  readonly #stand: Stand;
  readonly #partitions: { readonly [name in PartitionName]: TimedFlash };
  #report: Report;
  #work: Work | undefined;

  /** `rig` is where the rig listens: http://host:port, or CONSOLE. */
  constructor(board: Carrier, rig: string, stand?: Stand) {
    const now = (): number => board.now();
    this.#hal = board;
    this.#channel = openChannel(board, rig);
    this.#stand = stand ?? really(now);
    this.#partitions = {
      store: new TimedFlash(board.store, now),
      staging: new TimedFlash(board.staging, now),
    };
    const random = firstRandom(board);
    this.#report = {
      kind: "boot",
      running: board.boot.running(),
      ...(random === undefined ? {} : { random }),
    };
  }

  /** When to call again, in ms of hal.now. Boot.restart may be called in it. */
  step(): number {
    const now = this.#hal.now();
    if (this.#work === undefined) {
      const order = this.#channel.step(this.#report, now);
      if (typeof order === "number") return order;
      this.#begin(order, now);
      return now;
    }
    const report = this.#attempt(this.#work, now);
    if (typeof report === "number") return report;
    this.#work = undefined;
    this.#tell(report);
    return now;
  }

  #tell(report: Report): void {
    this.#report = report;
    if (!("checks" in report)) return;
    for (const { name, problem } of report.checks) {
      this.#hal.log(
        problem === undefined ? "info" : "error",
        "conformance",
        `${problem === undefined ? "ok" : "not ok"} - ${name}`,
      );
      if (problem !== undefined) this.#hal.log("error", "conformance", `# ${problem}`);
    }
  }

  #begin(order: Order, now: number): void {
    switch (order.do) {
      case "restart":
        this.#hal.boot.restart();
        return;
      case "panic":
        throw new Error("a panic was ordered");
      case "hang":
        this.#stand.hang();
        return;
      case "busy":
        this.#stand.busy(order.ms);
        this.#report = { kind: "done" };
        return;
      case "fetch":
        this.#work = new Fetching(this.#hal, order);
        return;
      case "receive":
        this.#work = new Receiving(this.#hal, order.bufferBytes, now + order.ms);
        return;
      case "stage":
        this.#work = new Stage(this.#hal, order.url, order.damage);
        return;
      case "base":
      case "digestBase":
        this.#work = lazily(() => this.#baseWork(order.do));
        return;
      case "clock":
        this.#work = { step: (time) => clockChecks(this.#hal, now, order.ms, time) };
        return;
      case "flash":
      case "neighbours":
      case "afterCut":
      case "prepareCut":
        this.#work = lazily(() => this.#steps(order));
        return;
      default:
        this.#work = { step: () => this.#perform(order) };
    }
  }

  #baseWork(what: "base" | "digestBase"): Work {
    const { base, staging } = this.#hal;
    if (base === undefined) return { step: () => ({ kind: "base" }) };
    const slot = staging.status();
    return what === "base" ? new Steps(baseCases(base, slot)) : new BaseDigest(base, slot);
  }

  #attempt(work: Work, now: number): Report | number {
    try {
      return work.step(now);
    } catch (error) {
      const kind = kindOf(error);
      return {
        kind: "threw",
        text: error instanceof Error ? `${error.name}: ${error.message}` : "no Error",
        error: kind,
      };
    }
  }

  #steps(order: CasesOrder): Work {
    const { partition: name } = order;
    const flash = this.#partition(name);
    switch (order.do) {
      case "flash":
        return new Steps(flashCases(flash, name));
      case "neighbours": {
        const { cases, next } = neighbourCases(flash, name, order.from);
        return new Steps(cases, next);
      }
      case "afterCut":
        return new Steps(afterCut(flash, order.of, order.completed, name));
      case "prepareCut":
        return new Preparing(prepareCut(flash));
    }
  }

  #perform(order: Order): Report {
    const checks = this.#checks(order);
    if (checks !== undefined) return { kind: "checks", checks };
    const { boot } = this.#hal;
    const { staging } = this.#partitions;
    switch (order.do) {
      case "running":
        return { kind: "running", running: boot.running() };
      case "fill":
        fillSeed(this.#partition(order.partition), order.seed);
        break;
      case "write":
        write(this.#partition(order.partition));
        break;
      case "erase":
        erase(this.#partition(order.partition));
        break;
      case "blank":
        staging.eraseBlock(0);
        break;
      case "arm":
        boot.arm();
        break;
      case "confirm":
        boot.confirm();
        break;
    }
    return { kind: "done" };
  }

  /** Undefined: the order is for none. */
  #checks(order: Order): readonly Check[] | undefined {
    switch (order.do) {
      case "apart":
        return apartChecks(this.#partitions.store, this.#partitions.staging);
      case "verify":
        return verifySeed(this.#partition(order.partition), order.seed, order.partition);
      case "identity":
        return identityChecks(this.#hal.identity);
      case "random":
        return randomChecks(this.#hal);
      default:
        return undefined;
    }
  }

  #partition(name: PartitionName): TimedFlash {
    return this.#partitions[name];
  }
}

/** Made in the first step, so that what the board throws is told. */
function lazily(make: () => Work): Work {
  let work: Work | undefined;
  return { step: (now) => (work ??= make()).step(now) };
}

/** The watchdog ends what hangs. */
function really(now: () => number): Stand {
  return {
    hang: () => {
      for (;;);
    },
    busy: (ms) => {
      const end = now() + ms;
      while (now() < end);
    },
  };
}

/** Steps that are no checks. */
class Preparing implements Work {
  readonly #steps: readonly (() => void)[];
  #at = 0;

  constructor(steps: readonly (() => void)[]) {
    this.#steps = steps;
  }

  step(now: number): Report | number {
    const one = this.#steps[this.#at++];
    if (one === undefined) return { kind: "done" };
    one();
    return now;
  }
}

class Receiving implements Work {
  readonly #hal: Hal;
  readonly #buffer: Uint8Array;
  readonly #until: number;

  constructor(hal: Hal, bufferBytes: number, until: number) {
    this.#hal = hal;
    this.#buffer = new Uint8Array(bufferBytes);
    this.#until = until;
  }

  step(now: number): Report | number {
    const count = this.#hal.datagrams?.receive(this.#buffer) ?? 0;
    if (count > 0) return { kind: "received", bytes: hex(this.#buffer.subarray(0, count)) };
    return now < this.#until ? now + LOOK_MS : { kind: "received" };
  }
}

class Fetching implements Work {
  readonly #begin: () => Fetch;
  #fetch: Fetch;
  /** Requests that follow. */
  #left: number;

  constructor(hal: Hal, order: FetchOrder) {
    const { method, url, bodyBytes, bufferBytes, stallMs, pollMs, times, manyHeaders } = order;
    const request = {
      method,
      url,
      headers: [["X-Conformance", "a value"], ...(manyHeaders === true ? HEADERS : [])] as const,
      ...(bodyBytes === undefined ? {} : { body: patternBytes(0, bodyBytes, 1) }),
    };
    const options = {
      clock: () => hal.now(),
      ...(pollMs === undefined ? {} : { pollMs }),
      ...(bufferBytes === undefined ? {} : { bufferBytes }),
      ...(stallMs === undefined ? {} : { stallMs }),
      ...(times === undefined ? {} : ({ staysOpen: true } as const)),
    };
    this.#left = (times ?? 1) - 1;
    this.#begin = () => new Fetch(hal.link, request, options);
    this.#fetch = this.#begin();
  }

  /** The report is of the last request, or of the first that fails. */
  step(now: number): Report | number {
    const result: Fetched | number = this.#fetch.step(now);
    if (typeof result === "number") return result;
    const before = this.#fetch;
    const isLast = this.#left-- === 0 || result.error !== undefined;
    if (!isLast) this.#fetch = this.#begin();
    before.close();
    return isLast ? { kind: "fetched", fetched: result } : now;
  }
}
