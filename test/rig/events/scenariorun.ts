/** One attempt at a scenario in the event log: its beginning, and how it ended. */
import type { Verdict } from "./event.ts";
import type { EventLog } from "./log.ts";

export class ScenarioRun {
  readonly #log: EventLog;
  readonly #name: string;
  readonly #attempt: number;
  readonly #started = performance.now();

  /** Attempts count from 1. */
  constructor(log: EventLog, name: string, attempt = 1) {
    this.#log = log;
    this.#name = name;
    this.#attempt = attempt;
    log.emit({ kind: "scenario", name, phase: "began", attempt });
  }

  /** `problems`: what did not hold, or why it was skipped. */
  end(phase: Verdict, problems: readonly string[] = []): void {
    this.#log.emit({
      kind: "scenario",
      name: this.#name,
      phase,
      attempt: this.#attempt,
      seconds: Math.round(performance.now() - this.#started) / 1000,
      problems,
    });
  }
}
