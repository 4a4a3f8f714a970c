/**
 * Loss of packets, as a stream shows it. TCP loses nothing: what a lost segment holds, and all
 * behind it, comes once the segment was sent again. So an answer stops at places of chance. Pure.
 */
import { Random } from "../../../hal/sim/random.ts";

/** Nothing comes behind so many bytes of a body for so long. */
export interface Stop {
  readonly at: number;
  readonly ms: number;
}

/** What a segment holds on Ethernet. */
const SEGMENT_BYTES = 1460;
/** How long Linux waits for an acknowledgement at least; it doubles each time (RFC 6298 §5.5). */
const RESEND_MS = 200;
/** A segment is lost so often in a row at most: it comes after 6.2 seconds. */
const RESENDS_MAX = 5;

/**
 * Returns where a body of `length` bytes stops when `percent` of all segments are lost; the first
 * of them has the head. The same arguments give the same places.
 */
export function stopsOf(length: number, percent: number, seed: number): readonly Stop[] {
  const random = new Random(seed);
  const stops: Stop[] = [];
  for (let at = 0; at <= length; at += SEGMENT_BYTES) {
    let ms = 0;
    for (let resend = RESEND_MS; random.below(100) < percent; resend *= 2) {
      ms += resend;
      if (resend === RESEND_MS << (RESENDS_MAX - 1)) break;
    }
    if (ms > 0) stops.push({ at, ms });
  }
  return stops;
}
