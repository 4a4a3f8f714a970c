/**
 * MD5, RFC 1321, for SyncML credentials only. Portable version over the package @noble/hashes;
 * boards with XS use the native one.
 */
import { md5 as hash } from "@noble/hashes/legacy.js";

/** The 16 bytes of the digest of `bytes`. */
export function md5(bytes: Uint8Array): Uint8Array {
  return hash(bytes);
}
