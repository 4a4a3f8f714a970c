/**
 * Retry-After (RFC 9110 §10.2.3): how long a server wants to be left alone, as seconds or as a
 * date.
 */
import { decimal } from "./decimal.ts";
import { frozen } from "./frozen.ts";
import { httpDate } from "./httpdate.ts";
import { RETRY_AFTER_SPREAD_MS } from "./limits.ts";
import { utf8 } from "./utf8.ts";

/** The headers that are read here. */
export const RETRY_HEADERS: readonly string[] = frozen(["retry-after", "date"]);

const SECONDS_MAX = 1_000_000_000;

/**
 * Returns the milliseconds that an answer asks to wait for, 0 where it does not ask. A date is held
 * against the server's own clock, its Date: a device may have none.
 */
export function retryAfterMs(headers: ReadonlyMap<string, string>): number {
  const value = headers.get("retry-after") ?? "";
  const seconds = decimal(utf8(value), SECONDS_MAX);
  if (seconds !== undefined) return seconds * 1000;
  const then = httpDate(value);
  const now = httpDate(headers.get("date") ?? "");
  return then === undefined || now === undefined ? 0 : Math.max(then - now, 0) * 1000;
}

/**
 * Returns the pause before another try: `pauseMs`, or what was asked for and more, if that is
 * longer. `share`, 0 to 1, is drawn by chance, so that devices which were all told the same moment
 * do not come back as one. How much it adds grows with the root of what was asked for: a part of it
 * would be next to nothing for devices that are told shortly before the moment, and those of a
 * fleet that polls would all come right behind it.
 */
export function patientMs(pauseMs: number, askedMs: number, share: number): number {
  const spread = Math.sqrt(askedMs * RETRY_AFTER_SPREAD_MS);
  return Math.max(pauseMs, Math.round(askedMs + spread * share));
}
