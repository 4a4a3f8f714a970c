/**
 * How long to wait before something is tried again: doubled each time up to a bound, and spread so
 * that devices do not come together.
 */
import { DOWNLOAD_RETRY_MAX_MS, DOWNLOAD_RETRY_MS } from "../base/limits.ts";

/** Milliseconds after `attempt` attempts, 1 or more; jitter takes away at most half. */
export function pauseMs(
  attempt: number,
  random: (bytes: Uint8Array) => void,
  firstMs = DOWNLOAD_RETRY_MS,
  mostMs = DOWNLOAD_RETRY_MAX_MS,
): number {
  const longest = Math.min(firstMs * 2 ** (attempt - 1), mostMs);
  const bytes = new Uint8Array(2);
  random(bytes);
  const share = (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) / 0x10000;
  return Math.round(longest / 2 + (longest / 2) * share);
}
