/**
 * What outlives a package: digests of images that failed their trial, and the least security
 * counter that is still taken.
 */
import { FAILED_DIGESTS_MAX } from "../base/limits.ts";
import { readRecord, recordChange } from "../store/record.ts";
import type { Change, Store } from "../store/store.ts";
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

/** What must become durable together with the step from one record to the next. */
export function memoryChanges(
  store: Store,
  before: UpdateRecord,
  after: UpdateRecord,
): readonly Change[] {
  if (after.phase === before.phase) return [];
  const counter = after.securityCounter ?? 0;
  if (after.phase === "succeeded" && counter > securityFloor(store))
    return [recordChange(COUNTER_KEY, { v: 1, counter })];
  if (
    after.phase !== "failed" ||
    after.reason !== "reverted" ||
    after.kept ||
    after.digest === undefined
  )
    return [];
  const digest = after.digest;
  const others = failedDigests(store).filter((other) => other !== digest);
  return [
    recordChange(FAILED_KEY, { v: 1, digests: [...others, digest].slice(-FAILED_DIGESTS_MAX) }),
  ];
}
