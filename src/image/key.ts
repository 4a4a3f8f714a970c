/**
 * Public keys of the vendor, which are built into the firmware: the only ones whose signature
 * counts.
 */
import { hex } from "../base/bytes.ts";
import { Sha256 } from "../base/sha256.ts";

export interface VendorKey {
  readonly type: "ed25519" | "p256";
  /** Ed25519: 32 bytes. P-256: the uncompressed point, 65 bytes. */
  readonly key: Uint8Array;
  /** SHA-256 of the SubjectPublicKeyInfo in DER: what KEYHASH of an image holds. */
  readonly hash: Uint8Array;
  /**
   * Revoked: no signature of it counts once an image with this security counter, or a higher one,
   * has been confirmed.
   */
  readonly until?: number;
}

/**
 * SubjectPublicKeyInfo (RFC 5280 §4.1) of both kinds, up to the key: RFC 8410 §4, RFC 5480 §2.
 * The P-256 one ends with the point's 04.
 */
const ED25519_PREFIX = "302a300506032b6570032100";
const P256_PREFIX = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

/**
 * The key in a SubjectPublicKeyInfo in DER; undefined when it is neither Ed25519 nor an
 * uncompressed P-256 point.
 */
export function vendorKey(spki: Uint8Array): VendorKey | undefined {
  const isEd25519 = spki.length === 44 && hex(spki.subarray(0, 12)) === ED25519_PREFIX;
  const isP256 = spki.length === 91 && hex(spki.subarray(0, 27)) === P256_PREFIX;
  if (!isEd25519 && !isP256) return undefined;
  const hash = new Uint8Array(32);
  const digest = new Sha256();
  digest.update(spki);
  digest.digest(hash);
  return { type: isEd25519 ? "ed25519" : "p256", key: spki.slice(isEd25519 ? 12 : 26), hash };
}
