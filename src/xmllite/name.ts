/** Names, white space and attributes of tags, byte by byte: the part of XML that is short. */
import { find } from "../base/bytes.ts";
import { ELEMENT_NAME_BYTES_MAX } from "../base/limits.ts";
import { text } from "../base/utf8.ts";

/** A position that a function moves on, and what stopped it. */
export interface Cursor {
  at: number;
  problem: string;
}

/** One attribute: its name, and its value as bytes[from, to), not decoded. */
export interface Attribute {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const EQUALS = 0x3d;
const LT = 0x3c;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d;
}

/** The first index at or after `at` that is not white space. */
export function pastSpace(bytes: Uint8Array, at: number): number {
  while (isSpace(bytes[at])) at++;
  return at;
}

/**
 * The index after the name at `at` (XML 1.0 §2.3; every character past ASCII counts as one of a
 * name), or `at` without one.
 */
export function nameEnd(bytes: Uint8Array, at: number): number {
  const from = at;
  for (; ; at++) {
    const byte = bytes[at] ?? 0;
    const letter = byte | 0x20;
    if ((letter >= 0x61 && letter <= 0x7a) || byte === 0x5f || byte === 0x3a || byte >= 0x80)
      continue;
    if (at > from && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e)) continue;
    return at;
  }
}

/**
 * The attribute that comes next in a tag, with the white space before it. Undefined when there is
 * none: the cursor is then at the first byte that is not white space, or `problem` says what is
 * wrong.
 */
export function attribute(bytes: Uint8Array, cursor: Cursor): Attribute | undefined {
  const from = pastSpace(bytes, cursor.at);
  const end = nameEnd(bytes, from);
  if (end === from) {
    cursor.at = from;
    return undefined;
  }
  if (from === cursor.at) return stop(cursor, "no space before an attribute", from);
  if (end - from > ELEMENT_NAME_BYTES_MAX)
    return stop(cursor, "the name of an attribute is too long", from);
  let at = pastSpace(bytes, end);
  if (bytes[at] !== EQUALS) return stop(cursor, "an attribute without =", at);
  at = pastSpace(bytes, at + 1);
  const quote = bytes[at] ?? 0;
  if (quote !== QUOTE && quote !== APOSTROPHE)
    return stop(cursor, "an attribute without quotes", at);
  const to = find(bytes, at + 1, quote);
  if (to < 0) return stop(cursor, "an attribute without an end", at);
  if (find(bytes.subarray(at + 1, to), 0, LT) >= 0) return stop(cursor, "< in an attribute", at);
  cursor.at = to + 1;
  return { name: text(bytes, from, end), from: at + 1, to };
}

function stop(cursor: Cursor, problem: string, at: number): undefined {
  cursor.problem = problem;
  cursor.at = at;
  return undefined;
}
