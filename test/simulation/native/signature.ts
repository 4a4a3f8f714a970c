/**
 * Signature checks that remember their results, in the place of src/base/signature.ts: a campaign
 * checks the same few signatures a million times. What was not seen before is checked by the
 * portable module.
 */
import {
  verifyEd25519 as portable25519,
  verifyP256 as portableP256,
} from "../../../src/base/signature.ts";

const known = new Map<string, boolean>();

export function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return remember("ed25519", [publicKey, message, signature], () =>
    portable25519(publicKey, message, signature),
  );
}

export function verifyP256(
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  return remember("p256", [publicKey, digest, signature], () =>
    portableP256(publicKey, digest, signature),
  );
}

function remember(type: string, parts: readonly Uint8Array[], check: () => boolean): boolean {
  const key = `${type} ${parts.map((part) => Buffer.from(part).toString("latin1")).join("\0")}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const result = check();
  known.set(key, result);
  return result;
}
