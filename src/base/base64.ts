/**
 * Base64, RFC 4648 §4, with padding. Portable version; boards with XS use the native module of the
 * same name.
 */
import { text, utf8 } from "./utf8.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGITS = Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0));
const VALUES = new Int8Array(256).fill(-1);
DIGITS.forEach((digit, value) => {
  VALUES[digit] = value;
});
const PADDING = 0x3d;

/** How many characters `count` bytes take. */
export function base64Length(count: number): number {
  return Math.ceil(count / 3) * 4;
}

/**
 * Writes the base64 form of `bytes` at target[at, …): the index after it, or -1, with nothing
 * written, when it does not fit.
 */
export function putBase64(target: Uint8Array, at: number, bytes: Uint8Array): number {
  if (at + base64Length(bytes.length) > target.length) return -1;
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const c = bytes[i + 2] ?? 0;
    target[at++] = DIGITS[a >> 2] ?? 0;
    target[at++] = DIGITS[((a & 3) << 4) | (b >> 4)] ?? 0;
    target[at++] = i + 1 < bytes.length ? (DIGITS[((b & 15) << 2) | (c >> 6)] ?? 0) : PADDING;
    target[at++] = i + 2 < bytes.length ? (DIGITS[c & 63] ?? 0) : PADDING;
  }
  return at;
}

/**
 * Decodes the characters in bytes[from, to) over themselves: the index after the last decoded byte,
 * which lie from `from` on, or -1 when they are not base64 (the bytes are then undefined). White
 * space is skipped; padding may be missing.
 */
export function decodeBase64(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let bits = 0;
  let held = 0;
  let padding = 0;
  for (let i = from; i < to; i++) {
    const character = bytes[i] ?? 0;
    if (character === 0x20 || character === 0x09 || character === 0x0a || character === 0x0d)
      continue;
    if (character === PADDING) {
      padding++;
      continue;
    }
    const value = VALUES[character] ?? -1;
    if (value < 0 || padding > 0) return -1;
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  const left = bits;
  if (
    left === 6 ||
    padding > 2 ||
    (padding > 0 && padding * 2 !== left) ||
    (left > 0 && (held & ((1 << left) - 1)) !== 0)
  )
    return -1;
  return at;
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
