/** Which bytes are a document at all: UTF-8, and a declaration that does not claim otherwise (XML 1.0 §2.8, §4.3.3). */
import { text } from "../base/utf8.ts";
import { attribute, type Cursor, pastSpace } from "./name.ts";

/** Bytes that are made a string at a time, and thrown away. */
const WINDOW_BYTES = 1024;

/**
 * -1 when all bytes are UTF-8 without NUL, else where a window begins that is not. With this behind it the tokenizer can
 * make strings of anything between two ASCII bytes without a failure.
 */
export function checkUtf8(bytes: Uint8Array): number {
  let from = 0;
  try {
    while (from < bytes.length) {
      let to = Math.min(from + WINDOW_BYTES, bytes.length);
      while (to < bytes.length && to > from + WINDOW_BYTES - 4 && ((bytes[to] ?? 0) & 0xc0) === 0x80) to--;
      text(bytes, from, to);
      from = to;
    }
  } catch {
    return from;
  }
  return -1;
}

/** Goes past an XML declaration, if there is one. */
export function checkDeclaration(bytes: Uint8Array, cursor: Cursor): void {
  const from = cursor.at;
  if (bytes[from] !== 0x3c || bytes[from + 1] !== 0x3f || bytes[from + 4] !== 0x6c || (bytes[from + 5] ?? 0xff) > 0x20) return;
  if (text(bytes, from, from + 5) !== "<?xml") return;
  cursor.at += 5;
  for (;;) {
    const item = attribute(bytes, cursor);
    if (item === undefined) break;
    const value = text(bytes, item.from, item.to).toUpperCase();
    if (item.name === "encoding" && value !== "UTF-8" && value !== "US-ASCII") cursor.problem = "an encoding other than UTF-8";
    if (item.name === "version" && value !== "1.0" && value !== "1.1") cursor.problem = "not XML 1";
    if (cursor.problem !== "") return;
  }
  if (cursor.problem !== "") return;
  const at = pastSpace(bytes, cursor.at);
  if (bytes[at] !== 0x3f || bytes[at + 1] !== 0x3e) cursor.problem = "a declaration without an end";
  else cursor.at = at + 2;
}
