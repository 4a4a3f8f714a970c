/**
 * When the next DM session is due: a pure function of what is known, so that a reset needs no timer
 * to be restored.
 */
import { type Backoff, backoffMs } from "../base/backoff.ts";
import { frozen } from "../base/frozen.ts";
import { SESSION_RETRY_MAX_MS, SESSION_RETRY_MS } from "../base/limits.ts";

export interface Need {
  /**
   * Something to say or to ask: a report, a request, a trial to prove. Due at once, or when the
   * pause after a failure is over.
   */
  readonly reason: boolean;
  /** Milliseconds between sessions without a reason; 0: never. */
  readonly pollMs: number;
  /** When the last session ended (or the device started). */
  readonly since: number;
  /** How many sessions, or starts, in a row have failed. */
  readonly failures: number;
  /** 0 to 1, drawn when the last session failed: see `backoffMs`. */
  readonly share: number;
  /** When a session comes too late: an image on trial has to prove itself before. Infinity: never. */
  readonly deadline: number;
}

const RETRY: Backoff = frozen({ firstMs: SESSION_RETRY_MS, longestMs: SESSION_RETRY_MAX_MS });

/**
 * Returns the time at which to open a session, in milliseconds of the board's clock; Infinity: none
 * is needed. A pause never takes more than half of the time that is left before the deadline, so
 * that the last attempts, ever closer, fall inside it; they stay the first pause apart.
 */
export function sessionDue({ reason, pollMs, since, failures, share, deadline }: Need): number {
  if (failures > 0) {
    const half = Math.max((deadline - since) / 2, SESSION_RETRY_MS);
    return since + Math.min(backoffMs(failures, share, RETRY), half);
  }
  if (reason) return since;
  return pollMs > 0 ? since + pollMs : Infinity;
}
