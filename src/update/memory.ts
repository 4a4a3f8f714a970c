/**
 * What outlives a package: digests of images that failed their trial, and the least security
 * counter that is still taken.
 */
import { FAILED_DIGESTS_MAX } from "../base/limits.ts";
import { readRecord, recordChange } from "../store/jsonrecord.ts";
import type { Change, Store } from "../store/store.ts";
import { clearedChange, suspectChange } from "./quarantine.ts";
import type { UpdateRecord } from "./record.ts";

/** Keys in the store. */
export const FAILED_KEY = "update.failed";
export const COUNTER_KEY = "update.counter";

/** SHA-256 in hexadecimal of images that failed, the latest last. */
export function failedDigests(store: Store): readonly string[] {
  const digests = readRecord<{ readonly digests?: unknown }>(store, FAILED_KEY)?.digests;
  return Array.isArray(digests) ? digests.filter((digest) => typeof digest === "string") : [];
}

/** The security counter of the newest image that was ever confirmed; 0 before the first. */
export function securityFloor(store: Store): number {
  const counter = readRecord<{ readonly counter?: unknown }>(store, COUNTER_KEY)?.counter;
  return typeof counter === "number" && Number.isSafeInteger(counter) ? counter : 0;
}

/**
 * What must become durable together with the step from one record to the next: a verdict on an
 * image, that an installation of it ended without one, or that it is confirmed.
 */
export function memoryChanges(
  store: Store,
  before: UpdateRecord,
  after: UpdateRecord,
): readonly Change[] {
  if (after.phase === before.phase) return [];
  if (after.phase === "succeeded" && before.phase !== "settled" && before.phase !== "failed")
    return confirmed(store, after);
  const { digest } = after;
  if (after.phase !== "failed" || after.reason !== "reverted" || digest === undefined) return [];
  const verdict = before.phase === "rejecting" ? !before.kept : !after.kept && tried(before);
  return verdict ? condemned(store, digest) : [suspectChange(store, digest)];
}

/**
 * Its image has been seen on trial. What ends a trial by a verdict is in `rejecting`, or a reset.
 */
function tried({ phase }: UpdateRecord): boolean {
  return phase === "trial" || phase === "confirming";
}

function confirmed(store: Store, { securityCounter = 0, digest }: UpdateRecord): readonly Change[] {
  const cleared = clearedChange(store, digest);
  return securityCounter > securityFloor(store)
    ? [recordChange(COUNTER_KEY, { v: 1, counter: securityCounter }), ...cleared]
    : cleared;
}

function condemned(store: Store, digest: string): readonly Change[] {
  const others = failedDigests(store).filter((other) => other !== digest);
  const digests = [...others, digest].slice(-FAILED_DIGESTS_MAX);
  return [recordChange(FAILED_KEY, { v: 1, digests }), ...clearedChange(store, digest)];
}
