/**
 * The DMAcc object (OMA-TS-DM-StdObj §5.3.3, urn:oma:mo:oma-dm-dmacc:1.0): the accounts, one node
 * each. Accounts are provisioned, not added by servers. A server that has the right may change
 * where it is and its secrets; secrets and nonces are never read.
 */
import { frozen } from "../base/frozen.ts";
import { ACCOUNT_TEXT_BYTES_MAX, ADDRESS_BYTES_MAX, NONCE_BYTES_MAX } from "../base/limits.ts";
import { addressProblem, parseUrl, urlText } from "../base/url.ts";
import { refusalOf, STRICT_RULES, type UrlRules } from "../base/urlrules.ts";
import { utf8 } from "../base/utf8.ts";
import type { Access, Binding, Call, NodeDefinition } from "../tree/node.ts";
import type { Tree } from "../tree/tree.ts";
import { Status } from "../syncml/status.ts";
import { textOf } from "../tree/value.ts";
import type { Value } from "../tree/value.ts";
import { accountChange, accountNames, nonceChange, readAccount } from "./accounts.ts";
import type { Account, Credentials, Direction, Records } from "./accounts.ts";
import { interior, leaf } from "../tree/definition.ts";
import { AUTHENTICATION } from "./authkind.ts";

const READ: readonly Access[] = frozen(["Get"]);
const CHANGE: readonly Access[] = frozen(["Get", "Replace"]);
const SECRET: readonly Access[] = frozen(["Replace"]);

/** A leaf with what it shows of an account, and how a new text changes the account. */
interface AccountLeaf {
  readonly definition: NodeDefinition;
  readonly get: (account: Account) => string;
  /** Gives the status where the text is no value of this leaf. */
  readonly changed?: (account: Account, text: string) => Account | number;
}

function credentialLeaves(whose: Direction): readonly AccountLeaf[] {
  // A constant: a parameter that functions keep could change, and takes RAM on the device.
  const direction = whose;
  const change = (account: Account, part: Partial<Credentials>): Account => {
    return { ...account, [direction]: { ...account[direction], ...part } };
  };
  const level = direction === "client" ? "CLCRED" : "SRVCRED";
  return [
    {
      definition: leaf("AAuthLevel", "chr", READ, "Who proves itself with these."),
      get: () => level,
    },
    {
      definition: leaf("AAuthType", "chr", READ, "How: BASIC, DIGEST, HMAC or TRANSPORT."),
      get: (account) => AUTHENTICATION[account[direction].type].oma,
    },
    {
      definition: leaf("AAuthName", "chr", CHANGE, "The name."),
      get: (account) => account[direction].name,
      changed: (account, name) => change(account, { name }),
    },
    {
      definition: leaf("AAuthSecret", "chr", SECRET, "The secret."),
      get: () => "",
      changed: (account, secret) => change(account, { secret }),
    },
  ];
}

const CLIENT_LEAVES = frozen(credentialLeaves("client"));
const SERVER_LEAVES = frozen(credentialLeaves("server"));
const CLIENT_NONCE = frozen(leaf("AAuthData", "bin", SECRET, "The next nonce of the device."));
const SERVER_NONCE = frozen(leaf("AAuthData", "bin", SECRET, "The next nonce of the server."));
const PORT = frozen(leaf("PortNbr", "chr", READ, "The port; empty when the address says it."));
const ADDRESS: AccountLeaf = frozen({
  definition: leaf("Addr", "chr", CHANGE, "URL of the server."),
  get: (account) => account.address,
});
const ADDRESS_LEAVES: readonly AccountLeaf[] = frozen([
  ADDRESS,
  { definition: leaf("AddrType", "chr", READ, "Kind of address."), get: () => "URI" },
]);
const ACCOUNT_LEAVES: readonly AccountLeaf[] = frozen([
  { definition: leaf("AppID", "chr", READ, "Always w7."), get: () => "w7" },
  {
    definition: leaf("ServerID", "chr", READ, "Identifier of the server."),
    get: (account) => account.serverId,
  },
  {
    definition: leaf("Name", "chr", CHANGE, "Name of the server for people."),
    get: (account) => account.displayName ?? "",
    changed: (account, displayName) => ({ ...account, displayName }),
  },
  {
    definition: leaf("AAuthPref", "chr", READ, "What the device begins with."),
    get: (account) => AUTHENTICATION[account.client.type].oma,
  },
]);

function definitions(leaves: readonly AccountLeaf[]): readonly NodeDefinition[] {
  return leaves.map((one) => one.definition);
}

