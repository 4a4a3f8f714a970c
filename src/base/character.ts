/** Characters of a document as UTF-8 bytes (XML 1.0 §2.2): which bytes are text at all, and one character by its number. */
import { text } from "./utf8.ts";

/** Bytes that are made a string at a time, and thrown away. */
const WINDOW_BYTES = 1024;

/**
 * -1 when bytes[from, to) are UTF-8 without NUL, else where a window begins that is not. With this behind it a reader can
 * make strings of anything between two ASCII bytes without a failure.
 */
export function checkUtf8(bytes: Uint8Array, from: number, to: number): number {
  try {
    while (from < to) {
      let end = Math.min(from + WINDOW_BYTES, to);
      while (end < to && end > from + WINDOW_BYTES - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
      text(bytes, from, end);
      from = end;
    }
  } catch {
    return from;
  }
  return -1;
}

/** True for the number of a character that a document may hold. */
export function isCharacter(character: number): boolean {
  if (character < 0x20) return character === 0x09 || character === 0x0a || character === 0x0d;
  return character <= 0x10ffff && (character < 0xd800 || character > 0xdfff) && character !== 0xfffe && character !== 0xffff;
}

/** Bytes that a character takes. */
export function characterLength(character: number): number {
  return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

/** Writes a character at bytes[to, …), where there is room for it: the index after it. */
export function putCharacter(bytes: Uint8Array, to: number, character: number): number {
  if (character < 0x80) { bytes[to++] = character; return to; }
  if (character < 0x800) bytes[to++] = 0xc0 | character >> 6;
  else {
    if (character < 0x10000) bytes[to++] = 0xe0 | character >> 12;
    else { bytes[to++] = 0xf0 | character >> 18; bytes[to++] = 0x80 | character >> 12 & 63; }
    bytes[to++] = 0x80 | character >> 6 & 63;
  }
  bytes[to++] = 0x80 | character & 63;
  return to;
}
