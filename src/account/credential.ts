/**
 * Credentials in SyncHdr (OMA-TS-DM-Security §5.3, RFC 1321): how they are made and how they are
 * checked.
 */
import { base64, fromBase64 } from "../base/base64.ts";
import { copy, equal } from "../base/bytes.ts";
import { md5 } from "../base/md5.ts";
import { utf8 } from "../base/utf8.ts";
import type { Cred } from "../syncml/command.ts";
import { AUTHENTICATION, kindOfSyncml } from "./authkind.ts";

/** Kinds that put a credential into SyncHdr. */
export type CredentialKind = "basic" | "md5";

/**
 * What `name` with `secret` puts into Cred. `nonce` is the decoded one of the last challenge; basic
 * does not use it.
 */
export function credential(
  kind: CredentialKind,
  name: string,
  secret: string,
  nonce: Uint8Array,
): Cred {
  const type = AUTHENTICATION[kind].syncml;
  return { type, format: "b64", data: base64(proof(kind, name, secret, nonce)) };
}

/**
 * True when `cred` is of this kind and was made of this name, secret and nonce. The comparison
 * takes the same time wherever they differ. What is not base64 is false.
 */
export function checkCredential(
  cred: Cred | undefined,
  kind: CredentialKind,
  name: string,
  secret: string,
  nonce: Uint8Array,
): boolean {
  if (
    cred === undefined ||
    kindOfSyncml(cred.type) !== kind ||
    (cred.format !== undefined && cred.format !== "b64")
  )
    return false;
  const data = fromBase64(cred.data);
  return data !== undefined && equal(data, proof(kind, name, secret, nonce));
}

/** basic: name:secret; md5: MD5(B64(MD5(name:secret)):nonce). */
function proof(kind: CredentialKind, name: string, secret: string, nonce: Uint8Array): Uint8Array {
  const pair = utf8(`${name}:${secret}`);
  if (kind === "basic") return pair;
  const digest = utf8(`${base64(md5(pair))}:`);
  const whole = new Uint8Array(digest.length + nonce.length);
  copy(whole, 0, digest, 0, digest.length);
  copy(whole, digest.length, nonce, 0, nonce.length);
  return md5(whole);
}
