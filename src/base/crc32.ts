/**
 * CRC-32 (IEEE 802.3). Portable version over the package crc-32; boards with XS use the native
 * module of the same name.
 */
import CRC32 from "crc-32";

/** The CRC of `bytes`, 0 to 2^32 - 1. `seed` is the result so far, 0 to start. */
export function crc32(bytes: Uint8Array, seed: number): number {
  return CRC32.buf(bytes, seed | 0) >>> 0;
}
