/**
 * How fast an attempt must be: an answer in time, no long silence, enough bytes in each window, and
 * an end. Times are ms of one clock.
 */
import { frozen } from "../base/frozen.ts";
import {
  ANSWER_TIMEOUT_MS,
  BODY_IDLE_TIMEOUT_MS,
  DOWNLOAD_ATTEMPT_MS,
  DOWNLOAD_RATE_BYTES_MIN,
  DOWNLOAD_RATE_WINDOW_MS,
} from "../base/limits.ts";

export interface PaceLimits {
  readonly answerMs: number;
  readonly idleMs: number;
  readonly attemptMs: number;
  readonly rateBytesMin: number;
  readonly rateWindowMs: number;
}

export const PACE_LIMITS: PaceLimits = frozen({
  answerMs: ANSWER_TIMEOUT_MS,
  idleMs: BODY_IDLE_TIMEOUT_MS,
  attemptMs: DOWNLOAD_ATTEMPT_MS,
  rateBytesMin: DOWNLOAD_RATE_BYTES_MIN,
  rateWindowMs: DOWNLOAD_RATE_WINDOW_MS,
});

export class Pace {
  #limits: PaceLimits;
  #attemptAt: number;
  /** Since when nothing came, and how long that may last. */
  #silentAt: number;
  #silentMs: number;
  #windowAt = Infinity;
  #windowBytes = 0;

  /** An attempt begins. */
  constructor(limits: PaceLimits, now: number) {
    this.#limits = limits;
    this.#attemptAt = this.#silentAt = now;
    this.#silentMs = limits.answerMs;
  }

  /** A request goes out: an answer is due. */
  asked(now: number): void {
    this.#silentAt = now;
  }

  /** The head of the answer is there: bytes are due. */
  answered(now: number): void {
    this.#silentAt = this.#windowAt = now;
    this.#silentMs = this.#limits.idleMs;
  }

  received(count: number, now: number): void {
    this.#silentAt = now;
    this.#windowBytes += count;
  }

  /** Whether the attempt has lost: to be asked whenever it goes on, or `until` is past. */
  late(now: number): boolean {
    if (now >= this.#attemptAt + this.#limits.attemptMs || now >= this.#silentAt + this.#silentMs)
      return true;
    if (now < this.#windowAt + this.#limits.rateWindowMs) return false;
    const slow = this.#windowBytes < this.#limits.rateBytesMin;
    this.#windowAt = now;
    this.#windowBytes = 0;
    return slow;
  }

  /** When `late` may change its answer, if nothing comes. */
  until(): number {
    const { attemptMs, rateWindowMs } = this.#limits;
    return Math.min(
      this.#attemptAt + attemptMs,
      this.#silentAt + this.#silentMs,
      this.#windowAt + rateWindowMs,
    );
  }
}
