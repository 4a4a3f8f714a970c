/**
 * Kinds of authentication (OMA-TS-DM-Security §5.1.3): one row each. Every list and every name of a
 * kind comes from this table.
 */
import { frozen } from "../base/frozen.ts";

/** From weak to strong. "none": the transport vouches for the peer. */
export const AUTHENTICATION = frozen({
  none: { oma: "TRANSPORT", syncml: "", rank: 0, nonce: false, everyMessage: false },
  basic: { oma: "BASIC", syncml: "syncml:auth-basic", rank: 1, nonce: false, everyMessage: false },
  md5: { oma: "DIGEST", syncml: "syncml:auth-md5", rank: 2, nonce: true, everyMessage: false },
  mac: { oma: "HMAC", syncml: "syncml:auth-MAC", rank: 3, nonce: true, everyMessage: true },
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
  /** Each message proves itself, in a header of the transport. */
  readonly everyMessage: boolean;
}

export type AuthKind = keyof typeof AUTHENTICATION;

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
