/**
 * Images whose installation ended without a verdict, again and again: nothing proves them bad, and
 * yet they come to nothing. After some such installations the image has to wait before it is armed
 * again, longer each time, up to a day. It is never banned.
 *
 * The board's clock counts from each start, and there is no calendar, so what is waited is time
 * with power, and it is stored in steps: the first minute of a start, then whenever the time that
 * is not stored is as long as the one that is, an hour at most. A device that runs for short
 * periods gets on, too, and flash wears by some commits a start and one an hour, only while an
 * image waits.
 */
import { type Backoff, backoffMs } from "../base/backoff.ts";
import { frozen } from "../base/frozen.ts";
import {
  FAILED_DIGESTS_MAX,
  QUARANTINE_INSTALLATIONS,
  QUARANTINE_MAX_MS,
  QUARANTINE_MS,
  QUARANTINE_STEP_MAX_MS,
  QUARANTINE_STEP_MS,
} from "../base/limits.ts";
import { readRecord, recordChange } from "../store/jsonrecord.ts";
import type { Change, Store } from "../store/store.ts";

/** Key in the store. */
export const QUARANTINE_KEY = "update.quarantine";

/** An image by its digest, in hexadecimal. */
interface Suspect {
  readonly digest: string;
  /** Installations in a row that ended without a verdict. */
  readonly installations: number;
  /** Time with power since the last of them, as far as it is stored. */
  readonly waitedMs: number;
}

const PAUSE: Backoff = frozen({ firstMs: QUARANTINE_MS, longestMs: QUARANTINE_MAX_MS });
const NO_JITTER = 1;

/** Milliseconds that the image still has to wait. */
function leftMs({ installations, waitedMs }: Suspect): number {
  if (installations < QUARANTINE_INSTALLATIONS) return 0;
  const pause = backoffMs(installations - QUARANTINE_INSTALLATIONS + 1, NO_JITTER, PAUSE);
  return Math.max(0, pause - waitedMs);
}

function suspects(store: Store): readonly Suspect[] {
  const images = readRecord<{ readonly images?: unknown }>(store, QUARANTINE_KEY)?.images;
  return Array.isArray(images) ? images.filter(isSuspect) : [];
}

function isSuspect(value: unknown): value is Suspect {
  if (typeof value !== "object" || value === null) return false;
  const { digest, installations, waitedMs } = value as { readonly [field: string]: unknown };
  return typeof digest === "string" && isCount(installations) && isCount(waitedMs);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * Counts an installation that ended without a verdict. The latest image is the last; few are kept.
 */
export function suspectChange(store: Store, digest: string): Change {
  const known = suspects(store);
  const before = known.find((one) => one.digest === digest)?.installations ?? 0;
  const others = known.filter((one) => one.digest !== digest);
  const images = [...others, { digest, installations: before + 1, waitedMs: 0 }];
  return recordChange(QUARANTINE_KEY, { v: 1, images: images.slice(-FAILED_DIGESTS_MAX) });
}

/** Forgets an image that has been confirmed or has failed; none when nothing is known of it. */
export function clearedChange(store: Store, digest: string | undefined): readonly Change[] {
  const known = suspects(store);
  const images = known.filter((one) => one.digest !== digest);
  return images.length === known.length ? [] : [recordChange(QUARANTINE_KEY, { v: 1, images })];
}

export class Quarantine {
  readonly #store: Store;
  /** Time since the start that is stored, or in which nothing had to wait. */
  #storedMs = 0;
  /** True when an image waits; undefined: the store has to be asked. */
  #waits: boolean | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Returns how long the image still has to wait, in ms; 0: it may be armed. */
  leftMs(digest: string): number {
    const suspect = suspects(this.#store).find((one) => one.digest === digest);
    return suspect === undefined ? 0 : leftMs(suspect);
  }

  /** To be called when the record has changed: an image may have to wait from now on. */
  changed(): void {
    this.#waits = undefined;
  }

  /**
   * Stores the time that has been waited, when a step is full. Returns when to call again, in ms of
   * the board's clock: Infinity while nothing waits.
   */
  step(now: number): number {
    this.#waits ??= suspects(this.#store).some((one) => leftMs(one) > 0);
    if (!this.#waits) {
      this.#storedMs = now;
      return Infinity;
    }
    const due = this.#dueMs();
    if (now < due) return due;
    this.#waits = this.#pass(now - this.#storedMs);
    this.#storedMs = now;
    return this.#waits ? this.#dueMs() : Infinity;
  }

  #dueMs(): number {
    const stored = this.#storedMs;
    return stored + Math.min(Math.max(stored, QUARANTINE_STEP_MS), QUARANTINE_STEP_MAX_MS);
  }

  /** Adds to what has been waited: whether an image still waits. */
  #pass(ms: number): boolean {
    const images = suspects(this.#store).map((one) => {
      const left = leftMs(one);
      return left === 0 ? one : { ...one, waitedMs: one.waitedMs + Math.min(ms, left) };
    });
    this.#store.commit([recordChange(QUARANTINE_KEY, { v: 1, images })]);
    return images.some((one) => leftMs(one) > 0);
  }
}