const ACCOUNT: NodeDefinition = frozen({
  ...interior("", "One account.", [
    ...definitions(ACCOUNT_LEAVES),
    interior("AppAddr", "Where the server is.", [
      interior("1", "Its address.", [
        ...definitions(ADDRESS_LEAVES),
        interior("Port", "Its port.", [interior("1", "The only one.", [PORT])]),
      ]),
    ]),
    interior("AppAuth", "How both sides prove who they are.", [
      interior("Client", "The device, to the server.", [
        ...definitions(CLIENT_LEAVES),
        CLIENT_NONCE,
      ]),
      interior("Server", "The server, to the device.", [
        ...definitions(SERVER_LEAVES),
        SERVER_NONCE,
      ]),
    ]),
  ]),
  occurrence: "ZeroOrMore",
  scope: "dynamic",
  type: "urn:oma:mo:oma-dm-dmacc:1.0",
});

export const DM_ACC: NodeDefinition = frozen(
  interior("DMAcc", "Accounts of DM servers.", [ACCOUNT]),
);

/** The account that a node below ./DMAcc/<name> belongs to. */
function accountOf(call: Call): Account | undefined {
  return readAccount(call.staged, call.at[1] ?? "");
}

function accountBinding(one: AccountLeaf, bytesMax: number = ACCOUNT_TEXT_BYTES_MAX): Binding {
  const { changed } = one;
  const get = (call: Call): Uint8Array | number => {
    const account = accountOf(call);
    return account === undefined ? Status.notFound : utf8(one.get(account));
  };
  if (changed === undefined) return { get };
  return {
    get,
    replace: (call: Call, value: Value): number => {
      if (value.data.length > bytesMax) return Status.tooLarge;
      const account = accountOf(call);
      if (account === undefined) return Status.notFound;
      const text = textOf(value.data);
      if (text === undefined) return Status.commandFailed;
      const next = changed(account, text);
      if (typeof next === "number") return next;
      call.staged.set(...accountChange(next));
      return Status.ok;
    },
  };
}

/**
 * An address that is malformed is 500, and one that the rules do not admit 403: what nothing
 * answers at could never be put right by the server that wrote it. It is kept in its one spelling.
 */
function addressBinding(rules: UrlRules, refused: (text: string) => void): Binding {
  const changed = (account: Account, text: string): Account | number => {
    const url = parseUrl(text);
    const problem = typeof url === "string" ? url : refusalOf(url, rules);
    if (typeof url !== "string" && addressProblem(url) !== undefined) return Status.tooLarge;
    if (typeof url !== "string" && problem === undefined)
      return { ...account, address: urlText(url) };
    refused(`Addr of ./DMAcc/${account.name} is not replaced: the new one ${problem ?? ""}`);
    return typeof url === "string" ? Status.commandFailed : Status.forbidden;
  };
  return accountBinding({ ...ADDRESS, changed }, ADDRESS_BYTES_MAX);
}

function nonceBinding(direction: Direction): Binding {
  return {
    get: () => Status.commandNotAllowed,
    replace: (call, value) => {
      if (value.data.length > NONCE_BYTES_MAX) return Status.tooLarge;
      call.staged.set(...nonceChange(call.at[1] ?? "", direction, value.data.slice()));
      return Status.ok;
    },
  };
}

/**
 * Puts ./DMAcc in the tree, over the accounts in the same store. A server may replace its address
 * by one that the rules admit; `refused` is told, for the log, why another one is not taken.
 */
export function mountDmAcc(
  tree: Tree,
  records: Records,
  rules: UrlRules = STRICT_RULES,
  refused: (text: string) => void = () => undefined,
): void {
  const bindings = new Map<NodeDefinition, Binding>();
  for (const one of [...ACCOUNT_LEAVES, ...ADDRESS_LEAVES, ...CLIENT_LEAVES, ...SERVER_LEAVES]) {
    bindings.set(one.definition, accountBinding(one));
  }
  bindings.set(ADDRESS.definition, addressBinding(rules, refused));
  bindings.set(PORT, {
    get: (call) => {
      const port = accountOf(call)?.port;
      return utf8(port === undefined ? "" : `${port}`);
    },
  });
  bindings.set(CLIENT_NONCE, nonceBinding("client"));
  bindings.set(SERVER_NONCE, nonceBinding("server"));
  bindings.set(ACCOUNT, { instances: () => accountNames(records) });
  tree.mount(DM_ACC, bindings);
}
