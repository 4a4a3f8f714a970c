/** The lines between chunks (RFC 9112 §7.1). */
import { find } from "../../../src/base/bytes.ts";

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;
/** Lengths of eight digits reach 4 GiB: more than any board takes. */
const DIGITS_MAX = 8;

/**
 * The index after the line break of the line that starts at `from`, or -1 when it is not all in
 * bytes[from, to).
 */
export function endOfLine(bytes: Uint8Array, from: number, to: number): number {
  const end = find(bytes, from, LF);
  return end < 0 || end >= to ? -1 : end + 1;
}

/** True when the line bytes[from, end) is nothing but CRLF. */
export function isEmptyLine(bytes: Uint8Array, from: number, end: number): boolean {
  return end === from + 2 && bytes[from] === CR;
}

/**
 * The size in the chunk line bytes[from, end), which ends with its CRLF; -1 when it is malformed.
 * Extensions are skipped.
 */
export function chunkLength(bytes: Uint8Array, from: number, end: number): number {
  if (end - from < 3 || bytes[end - 2] !== CR) return -1;
  let length = 0;
  let i = from;
  for (; i < end - 2 && hexValue(bytes[i] ?? 0) >= 0; i++)
    length = length * 16 + hexValue(bytes[i] ?? 0);
  const next = bytes[i];
  const ended = i === end - 2 || next === SEMICOLON || next === SPACE || next === TAB;
  return ended && i > from && i - from <= DIGITS_MAX ? length : -1;
}

function hexValue(digit: number): number {
  if (digit >= 0x30 && digit <= 0x39) return digit - 0x30;
  const letter = digit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
