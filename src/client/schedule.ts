/**
 * When the next DM session is due: a pure function of what is known, so that a reset needs no timer
 * to be restored.
 */
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
  /** How many sessions in a row have failed. */
  readonly failures: number;
  /** 0 to 1, drawn when the last session failed. */
  readonly jitter: number;
}

/**
 * The time at which to open a session, in milliseconds of the board's clock; Infinity: none is
 * needed.
 */
export function sessionDue(need: Need): number {
  if (need.failures > 0) return need.since + retryPause(need.failures, need.jitter);
  if (need.reason) return need.since;
  return need.pollMs > 0 ? need.since + need.pollMs : Infinity;
}

/**
 * Milliseconds to wait after the n-th failure in a row: doubled each time, bounded, plus up to a
 * quarter so that a fleet spreads.
 */
export function retryPause(failures: number, jitter: number): number {
  const pause = Math.min(SESSION_RETRY_MS * 2 ** Math.min(failures - 1, 30), SESSION_RETRY_MAX_MS);
  return Math.round(pause * (1 + jitter / 4));
}
