/**
 * How long to wait before something is tried again: the one formula of the client. The pause
 * doubles with each failure in a row up to a bound, and chance takes away at most half of it, so
 * that devices which failed together do not come back together.
 */

/** The first pause, doubled with each failure up to the longest. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Doublings beyond this change nothing: the longest pause is reached, and 2 ** n stays exact. */
const DOUBLINGS_MAX = 30;

/**
 * Returns the milliseconds to wait after `failures` failures in a row, 1 or more. `share`, 0 to 1,
 * is the part of the second half of the pause that is waited: see `randomShare`; 1 means no
 * jitter.
 */
export function backoffMs(
  failures: number,
  share: number,
  { firstMs, longestMs }: Backoff,
): number {
  const longest = Math.min(firstMs * 2 ** Math.min(failures - 1, DOUBLINGS_MAX), longestMs);
  return Math.round(longest / 2 + (longest / 2) * share);
}

/** Draws a share: 0 to 1, without 1, in steps of 1/65536. */
export function randomShare(random: (bytes: Uint8Array) => void): number {
  const bytes = new Uint8Array(2);
  random(bytes);
  return (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) / 0x10000;
}
