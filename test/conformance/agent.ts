/**
 * The program under which a board proves its HAL: it asks the rig for one order at a time, does it,
 * and answers. Every check is also a line on the serial console. It keeps nothing, so power may
 * fail anywhere.
 */
import type { Flash, Hal } from "../../hal/hal.ts";
import { hex } from "../../src/base/bytes.ts";
import { text, utf8 } from "../../src/base/utf8.ts";
import { kindOf } from "./checks.ts";
import { Fetch } from "./fetch.ts";
import { afterCut, erase, fillSeed, prepareCut, verifySeed, write } from "./flashcut.ts";
import { apartChecks, flashChecks } from "./flash.ts";
import {
  type FetchOrder,
  type Fetched,
  type Order,
  patternBytes,
  type PartitionName,
  type Report,
} from "./order.ts";
import { clockChecks, identityChecks, randomReport } from "./rest.ts";
import { Stage } from "./stage.ts";

const ANSWER_BYTES_MAX = 2048;
/** Between two attempts to reach the rig. */
const RETRY_MS = 500;
/** Between two looks for a datagram, which should end the wait anyway. */
const LOOK_MS = 500;

/** What takes more than one step: its report, or when to call again. */
interface Work {
  step(now: number): Report | number;
}

export class Agent {
  #hal: Hal;
  #url: string;
  #control: Fetch | undefined;
  #answer = new Uint8Array(ANSWER_BYTES_MAX);
  #answered = 0;
  #report: Report;
  #work: Work | undefined;

  /** `url` is where the rig listens: http://host:port. */
  constructor(hal: Hal, url: string) {
    this.#hal = hal;
    this.#url = url;
    this.#report = { kind: "boot", running: hal.boot.running() };
  }

  /** When to call again, in ms of hal.now. Boot.restart may be called in it. */
  step(): number {
    const now = this.#hal.now();
    if (this.#work === undefined) return this.#converse(now);
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

  /** Posts the last report; the answer is the next order. */
  #converse(now: number): number {
    this.#control ??= this.#post();
    const result = this.#control.step(now);
    if (typeof result === "number") return result;
    this.#control = undefined;
    if (result.status !== 200 || result.error !== undefined) {
      this.#hal.log(
        "error",
        "conformance",
        `the rig at ${this.#url} cannot be reached: ${result.error ?? result.status ?? ""}`,
      );
      return this.#pause(now);
    }
    this.#begin(JSON.parse(text(this.#answer, 0, this.#answered)) as Order, now);
    return now;
  }

  #post(): Fetch {
    this.#answered = 0;
    const body = utf8(JSON.stringify(this.#report));
    return new Fetch(
      this.#hal.link,
      {
        method: "POST",
        url: `${this.#url}/next`,
        headers: [["Content-Type", "application/json"]],
        body,
      },
      {
        sink: (bytes) => {
          for (const byte of bytes)
            if (this.#answered < ANSWER_BYTES_MAX) this.#answer[this.#answered++] = byte;
        },
      },
    );
  }

  /** The report is posted again after a while. */
  #pause(now: number): number {
    const until = now + RETRY_MS;
    const report = this.#report;
    this.#work = { step: (time) => (time < until ? until : report) };
    return until;
  }

  #begin(order: Order, now: number): void {
    switch (order.do) {
      case "restart":
        this.#hal.boot.restart();
        return;
      case "panic":
        throw new Error("a panic was ordered");
      case "fetch":
        this.#work = new Fetching(this.#hal, order);
        return;
      case "receive":
        this.#work = new Receiving(this.#hal, order.bufferBytes, now + order.ms);
        return;
      case "stage":
        this.#work = new Stage(this.#hal, order.url, order.damage);
        return;
      case "clock":
        this.#work = { step: (time) => clockChecks(this.#hal, now, order.ms, time) };
        return;
      default:
        this.#work = { step: () => this.#perform(order) };
    }
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

  #perform(order: Order): Report {
    const { boot, store, staging } = this.#hal;
    switch (order.do) {
      case "flash":
        return {
          kind: "checks",
          checks: flashChecks(this.#partition(order.partition), order.partition),
        };
      case "apart":
        return { kind: "checks", checks: apartChecks(store, staging) };
      case "verify":
        return {
          kind: "checks",
          checks: verifySeed(this.#partition(order.partition), order.seed, order.partition),
        };
      case "afterCut":
        return {
          kind: "checks",
          checks: afterCut(
            this.#partition(order.partition),
            order.of,
            order.completed,
            order.partition,
          ),
        };
      case "identity":
        return { kind: "checks", checks: identityChecks(this.#hal.identity) };
      case "random":
        return randomReport(this.#hal);
      case "running":
        return { kind: "running", running: boot.running() };
      case "fill":
        fillSeed(this.#partition(order.partition), order.seed);
        break;
      case "prepareCut":
        prepareCut(this.#partition(order.partition));
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

  #partition(name: PartitionName): Flash {
    return name === "store" ? this.#hal.store : this.#hal.staging;
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
    const { method, url, bodyBytes, bufferBytes, stallMs, times } = order;
    const request = {
      method,
      url,
      headers: [["X-Conformance", "a value"]] as const,
      ...(bodyBytes === undefined ? {} : { body: patternBytes(0, bodyBytes, 1) }),
    };
    const options = {
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
