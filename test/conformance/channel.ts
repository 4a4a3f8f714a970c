/**
 * How reports reach the rig, and its orders the board: over the Link under test, or, before there
 * is one, over the console.
 */
import type { Board, Hal } from "../../hal/hal.ts";
import { text, utf8 } from "../../src/base/utf8.ts";
import { Fetch } from "./fetch.ts";
import type { Order, Report } from "./order.ts";

const ANSWER_BYTES_MAX = 2048;
/** Between two attempts to reach the rig. */
const RETRY_MS = 500;
/** Between two looks at the keyboard. */
const TYPED_MS = 20;
/** In the place of the rig's URL: the console carries everything. */
export const CONSOLE = "console";
/** What the rig types when it wants the last report once more. */
export const AGAIN = "again";
const SOURCE = "conformance";

/** What a channel needs of a board. */
export type Carrier = Hal & Pick<Board, "typed">;

export interface Channel {
  /**
   * Brings the order that follows a report, or says when to call again: with the same report, until
   * the order has come.
   */
  step(report: Report, now: number): Order | number;
}

/** Throws when the console is wanted on a board at which nobody can type. */
export function openChannel(board: Carrier, rig: string): Channel {
  if (rig !== CONSOLE) return new LinkChannel(board, rig);
  const { typed } = board;
  if (typed === undefined) throw new Error("conformance: nothing can be typed on this board");
  return new ConsoleChannel(board, (buffer) => typed(buffer));
}

/** Posts each report to `rig`, http://host:port; the answer is the next order. */
class LinkChannel implements Channel {
  readonly #hal: Hal;
  readonly #rig: string;
  readonly #answer = new Uint8Array(ANSWER_BYTES_MAX);
  #answered = 0;
  #post: Fetch | undefined;
  #pausedUntil = 0;

  constructor(hal: Hal, rig: string) {
    this.#hal = hal;
    this.#rig = rig;
  }

  step(report: Report, now: number): Order | number {
    if (now < this.#pausedUntil) return this.#pausedUntil;
    this.#post ??= this.#begin(report);
    const result = this.#post.step(now);
    if (typeof result === "number") return result;
    this.#post = undefined;
    if (result.status === 200 && result.error === undefined)
      return JSON.parse(text(this.#answer, 0, this.#answered)) as Order;
    const why = result.error ?? result.status ?? "";
    this.#hal.log("error", SOURCE, `the rig at ${this.#rig} cannot be reached: ${why}`);
    this.#pausedUntil = now + RETRY_MS;
    return this.#pausedUntil;
  }

  #begin(report: Report): Fetch {
    this.#answered = 0;
    return new Fetch(
      this.#hal.link,
      {
        method: "POST",
        url: `${this.#rig}/next`,
        headers: [["Content-Type", "application/json"]],
        body: utf8(JSON.stringify(report)),
      },
      {
        sink: (bytes) => {
          for (const byte of bytes)
            if (this.#answered < ANSWER_BYTES_MAX) this.#answer[this.#answered++] = byte;
        },
      },
    );
  }
}

/**
 * Prints each report as a line, behind those of its checks (agent.ts); a line that is typed is the
 * next order.
 */
class ConsoleChannel implements Channel {
  readonly #hal: Hal;
  readonly #typed: (buffer: Uint8Array) => number;
  readonly #line = new Uint8Array(ANSWER_BYTES_MAX);
  #told: Report | undefined;

  constructor(hal: Hal, typed: (buffer: Uint8Array) => number) {
    this.#hal = hal;
    this.#typed = typed;
  }

  step(report: Report, now: number): Order | number {
    if (report !== this.#told) this.#print("report", report);
    this.#told = report;
    const count = this.#typed(this.#line);
    if (count < 0) return now + TYPED_MS;
    const line = text(this.#line, 0, count).trim();
    if (line !== AGAIN) return line === "" ? now : (JSON.parse(line) as Order);
    this.#print(AGAIN, report);
    return now;
  }

  #print(word: "report" | typeof AGAIN, report: Report): void {
    const rest = "checks" in report ? { ...report, checks: [] } : report;
    this.#hal.log("info", SOURCE, `${word} ${JSON.stringify(rest)}`);
  }
}
