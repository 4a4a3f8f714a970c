/**
 * Accounts of device management in a document of Client Provisioning: APPLICATION characteristics
 * w7 (OMA-TS-DM-Bootstrap, CP profile).
 */
import { fromBase64 } from "../base/base64.ts";
import { utf8 } from "../base/utf8.ts";
import type { AccountFields, AuthFields } from "../account/newaccount.ts";
import type { Characteristic } from "./cp.ts";

/** AAUTHLEVEL: to the application server, by the client; to the client, by the server. */
const LEVELS: ReadonlyMap<string, string> = new Map([
  ["APPSRV", "CLCRED"],
  ["CLIENT", "SRVCRED"],
]);

/** One for each APPLICATION with APPID w7, in order. */
export function cpAccounts(characteristics: readonly Characteristic[]): readonly AccountFields[] {
  const accounts: AccountFields[] = [];
  characteristics.forEach((top, index) => {
    if (top.type !== "APPLICATION" || parameter(top, "APPID") !== "w7") return;
    const end = characteristics.findIndex(({ depth }, at) => at > index && depth <= top.depth);
    accounts.push(fieldsOf(top, characteristics.slice(index + 1, end < 0 ? undefined : end)));
  });
  return accounts;
}

/** The first APPADDR counts: the standard orders them by preference. */
function fieldsOf(top: Characteristic, below: readonly Characteristic[]): AccountFields {
  const place = below.find(({ type }) => type === "APPADDR");
  const port = below.find(({ type }) => type === "PORT");
  return {
    serverId: parameter(top, "PROVIDER-ID"),
    displayName: parameter(top, "NAME"),
    address: (place === undefined ? "" : parameter(place, "ADDR")) || parameter(top, "ADDR"),
    port: port === undefined ? "" : parameter(port, "PORTNBR"),
    preference: parameter(top, "AAUTHPREF"),
    acl: "",
    auths: below.filter(({ type }) => type === "APPAUTH").map(authOf),
  };
}

function authOf(auth: Characteristic): AuthFields {
  const level = parameter(auth, "AAUTHLEVEL");
  const data = parameter(auth, "AAUTHDATA");
  return {
    level: LEVELS.get(level) ?? level,
    type: parameter(auth, "AAUTHTYPE"),
    name: parameter(auth, "AAUTHNAME"),
    secret: parameter(auth, "AAUTHSECRET"),
    nonce: data === "" ? undefined : (fromBase64(data) ?? utf8(data)),
  };
}

/** The value of the first parameter of that name; empty when there is none. */
function parameter({ parameters }: Characteristic, name: string): string {
  return parameters.find((one) => one[0] === name)?.[1] ?? "";
}
