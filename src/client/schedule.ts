/**
 * When the next DM session is due: a pure function of what is known, so that a reset needs no timer
 * to be restored; and what is known of the sessions so far.
 */
import { type Backoff, backoffMs, randomShare } from "../base/backoff.ts";
import { crc32 } from "../base/crc32.ts";
import { frozen } from "../base/frozen.ts";
import {
  SESSION_RETRY_AFTER_MAX_MS,
  SESSION_RETRY_MAX_MS,
  SESSION_RETRY_MS,
} from "../base/limits.ts";
import { patientMs } from "../base/retryafter.ts";
import { utf8 } from "../base/utf8.ts";

export interface Need {
  /**
   * Something to say or to ask: a report, a request, a trial to prove. Due at once, or when the
   * pause after a failure is over.
   */
  readonly reason: boolean;
  /** Milliseconds between sessions without a reason; 0: never. */
  readonly pollMs: number;
  /**
   * When the first of them is due, whatever sessions there were before: each device has a moment of
   * its own within pollMs from its start, so that those which were switched on together do not poll
   * as one.
   */
  readonly firstPoll: number;
  /** When the last session ended (or the device started). */
  readonly since: number;
  /** How many sessions, or starts, in a row have failed. */
  readonly failures: number;
  /** 0 to 1, drawn when the last session failed: see `backoffMs`. */
  readonly share: number;
  /** How long the server wants to be left alone (Retry-After). */
  readonly askedMs: number;
  /**
   * When a session comes too late: an image on trial has to prove itself before. Infinity: never.
   */
  readonly deadline: number;
}

const RETRY: Backoff = frozen({ firstMs: SESSION_RETRY_MS, longestMs: SESSION_RETRY_MAX_MS });

/**
 * Returns the time at which to open a session, in milliseconds of the board's clock; Infinity: none
 * is needed. A pause never takes more than half of the time that is left before the deadline, so
 * that the last attempts, ever closer, fall inside it; they stay the first pause apart.
 */
export function sessionDue(need: Need): number {
  const { reason, pollMs, firstPoll, since, failures, share, askedMs, deadline } = need;
  if (failures > 0) {
    const half = Math.max((deadline - since) / 2, SESSION_RETRY_MS);
    return since + Math.min(patientMs(backoffMs(failures, share, RETRY), askedMs, share), half);
  }
  if (reason) return since;
  if (pollMs === 0) return Infinity;
  return since < firstPoll ? firstPoll : since + pollMs;
}

/**
 * Returns a device's place among all, 0 to 1, without 1: the same after each start, and as good as
 * chance from one DevId to the next.
 */
export function placeOf(devId: string): number {
  return crc32(utf8(devId), 0) / 0x100000000;
}

/** How the sessions with one server went, as far as it decides when the next one is due. */
export class Schedule {
  readonly #random: (bytes: Uint8Array) => void;
  readonly #started: number;
  readonly #place: number;
  /** When the last session ended, or the device started. */
  #since: number;
  /** Sessions in a row that have failed; a start that follows crashes goes on from their number. */
  #failures: number;
  #share: number;
  #askedMs = 0;

  /** `crashes`: starts in a row that have failed before this one. `place`: see `placeOf`. */
  constructor(nowMs: number, crashes: number, place: number, random: (bytes: Uint8Array) => void) {
    this.#random = random;
    this.#started = nowMs;
    this.#place = place;
    this.#since = nowMs;
    this.#failures = crashes;
    this.#share = crashes > 0 ? randomShare(random) : 0;
  }

  /** Returns when to open a session: see `sessionDue`. */
  due(need: Pick<Need, "reason" | "pollMs" | "deadline">): number {
    const { reason, pollMs, deadline } = need;
    const since = this.#since;
    const failures = this.#failures;
    return sessionDue({
      reason,
      pollMs,
      firstPoll: this.#started + Math.round(pollMs * this.#place),
      since,
      failures,
      share: this.#share,
      askedMs: this.#askedMs,
      deadline,
    });
  }

  /** The server is there now: the pause after a failure ends. */
  hasten(): void {
    this.#failures = 0;
  }

  /** No session could begin: it is tried again after a pause, as after one that failed. */
  prevented(nowMs: number): void {
    this.#since = nowMs;
    this.#failures++;
    this.#askedMs = 0;
  }

  /**
   * A session has ended. `excused`: it counts as no failure although it did not complete.
   * `askedMs`: how long the server wants to be left alone.
   */
  ended(nowMs: number, completed: boolean, excused: boolean, askedMs: number): void {
    this.#askedMs = Math.min(askedMs, SESSION_RETRY_AFTER_MAX_MS);
    this.#since = nowMs;
    this.#failures = completed || excused ? 0 : this.#failures + 1;
    if (!completed) this.#share = randomShare(this.#random);
  }
}
