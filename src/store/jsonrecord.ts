/**
 * Records of the store: objects as JSON in UTF-8. Each has a field `v`, the version of its shape;
 * fields are only ever added, and unknown ones ignored, so that firmware reads what newer firmware
 * wrote (a rollback is just that).
 */
import { text, utf8 } from "../base/utf8.ts";
import type { Change, Store } from "./store.ts";

/**
 * The record, or undefined when there is none, or what is there is no JSON object. Its fields are
 * as trustworthy as the store.
 */
export function readRecord<T extends object>(store: Store, key: string): T | undefined {
  const bytes = store.get(key);
  if (bytes === undefined) return undefined;
  const value = parse(bytes);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as T)
    : undefined;
}

/** The change that stores a record, for `Store.commit`. */
export function recordChange(key: string, value: object): Change {
  return [key, utf8(JSON.stringify(value))];
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text(bytes, 0, bytes.length));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
