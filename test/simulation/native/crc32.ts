/** CRC-32 by Node's zlib, in the place of src/base/crc32.ts: a board has a native one too. */
import { crc32 as native } from "node:zlib";

export function crc32(bytes: Uint8Array, seed: number): number {
  return native(bytes, seed);
}
