/** Reports that come over the console: lines of the agent among all others. */
import { AGAIN } from "../../conformance/channel.ts";
import type { Check, Report } from "../../conformance/order.ts";

/** What stands before a line of the agent: time, level and source are the board's. */
const LINE = /\bconformance: (ok - |not ok - |# |report |again )(.*)$/;

export class ConsoleReports {
  readonly #arrived: (report: Report) => void;
  #checks: Check[] = [];
  /** Of this boot of power. */
  #some = false;

  constructor(arrived: (report: Report) => void) {
    this.#arrived = arrived;
  }

  /** The board has lost its power: what it was about to say is gone. */
  clear(): void {
    this.#checks = [];
    this.#some = false;
  }

  /** A line of the console. One that is no report, or damaged, is for people. */
  take(line: string): void {
    const [, word, rest = ""] = LINE.exec(line.trimEnd()) ?? [];
    if (word === "ok - ") this.#checks.push({ name: rest });
    else if (word === "not ok - ") this.#checks.push({ name: rest, problem: "not ok" });
    else if (word === "# ") this.#explain(rest);
    else if (word === "report " || (word === `${AGAIN} ` && !this.#some)) this.#report(rest);
  }

  #explain(problem: string): void {
    const last = this.#checks.pop();
    if (last !== undefined) this.#checks.push({ ...last, problem });
  }

  #report(text: string): void {
    const report = parsed(text);
    if (report === undefined) return;
    const checks = this.#checks;
    this.#checks = [];
    this.#some = true;
    this.#arrived("checks" in report ? { ...report, checks } : report);
  }
}

function parsed(text: string): Report | undefined {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return undefined;
  }
}
