/**
 * Signature checks. Portable version over the package @noble/curves; boards with XS use the native
 * module of the same name.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";

/** RFC 8032 Ed25519: key of 32 bytes, signature of 64. False for anything malformed. */
export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/**
 * ECDSA P-256 over a SHA-256 digest: uncompressed key of 65 bytes, signature in DER. False for
 * anything malformed.
 */
export function verifyP256(
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 65 || digest.length !== 32) return false;
  try {
    return p256.verify(signature, digest, publicKey, {
      prehash: false,
      lowS: false,
      format: "der",
    });
  } catch {
    return false;
  }
}
