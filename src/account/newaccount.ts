/**
 * An account from outside (OMA-TS-DM-Bootstrap, OMA-TS-DM-StdObj §5.3.3): what a bootstrap message
 * says of it, in words of either profile, made into one that sessions can use; or why it cannot be.
 */
import { ACCOUNT_TEXT_BYTES_MAX, NONCE_BYTES_MAX, SERVER_ID_BYTES_MAX } from "../base/limits.ts";
import { addressProblem, parseAddress, urlText } from "../base/url.ts";
import { refusalOf, type UrlRules } from "../base/urlrules.ts";
import { utf8 } from "../base/utf8.ts";
import { parseAcl } from "../tree/acl.ts";
import type { Account, Credentials } from "./accounts.ts";
import { AUTHENTICATION, type AuthKind, kindOfOma } from "./authkind.ts";

/** One AppAuth. Empty: not said. */
export interface AuthFields {
  /** CLCRED, SRVCRED. */
  readonly level: string;
  /** AAuthType: BASIC, DIGEST, HMAC, TRANSPORT. */
  readonly type: string;
  readonly name: string;
  readonly secret: string;
  /** AAuthData. */
  readonly nonce?: Uint8Array | undefined;
}

/** What there is of an account below its node; empty: not said. */
export interface AccountFields {
  readonly serverId: string;
  readonly displayName: string;
  readonly address: string;
  /** PortNbr, in digits. */
  readonly port: string;
  /** AAuthPref. */
  readonly preference: string;
  readonly auths: readonly AuthFields[];
  /** ACL of its node. */
  readonly acl: string;
}

export interface NewAccount {
  /** Its name is for whoever keeps it to choose. */
  readonly account: Omit<Account, "name">;
  readonly clientNonce: Uint8Array | undefined;
  readonly serverNonce: Uint8Array | undefined;
  readonly acl: string | undefined;
}

/** Checks everything, and says what is wrong: of what it was given at most the host. */
export function newAccount(fields: AccountFields, rules: UrlRules): NewAccount | string {
  const { serverId, displayName, preference, acl } = fields;
  const given = parseAddress(fields.address);
  const port = Number(fields.port);
  if (!isServerId(serverId)) return "no ServerID";
  if (typeof given === "string") return `its address ${given}`;
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    return "its port is not a number up to 65535";
  const url = port > 0 ? { ...given, port } : given;
  const address = urlText(url);
  const refusal = addressProblem(url) ?? refusalOf(url, rules);
  if (refusal !== undefined) return `its address ${refusal}`;
  if (acl !== "" && parseAcl(acl) === undefined) return "an ACL that is none";
  if (utf8(displayName).length > ACCOUNT_TEXT_BYTES_MAX) return "a name that is too long";
  for (const { secret, name, nonce } of fields.auths) {
    if (Math.max(utf8(secret).length, utf8(name).length) > ACCOUNT_TEXT_BYTES_MAX)
      return "credentials that are too long";
    if (nonce !== undefined && nonce.length > NONCE_BYTES_MAX) return "a nonce that is too long";
  }
  const client = strongest(fields.auths, "CLCRED", preference);
  const server = strongest(fields.auths, "SRVCRED", "");
  const account = {
    serverId,
    address,
    client: credentials(client, ""),
    server: credentials(server, serverId),
    ...(displayName === "" ? {} : { displayName }),
  };
  return {
    account,
    clientNonce: client?.nonce,
    serverNonce: server?.nonce,
    acl: acl === "" ? undefined : acl,
  };
}

/** True for what an ACL can name. */
function isServerId(text: string): boolean {
  const ids = parseAcl(`Get=${text}`)?.get("Get");
  return (
    ids?.length === 1 && ids[0] === text && text !== "*" && utf8(text).length <= SERVER_ID_BYTES_MAX
  );
}

/**
 * The kind of credentials: digest where a secret comes without a type, since every client knows
 * that.
 */
function kindOf({ type, secret }: AuthFields): AuthKind | undefined {
  if (type !== "") return kindOfOma(type);
  return secret === "" ? "none" : "md5";
}

function strongest(
  auths: readonly AuthFields[],
  level: string,
  preference: string,
): AuthFields | undefined {
  const known = auths.filter((auth) => auth.level === level && kindOf(auth) !== undefined);
  const rank = (auth: AuthFields): number => AUTHENTICATION[kindOf(auth) ?? "none"].rank;
  const preferred = known.find(({ type }) => preference !== "" && type === preference);
  if (preferred !== undefined) return preferred;
  return known.reduce<AuthFields | undefined>(
    (best, auth) => (best !== undefined && rank(best) >= rank(auth) ? best : auth),
    undefined,
  );
}

function credentials(auth: AuthFields | undefined, nameElse: string): Credentials {
  if (auth === undefined) return { type: "none", name: "", secret: "" };
  return {
    type: kindOf(auth) ?? "none",
    name: auth.name === "" ? nameElse : auth.name,
    secret: auth.secret,
  };
}
