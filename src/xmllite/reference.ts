/**
 * References: the five entities of XML 1.0 §4.6, and characters by number (§4.1, the range of
 * §2.2).
 */
import { find } from "../base/bytes.ts";
import { isCharacter, putCharacter } from "../base/character.ts";
import { text } from "../base/utf8.ts";
import type { Cursor } from "./name.ts";

/** `&#x10FFFF;` has ten bytes; leading zeros are allowed. */
const REFERENCE_BYTES_MAX = 16;

/**
 * Decodes the reference whose `&` is at the cursor to bytes[to, …), which never reaches the end
 * of the reference: the index after what it wrote. The cursor goes past the `;`, or `problem` is
 * set.
 */
export function reference(bytes: Uint8Array, cursor: Cursor, to: number): number {
  const from = cursor.at + 1;
  const end = find(bytes, from, 0x3b);
  if (end < 0 || end - from > REFERENCE_BYTES_MAX) {
    cursor.problem = "a reference without an end";
    return to;
  }
  const character =
    bytes[from] === 0x23 ? numbered(bytes, from + 1, end) : named(text(bytes, from, end));
  if (character < 0) {
    cursor.problem = "a reference to no character";
    return to;
  }
  cursor.at = end + 1;
  return putCharacter(bytes, to, character);
}

function named(name: string): number {
  switch (name) {
    case "lt":
      return 0x3c;
    case "gt":
      return 0x3e;
    case "amp":
      return 0x26;
    case "quot":
      return 0x22;
    case "apos":
      return 0x27;
    default:
      return -1;
  }
}

function numbered(bytes: Uint8Array, from: number, end: number): number {
  const radix = bytes[from] === 0x78 ? 16 : 10;
  let at = radix === 16 ? from + 1 : from;
  let character = 0;
  if (at === end) return -1;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    const letter = byte | 0x20;
    let digit = -1;
    if (byte >= 0x30 && byte <= 0x39) digit = byte - 0x30;
    else if (radix === 16 && letter >= 0x61 && letter <= 0x66) digit = letter - 0x57;
    if (digit < 0) return -1;
    character = character * radix + digit;
    if (character > 0x10ffff) return -1;
  }
  return isCharacter(character) ? character : -1;
}
