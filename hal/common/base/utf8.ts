/** Strings and UTF-8 bytes: the native version of src/base/utf8.ts. */

/**
 * The string in bytes[from, to). Throws a RangeError out of bounds, a TypeError when it is not
 * UTF-8 or has a NUL.
 */
export function text(this: unknown, bytes: Uint8Array, from: number, to: number): string {
  return native("xs_utf8_text").call(this, bytes, from, to);
}

/**
 * -1 when bytes[from, to) are UTF-8 without NUL, else an index at or before the first byte that is
 * not, where a character begins.
 * With this behind it a reader can make strings of anything between two ASCII bytes without a
 * failure.
 */
export function checkUtf8(this: unknown, bytes: Uint8Array, from: number, to: number): number {
  return native("xs_utf8_check").call(this, bytes, from, to);
}

/**
 * The index after `value`, a string that `text` has made or could make, when it stands at bytes[at,
 * …); or -1.
 */
export function pastText(this: unknown, bytes: Uint8Array, at: number, value: string): number {
  return native("xs_utf8_past").call(this, bytes, at, value);
}

function encode(this: unknown, value: string): ArrayBuffer {
  return native("xs_utf8_encode").call(this, value);
}

/** The bytes of a string. */
export function utf8(value: string): Uint8Array {
  return new Uint8Array(encode(value));
}

/**
 * Writes a string at target[at, …): the index after it, or -1, with nothing written, when it does
 * not fit.
 */
export function putText(this: unknown, target: Uint8Array, at: number, value: string): number {
  return native("xs_utf8_put").call(this, target, at, value);
}

/**
 * Writes three strings, one behind the other, at target[at, …): the index after them, or -1, with
 * nothing written, when they do not fit. Halves of a surrogate pair in two of them are two halves.
 */
export function putTexts(
  this: unknown,
  target: Uint8Array,
  at: number,
  a: string,
  b: string,
  c: string,
): number {
  return native("xs_utf8_put_texts").call(this, target, at, a, b, c);
}

/**
 * Writes `<name attributes>value</name>`, where the attributes bring the space before them: the
 * index after it, or -1, with nothing written, when it does not fit or the value has one of & < >
 * CR.
 */
export function putElement(
  this: unknown,
  target: Uint8Array,
  at: number,
  name: string,
  attributes: string,
  value: string,
): number {
  return native("xs_utf8_put_element").call(this, target, at, name, attributes, value);
}
