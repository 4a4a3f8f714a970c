/**
 * Search, comparison and copy of bytes. Portable version; boards with XS use the native module of
 * the same name.
 */

/** The first index of `byte` at or after `from`, or -1. */
export function find(bytes: Uint8Array, from: number, byte: number): number {
  return bytes.indexOf(byte, from);
}

/**
 * The first index in bytes[from, to) of one of these ASCII characters, or -1. Throws a RangeError
 * when the range does not fit.
 */
export function findAny(bytes: Uint8Array, from: number, to: number, characters: string): number {
  if (from < 0 || to < from || to > bytes.length) throw new RangeError("findAny");
  for (let i = from; i < to; i++)
    if (characters.includes(String.fromCharCode(bytes[i] ?? 0))) return i;
  return -1;
}

/**
 * True when both hold the same bytes. Takes the same time wherever they differ: fit for secrets.
 */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/**
 * Copies source[from, to) to target[at, …). Throws a RangeError, and copies nothing, when a range
 * does not fit. They may overlap.
 */
export function copy(
  target: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  to: number,
): void {
  if (from < 0 || to < from || to > source.length || at < 0 || at + (to - from) > target.length)
    throw new RangeError("copy");
  target.set(source.subarray(from, to), at);
}

/** True when every byte of bytes[from, to) is `value`. */
export function filled(bytes: Uint8Array, from: number, to: number, value: number): boolean {
  if (from < 0 || to < from || to > bytes.length) throw new RangeError("filled");
  for (let i = from; i < to; i++) if (bytes[i] !== value) return false;
  return true;
}

/** Lower-case hexadecimal digits of the bytes. */
export function hex(bytes: Uint8Array): string {
  let result = "";
  for (const byte of bytes) result += (byte < 16 ? "0" : "") + byte.toString(16);
  return result;
}

/** The bytes of an even number of hexadecimal digits, or undefined. */
export function fromHex(digits: string): Uint8Array | undefined {
  if (!/^([0-9a-fA-F]{2})*$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
