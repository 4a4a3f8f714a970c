/**
 * The notification that a server has sent, until a session has answered it. A session that does not
 * complete is tried again, SUMMONS_TRIES_MAX times in all.
 */
import { SUMMONS_TRIES_MAX } from "../base/limits.ts";

/** A session that a server has asked for. */
export interface Summons {
  readonly serverId: string;
  readonly sessionID: string;
  /** What the digest was made with. */
  readonly nonce: Uint8Array;
  /** Both sides begin with the nonce of zeros, since the server has lost the other (§6.1). */
  readonly resync: boolean;
}

export class Invitation {
  /** What the next session answers. */
  #next: Summons | undefined;
  /** What the open session answers. */
  #open: Summons | undefined;
  /** Sessions that have tried to answer it. */
  #tries = 0;

  /** What the next session answers. */
  get next(): Summons | undefined {
    return this.#next;
  }

  /** Session id of the notification that the open session, or else the next one, answers. */
  get sessionID(): string | undefined {
    return (this.#next ?? this.#open)?.sessionID;
  }

  /** The server asks for a session. */
  arrived(summons: Summons): void {
    this.#next = summons;
    this.#tries = 0;
  }

  /** A session begins that answers it. */
  opened(): void {
    this.#open = this.#next;
    this.#next = undefined;
  }

  /**
   * The session has ended. Returns the notification that it has answered, "forgotten" when this was
   * the last try, or undefined.
   */
  ended(completed: boolean): Summons | "forgotten" | undefined {
    const summons = this.#open;
    this.#open = undefined;
    if (summons === undefined || completed) return summons;
    if (++this.#tries < SUMMONS_TRIES_MAX) this.#next ??= summons;
    return this.#next === undefined ? "forgotten" : undefined;
  }
}
