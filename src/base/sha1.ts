/**
 * SHA-1, FIPS 180-4, for bootstrap messages only. Portable version over the package @noble/hashes;
 * boards with XS use the native one.
 */
import { sha1 as hash } from "@noble/hashes/legacy.js";

/** The 20 bytes of the digest of `bytes`. */
export function sha1(bytes: Uint8Array): Uint8Array {
  return hash(bytes);
}
