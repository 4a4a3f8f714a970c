/**
 * Drives one board through a plan: gives orders to the agent on it, switches it on and off,
 * collects checks.
 */
import type { Running } from "../../../hal/hal.ts";
import { AGAIN, CONSOLE } from "../../conformance/channel.ts";
import type { Check, Order, Report } from "../../conformance/order.ts";
import { Exit, RigError } from "../exit.ts";
import { clipped } from "../printable.ts";
import { ConsoleReports } from "./consolereports.ts";
import { LinkServer } from "./server.ts";
import { strangersOf } from "./stranger.ts";

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
  /** True: the board resets a program that never comes back. */
  readonly hasWatchdog?: boolean | undefined;
  /** Offsets in it at which a wrong bit makes it unfit to boot. */
  readonly damages: readonly number[];
  /** False: whoever boots the board asks for no signature, and the client alone does. */
  readonly checksSignature?: boolean | undefined;
  /** Boots over which random bytes are compared, at least; absent: the plan's own number. */
  readonly randomBoots?: number | undefined;
  /** Called with each line of the console. */
  onLine?: ((line: string) => void) | undefined;
  /** Types a line at the console, where the board reads one. */
  type?(line: string): void;
  /** Lets so much time pass at once, in ms, on a board whose clock is simulated. */
  skip?(ms: number): void;
  /** Switches on; resolves when the board is without power again, whether by `cut` or by kill(). */
  run(url: string, cut: BenchCut | undefined): Promise<void>;
  /** Cuts the power now. */
  kill(): void;
}

/** No order takes longer on any board: the erase of a slot of 2048 blocks, 150 ms each. */
const SILENT_MS = 330_000;
/** The last report is asked for again so often, until the first has come over the console. */
const AGAIN_MS = 3000;

export interface DriverOptions {
  readonly onCheck?: (check: Check) => void;
  /** Orders and reports go over the console; otherwise over the network. */
  readonly overConsole?: boolean;
  readonly silentMs?: number;
  /** How long a datagram may take that is sent again and again. */
  readonly receiveMs?: number;
}

/** A report as text, for a problem: there is always one, also when none came. */
export function told(report: Report | undefined): string {
  return report === undefined ? "the board lost its power" : JSON.stringify(report);
}

export class Driver {
  readonly server = new LinkServer((body, respond) => {
    this.#arrived(JSON.parse(body) as Report, respond);
  });
  readonly checks: Check[] = [];
  readonly bench: Bench;
  /** The first random bytes of each boot so far, in hexadecimal. */
  readonly randoms: string[] = [];
  readonly options: DriverOptions;
  readonly #console: ConsoleReports;
  #strangers: Readonly<Record<string, Uint8Array>> = {};
  #respond: ((order: string) => void) | undefined;
  #waiting: { settle(report: Report | undefined): void; fail(error: Error): void } | undefined;
  #ended: Promise<void> | undefined;
  #lastLine = "";

  constructor(bench: Bench, options: DriverOptions = {}) {
    this.bench = bench;
    this.options = options;
    this.server.image = (path) => (path === "/image" ? bench.image : this.#strangers[path]);
    this.#console = new ConsoleReports((report) => {
      this.#arrived(report, (order) => bench.type?.(order));
    });
    bench.onLine = (line) => {
      if (line.trim() !== "") this.#lastLine = line;
      if (options.overConsole === true) this.#console.take(line);
    };
  }

  /**
   * Serves images of others than the vendor, made of the image that the board would boot now.
   * Returns their paths: none where only the client asks for a signature.
   */
  serveStrangers(): readonly string[] {
    if (this.bench.checksSignature !== false) this.#strangers = strangersOf(this.bench.image);
    return Object.keys(this.#strangers);
  }

  /** A promise of the contract that only the rig can see. */
  check(name: string, problem: string | undefined): void {
    this.#take(problem === undefined ? { name } : { name, problem });
  }

  /** A promise of the contract about what is optional, and not on this board. */
  skip(name: string, why: string): void {
    this.#take({ name, skipped: why });
  }

  /**
   * Off and on again: what runs then, or undefined when the planned cut came before the board had
   * said so.
   */
  async power(cut?: BenchCut): Promise<Running | undefined> {
    await this.off();
    this.#console.clear();
    const { overConsole } = this.options;
    const first = this.#next("power came");
    this.#ended = this.bench
      .run(overConsole === true ? CONSOLE : this.server.origin, cut)
      .then(() => {
        this.#ended = undefined;
        this.#settle(undefined);
      })
      .catch((error: unknown) => {
        this.#ended = undefined;
        this.#waiting?.fail(error instanceof Error ? error : new Error(String(error)));
      });
    const asking = setInterval(() => {
      if (overConsole === true) this.bench.type?.(AGAIN);
    }, AGAIN_MS);
    try {
      const report = await first;
      return report?.kind === "boot" ? report.running : undefined;
    } finally {
      clearInterval(asking);
    }
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
    const answer = this.#next(`the order ${JSON.stringify(order)}`);
    respond(JSON.stringify(order));
    const report = await answer;
    if (report !== undefined && "checks" in report)
      for (const check of report.checks) this.#take(check);
    return report;
  }

  /**
   * Orders checks, and those that follow; when the board does not bring them, that is a problem
   * under `name`.
   */
  async checked(name: string, order: Order): Promise<void> {
    const report = await this.order(order);
    if (report?.kind === "checks" && report.next !== undefined && order.do === "neighbours") {
      await this.checked(name, { ...order, from: report.next });
      return;
    }
    if (report === undefined) this.check(name, "the board lost its power");
    else if (report.kind === "boot")
      this.check(name, `the board was reset (${report.running.cause})`);
    else if (report.kind === "threw") this.check(name, report.text);
  }

  #arrived(report: Report, respond: (order: string) => void): void {
    this.#respond = respond;
    if (report.kind === "boot" && report.random !== undefined) this.randoms.push(report.random);
    this.#settle(report);
  }

  #settle(report: Report | undefined): void {
    this.#waiting?.settle(report);
  }

  #next(what: string): Promise<Report | undefined> {
    const { silentMs = SILENT_MS } = this.options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting?.fail(this.#silence(what, silentMs));
      }, silentMs);
      const done = (): void => {
        this.#waiting = undefined;
        clearTimeout(timer);
      };
      this.#waiting = {
        settle: (report) => {
          done();
          resolve(report);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      };
    });
  }

  #silence(what: string, silentMs: number): RigError {
    const said =
      this.#lastLine === ""
        ? "its console has said nothing"
        : `the last line of its console is: ${clipped(this.#lastLine)}`;
    return new RigError(
      Exit.timeout,
      `conformance: no report of the board within ${silentMs / 1000} s after ${what}; ${said}`,
    );
  }

  #take(check: Check): void {
    this.checks.push(check);
    this.options.onCheck?.(check);
  }
}
