/**
 * Outcomes of downloads that are owed to those whom a descriptor named, from the engine's side:
 * what is next, and that it is done.
 */
import type { Journal } from "./journal.ts";
import type { Reason } from "./reason.ts";

/** What is to be sent next, and how often it was. */
export interface DueNotice {
  readonly url: string;
  readonly reason: Reason;
  readonly attempt: number;
}

export class Notices {
  #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The oldest whose outcome is known. */
  get due(): DueNotice | undefined {
    for (const { url, attempt, reason } of this.#journal.record.notices)
      if (reason !== undefined) return { url, attempt, reason };
    return undefined;
  }

  /**
   * It is about to be sent: counted before, so that power that fails cannot make it go out without
   * end.
   */
  sent(): void {
    this.#journal.dispatch({ type: "noticeSent" });
  }

  /** It has arrived, or is given up: it is forgotten. */
  settle(): void {
    this.#journal.dispatch({ type: "noticeSettled" });
  }
}
