/** Numbers in decimal digits, as headers, descriptors and addresses have them. */

const ZERO = 0x30;
const NINE = 0x39;

/**
 * Returns the number that the bytes spell in decimal digits, or undefined when they spell none, or
 * one above `most`. Zeros before it count for nothing.
 */
export function decimal(bytes: Uint8Array, most: number): number | undefined {
  if (bytes.length === 0) return undefined;
  let value = 0;
  for (const byte of bytes) {
    if (!isDigit(byte)) return undefined;
    value = value * 10 + byte - ZERO;
    if (value > most) return undefined;
  }
  return value;
}

/** Returns true for an ASCII digit. */
export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** Returns the value of an ASCII hexadecimal digit, or -1. */
export function hexDigit(byte: number): number {
  if (isDigit(byte)) return byte - ZERO;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
