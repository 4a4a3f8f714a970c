/**
 * Which version a board runs and which one it is offered. A board that is made new for each
 * scenario goes from 1 to 2; one that is never flashed climbs, so that nothing it is offered is
 * older than what it runs, and no package is one that it has refused before.
 */
import { parseVersion, type Version } from "../../../src/image/version.ts";
import type { Recorded } from "../events/event.ts";
import { VERSION_1, VERSION_2 } from "../workshop.ts";

export interface Rung {
  readonly runs: Version;
  readonly next: Version;
}

export const NEW: Rung = { runs: VERSION_1, next: VERSION_2 };

export class Ladder {
  #runs: Version;
  #next: Version;

  /** `runs`: what the board says that it runs. */
  constructor(runs: Version) {
    this.#runs = runs;
    this.#next = { major: runs.major + 1, minor: 0, revision: 0, build: 0 };
  }

  get rung(): Rung {
    return { runs: this.#runs, next: this.#next };
  }

  /** Goes on from a scenario, of which these are the events. */
  climb(events: readonly Recorded[]): void {
    const told = events.findLast(
      (event) => event.kind === "value" && event.uri === "./DevDetail/FwV",
    );
    const text = told?.kind === "value" ? told.value.split("+")[0] : undefined;
    this.#runs = parseVersion(text ?? "") ?? this.#runs;
    this.#next = { ...this.#next, revision: this.#next.revision + 1 };
  }
}
