/** Search, comparison and copy of bytes: the native version of src/base/bytes.ts. */

/** The first index of `byte` at or after `from`, or -1. */
export function find(this: unknown, bytes: Uint8Array, from: number, byte: number): number {
  return native("xs_bytes_find").call(this, bytes, from, byte);
}

/**
 * The first index in bytes[from, to) of one of these ASCII characters, or -1. Throws a RangeError
 * when the range does not fit.
 */
export function findAny(
  this: unknown,
  bytes: Uint8Array,
  from: number,
  to: number,
  characters: string,
): number {
  return native("xs_bytes_find_any").call(this, bytes, from, to, characters);
}

/**
 * True when both hold the same bytes. Takes the same time wherever they differ: fit for secrets.
 */
export function equal(this: unknown, a: Uint8Array, b: Uint8Array): boolean {
  return native("xs_bytes_equal").call(this, a, b);
}

/**
 * Copies source[from, to) to target[at, …). Throws a RangeError, and copies nothing, when a range
 * does not fit. They may overlap.
 */
export function copy(
  this: unknown,
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  to: number,
): void {
  native("xs_bytes_copy").call(this, target, at, source, from, to);
}

/** True when every byte of bytes[from, to) is `value`. */
export function filled(
  this: unknown,
  bytes: Uint8Array,
  from: number,
  to: number,
  value: number,
): boolean {
  return native("xs_bytes_filled").call(this, bytes, from, to, value);
}

/** Lower-case hexadecimal digits of the bytes. */
export function hex(this: unknown, bytes: Uint8Array): string {
  return native("xs_bytes_hex").call(this, bytes);
}

function readHex(this: unknown, target: Uint8Array, digits: string): boolean {
  return native("xs_bytes_from_hex").call(this, target, digits);
}

/** The bytes of an even number of hexadecimal digits, or undefined. */
export function fromHex(digits: string): Uint8Array | undefined {
  const result = new Uint8Array(digits.length >> 1);
  return readHex(result, digits) ? result : undefined;
}
