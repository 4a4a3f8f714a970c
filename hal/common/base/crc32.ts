/** CRC-32 (IEEE 802.3): the native version of src/base/crc32.ts. */

/** The CRC of `bytes`, 0 to 2^32 - 1. `seed` is the result so far, 0 to start. */
export function crc32(this: unknown, bytes: Uint8Array, seed: number): number {
  return native("xs_crc32").call(this, bytes, seed);
}
