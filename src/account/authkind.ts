/**
 * Kinds of authentication (OMA-TS-DM-Security §5.1.3): one row each. Every list, every name and
 * every property of a kind comes from this table.
 */
import { base64 } from "../base/base64.ts";
import { copy } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { md5 } from "../base/md5.ts";
import { utf8 } from "../base/utf8.ts";

/** From weak to strong. "none": the transport vouches for the peer. */
const ROWS = frozen({
  none: {
    oma: "TRANSPORT",
    syncml: "",
    rank: 0,
    nonce: false,
    everyMessage: false,
    proof: undefined,
  },
  basic: {
    oma: "BASIC",
    syncml: "syncml:auth-basic",
    rank: 1,
    nonce: false,
    everyMessage: false,
    proof: (name: string, secret: string) => utf8(`${name}:${secret}`),
  },
  md5: {
    oma: "DIGEST",
    syncml: "syncml:auth-md5",
    rank: 2,
    nonce: true,
    everyMessage: false,
    proof: md5Proof,
  },
  mac: {
    oma: "HMAC",
    syncml: "syncml:auth-MAC",
    rank: 3,
    nonce: true,
    everyMessage: true,
    proof: undefined,
  },
}) satisfies { readonly [kind: string]: AuthRow };

export interface AuthRow {
  /** Value of AAuthType and AAuthPref (OMA-TS-DM-StdObj §5.3.3). */
  readonly oma: string;
  /** Type in Cred and Chal (OMA-TS-DM-Security §5.3); empty where neither is sent. */
  readonly syncml: string;
  /** A challenge is answered only with what is at least as strong. */
  readonly rank: number;
  /** The proof contains a nonce, which a challenge brings. */
  readonly nonce: boolean;
  /** Each message proves itself, in a header of the transport (mac.ts). */
  readonly everyMessage: boolean;
  /** The bytes of Cred; `nonce` is the decoded one. Undefined where SyncHdr has no Cred. */
  readonly proof: ((name: string, secret: string, nonce: Uint8Array) => Uint8Array) | undefined;
}

export type AuthKind = keyof typeof ROWS;

export const AUTHENTICATION: { readonly [K in AuthKind]: AuthRow } = ROWS;

/** All kinds, from weak to strong. */
export const AUTH_KINDS: readonly AuthKind[] = frozen(Object.keys(AUTHENTICATION) as AuthKind[]);

/**
 * Returns the kind of that AAuthType, in either case; undefined for what is no credential of DM.
 */
export function kindOfOma(oma: string): AuthKind | undefined {
  const name = oma.toUpperCase();
  return AUTH_KINDS.find((kind) => AUTHENTICATION[kind].oma === name);
}

/**
 * Returns the kind that the Type of a Chal or Cred names, in either case; "none" for an unknown
 * one, and for none.
 */
export function kindOfSyncml(type = ""): AuthKind {
  const name = type.toLowerCase();
  return AUTH_KINDS.find((kind) => AUTHENTICATION[kind].syncml.toLowerCase() === name) ?? "none";
}

/** MD5(B64(MD5(name:secret)):nonce) (OMA-TS-DM-Security §5.3, RFC 1321). */
function md5Proof(name: string, secret: string, nonce: Uint8Array): Uint8Array {
  const digest = utf8(`${base64(md5(utf8(`${name}:${secret}`)))}:`);
  const whole = new Uint8Array(digest.length + nonce.length);
  copy(whole, 0, digest, 0, digest.length);
  copy(whole, digest.length, nonce, 0, nonce.length);
  return md5(whole);
}
