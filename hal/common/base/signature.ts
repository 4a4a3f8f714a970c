/** Signature checks: the native version of src/base/signature.ts. */

/** RFC 8032 Ed25519: key of 32 bytes, signature of 64. False for anything malformed. */
export function verifyEd25519(
  this: unknown,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return native("xs_signature_ed25519").call(this, publicKey, message, signature);
}

/**
 * ECDSA P-256 over a SHA-256 digest: uncompressed key of 65 bytes, signature in DER. False for
 * anything malformed.
 */
export function verifyP256(
  this: unknown,
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  return native("xs_signature_p256").call(this, publicKey, digest, signature);
}
