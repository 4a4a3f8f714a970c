/** Base64, RFC 4648 §4, with padding: the native version of src/base/base64.ts. */
import { text, utf8 } from "./utf8.ts";

/** How many characters `count` bytes take. */
export function base64Length(count: number): number {
  return Math.ceil(count / 3) * 4;
}

/**
 * Writes the base64 form of `bytes` at target[at, …): the index after it, or -1, with nothing
 * written, when it does not fit.
 */
export function putBase64(
  this: unknown,
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
): number {
  return native("xs_base64_put").call(this, target, at, bytes);
}

/**
 * Decodes the characters in bytes[from, to) over themselves: the index after the last decoded byte,
 * which lie from `from` on, or -1 when they are not base64 (the bytes are then undefined). White
 * space is skipped; padding may be missing.
 */
export function decodeBase64(this: unknown, bytes: Uint8Array, from: number, to: number): number {
  return native("xs_base64_decode").call(this, bytes, from, to);
}

/** The base64 form of `bytes` as a string. */
export function base64(bytes: Uint8Array): string {
  const target = new Uint8Array(base64Length(bytes.length));
  putBase64(target, 0, bytes);
  return text(target, 0, target.length);
}

/** The bytes of a base64 string, or undefined. */
export function fromBase64(value: string): Uint8Array | undefined {
  const bytes = utf8(value);
  const end = decodeBase64(bytes, 0, bytes.length);
  return end < 0 ? undefined : bytes.slice(0, end);
}
