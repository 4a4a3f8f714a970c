/**
 * Finds a single flipped bit by its CRC-32. In up to 11 kB the Hamming distance of that code is 4:
 * the flip of one bit can be told from every other and undone, and two flips are never taken for
 * one.
 */
import { MEND_BYTES_MAX } from "../base/limits.ts";

const POLYNOMIAL = 0xedb88320 | 0;
const CRC_BITS = 32;

/**
 * Returns the bit that has flipped in `length` bytes or in the CRC behind them, counted from the
 * lowest bit of the first byte; undefined when it was not a single bit, or there are more than
 * MEND_BYTES_MAX to look for it in. `syndrome` is the CRC that the bytes have, exclusive-or the one
 * behind them. Takes a turn of a loop for each bit.
 */
export function flippedBit(syndrome: number, length: number): number | undefined {
  const wanted = syndrome | 0;
  if (isOneBit(wanted)) return length * 8 + CRC_BITS - 1 - Math.clz32(wanted);
  if (length > MEND_BYTES_MAX) return undefined;
  let difference = POLYNOMIAL;
  for (let bit = length * 8 - 1; bit >= 0; bit--) {
    if (difference === wanted) return bit;
    difference = (difference & 1) === 0 ? difference >>> 1 : (difference >>> 1) ^ POLYNOMIAL;
  }
  return undefined;
}

/** Whether the bit that has flipped is one of the CRC itself. */
export function isOneBit(syndrome: number): boolean {
  return syndrome !== 0 && (syndrome & (syndrome - 1)) === 0;
}
