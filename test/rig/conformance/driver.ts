/**
 * Drives one board through a plan: gives orders to the agent on it, switches it on and off,
 * collects checks.
 */
import type { Running } from "../../../hal/hal.ts";
import type { Check, Order, Report } from "../../conformance/order.ts";
import { Exit, RigError } from "../exit.ts";
import { LinkServer } from "./server.ts";

/**
 * Power fails in flash operation `at`, counted from 1 since power came, in one of the bench's
 * modes.
 */
export interface BenchCut {
  readonly at: number;
  readonly mode: string;
}

/** A board on the bench, with the agent as its firmware in the slot that runs. */
export interface Bench {
  /** How it can cut the power inside an operation; none when it cannot. */
  readonly cutModes: readonly string[];
  /**
   * An image of another version than runs now, with the agent in it, that this board boots. Always
   * of one length.
   */
  readonly image: Uint8Array;
  /** The address of this computer as the board sees it; absent: 127.0.0.1. */
  readonly rigAddress?: string;
  /** Where the rig listens; absent: 127.0.0.1, and a free port. */
  readonly listening?: string;
  readonly rigPort?: number;
  /**
   * UDP port of 127.0.0.1 that leads to the board's datagrams; absent: nothing reaches it unasked,
   * or this bench cannot send it anything. Known once the board was switched on.
   */
  readonly pushPort?: number | undefined;
  /** True: the board counts crashes, and does not say 0 as one may that cannot. */
  readonly countsCrashes?: boolean | undefined;
  /** Offsets in it at which a wrong bit makes it unfit to boot. */
  readonly damages: readonly number[];
  /** Switches on; resolves when the board is without power again, whether by `cut` or by kill(). */
  run(url: string, cut: BenchCut | undefined): Promise<void>;
  /** Cuts the power now. */
  kill(): void;
}

/** No order takes longer on any board: the erase of a slot of 2048 blocks, 150 ms each. */
const SILENT_MS = 330_000;

export class Driver {
  readonly server = new LinkServer((body, respond) => {
    this.#arrived(JSON.parse(body) as Report, respond);
  });
  readonly checks: Check[] = [];
  readonly bench: Bench;
  #respond: ((order: string) => void) | undefined;
  #waiting: ((report: Report | undefined) => void) | undefined;
  #ended: Promise<void> | undefined;
  #onCheck: (check: Check) => void;

  constructor(bench: Bench, onCheck: (check: Check) => void = () => undefined) {
    this.bench = bench;
    this.#onCheck = onCheck;
    this.server.image = () => bench.image;
  }

  /** A promise of the contract that only the rig can see. */
  check(name: string, problem: string | undefined): void {
    this.#take(problem === undefined ? { name } : { name, problem });
  }

  /**
   * Off and on again: what runs then, or undefined when the planned cut came before the board had
   * said so.
   */
  async power(cut?: BenchCut): Promise<Running | undefined> {
    await this.off();
    this.#ended = this.bench.run(this.server.origin, cut).then(() => {
      this.#ended = undefined;
      this.#settle(undefined);
    });
    const report = await this.#next("a report after power came");
    return report?.kind === "boot" ? report.running : undefined;
  }

  async off(): Promise<void> {
    this.#respond = undefined;
    const ended = this.#ended;
    if (ended === undefined) return;
    this.bench.kill();
    await ended;
  }

  /**
   * The board's answer, its checks collected; undefined when power was cut before it came. Throws
   * when the board is off.
   */
  async order(order: Order): Promise<Report | undefined> {
    const respond = this.#respond;
    this.#respond = undefined;
    if (respond === undefined)
      throw new RigError(
        Exit.failed,
        `conformance: the board is off, ${order.do} cannot be ordered`,
      );
    const answer = this.#next(JSON.stringify(order));
    respond(JSON.stringify(order));
    const report = await answer;
    if (report !== undefined && "checks" in report)
      for (const check of report.checks) this.#take(check);
    return report;
  }

  /** Orders checks; when the board does not bring them, that is a problem under `name`. */
  async checked(name: string, order: Order): Promise<void> {
    const report = await this.order(order);
    if (report === undefined) this.check(name, "the board lost its power");
    else if (report.kind === "boot")
      this.check(name, `the board was reset (${report.running.cause})`);
    else if (report.kind === "threw") this.check(name, report.text);
  }

  #arrived(report: Report, respond: (order: string) => void): void {
    this.#respond = respond;
    this.#settle(report);
  }

  #settle(report: Report | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(report);
  }

  #next(what: string): Promise<Report | undefined> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        reject(
          new RigError(
            Exit.timeout,
            `conformance: the board is silent for ${SILENT_MS / 1000} s after ${what}`,
          ),
        );
      }, SILENT_MS);
      this.#waiting = (report) => {
        clearTimeout(timer);
        resolve(report);
      };
    });
  }

  #take(check: Check): void {
    this.checks.push(check);
    this.#onCheck(check);
  }
}
