/**
 * Credentials in SyncHdr (OMA-TS-DM-Security §5.3): how they are made and how they are checked.
 */
import { base64, fromBase64 } from "../base/base64.ts";
import { equal } from "../base/bytes.ts";
import type { Cred } from "../syncml/command.ts";
import { AUTHENTICATION, type AuthKind, kindOfSyncml } from "./authkind.ts";

/**
 * Returns what `name` with `secret` puts into Cred; undefined for a kind without Cred. `nonce` is
 * the decoded one of the last challenge; a kind without nonces does not use it.
 */
export function credential(
  kind: AuthKind,
  name: string,
  secret: string,
  nonce: Uint8Array,
): Cred | undefined {
  const { syncml, proof } = AUTHENTICATION[kind];
  if (proof === undefined) return undefined;
  return { type: syncml, format: "b64", data: base64(proof(name, secret, nonce)) };
}

/**
 * True when `cred` is of this kind and was made of this name, secret and nonce. The comparison
 * takes the same time wherever they differ. What is not base64 is false, and so is any Cred of a
 * kind that has none.
 */
export function checkCredential(
  cred: Cred | undefined,
  kind: AuthKind,
  name: string,
  secret: string,
  nonce: Uint8Array,
): boolean {
  const { proof } = AUTHENTICATION[kind];
  if (
    proof === undefined ||
    cred === undefined ||
    kindOfSyncml(cred.type) !== kind ||
    (cred.format !== undefined && cred.format !== "b64")
  )
    return false;
  const data = fromBase64(cred.data);
  return data !== undefined && equal(data, proof(name, secret, nonce));
}
