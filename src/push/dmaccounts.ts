/**
 * Accounts in a bootstrap message of the DM profile (OMA-TS-DM-Bootstrap §5.4): an ordinary SyncML
 * message that adds DMAcc objects, node by node or as descriptions of trees, to ./DMAcc or to
 * ./Inbox, where objects go whose place the device knows. What else it adds is passed over, as the
 * standard allows.
 */
import { Budget } from "../base/budget.ts";
import { PEER_BYTES_MAX } from "../base/limits.ts";
import type { SubtreeNode } from "../base/subtreenode.ts";
import { Token } from "../base/token.ts";
import { text } from "../base/utf8.ts";
import type { AccountFields, AuthFields } from "../account/newaccount.ts";
import {
  type Command,
  content,
  type Item,
  type Malformed,
  type ObjectCommand,
} from "../syncml/command.ts";
import { DdfTag } from "../syncml/ddftag.ts";
import { decodeMessage } from "../syncml/decode.ts";
import { ElementReader } from "../syncml/elements.ts";
import { isTnds, readTnds } from "../syncml/tnds.ts";
import { SYNCML } from "../syncml/vocabulary.ts";
import { beginsWith } from "../tree/subtree.ts";
import { WbxmlReader } from "../wbxml/wbxmlreader.ts";

/** What the message says of one account: values by path below its node, such as AppAddr/1/Addr. */
interface Nodes {
  readonly values: Map<string, Uint8Array>;
  acl: string;
}

/** One for each account. The bytes, which are rewritten, are a WBXML document. */
export function dmAccounts(bytes: Uint8Array): readonly AccountFields[] | Malformed {
  const budget = new Budget(PEER_BYTES_MAX);
  const message = decodeMessage(new WbxmlReader(bytes, bytes.length, SYNCML), budget);
  if ("problem" in message) return message;
  const accounts = new Map<string, Nodes>();
  for (const command of addsOf(message.commands)) {
    for (const item of command.items) {
      for (const node of nodesOf(item, command, budget)) place(accounts, node);
    }
  }
  return [...accounts.values()]
    .filter(({ values }) => value(values, "AppID") === "w7")
    .map(fieldsOf);
}

/** Add and Replace commands, also of Atomic and Sequence, which may stand in one another. */
function addsOf(commands: readonly Command[]): readonly ObjectCommand[] {
  const found: ObjectCommand[] = [];
  const left = [...commands].reverse();
  for (let command = left.pop(); command !== undefined; command = left.pop()) {
    if (command.name === "Add" || command.name === "Replace") found.push(command);
    if (command.name === "Atomic" || command.name === "Sequence")
      left.push(...[...command.commands].reverse());
  }
  return found;
}

/** The nodes of an item, with paths from the root. */
function nodesOf(item: Item, command: ObjectCommand, budget: Budget): readonly SubtreeNode[] {
  const base = plain(item.target ?? "");
  const type = item.meta?.type ?? command.meta?.type ?? "";
  const data = item.tree === undefined ? content(item, command.meta) : undefined;
  const tree =
    item.tree ?? (data !== undefined && isTnds(type) ? described(data, budget) : undefined);
  if (tree === undefined)
    return [
      {
        path: base,
        format: item.meta?.format ?? "",
        type,
        ...(data === undefined ? {} : { value: data }),
      },
    ];
  const name = base.split("/").pop() ?? "";
  const skipped = base.includes("/") && beginsWith(tree, name) ? name.length + 1 : 0;
  return tree.map((node) => ({ ...node, path: plain(`${base}/${node.path.slice(skipped)}`) }));
}

function described(bytes: Uint8Array, budget: Budget): readonly SubtreeNode[] {
  const reader = new WbxmlReader(bytes, bytes.length, SYNCML);
  const elements = new ElementReader(reader, budget);
  if (reader.next() !== Token.open || reader.tag !== DdfTag.MgmtTree) return [];
  return readTnds(elements) ?? [];
}

/** Without "." and slashes around it. */
function plain(uri: string): string {
  return uri
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .join("/");
}

/** Puts a node below DMAcc/x or Inbox/x where it belongs. */
function place(accounts: Map<string, Nodes>, { path, value: data, acl }: SubtreeNode): void {
  const names = path.split("/");
  const [root, name] = names;
  if ((root !== "DMAcc" && root !== "Inbox") || name === undefined) return;
  const nodes = accounts.get(name) ?? { values: new Map<string, Uint8Array>(), acl: "" };
  accounts.set(name, nodes);
  if (names.length === 2) nodes.acl = acl ?? nodes.acl;
  else if (data !== undefined) nodes.values.set(names.slice(2).join("/"), data);
}

function fieldsOf({ values, acl }: Nodes): AccountFields {
  const places = instances(values, "AppAddr");
  const [first = ""] = places;
  const port = instances(values, `${first}/Port`)[0];
  return {
    serverId: value(values, "ServerID"),
    displayName: value(values, "Name"),
    preference: value(values, "AAuthPref"),
    address: value(values, `${first}/Addr`),
    port: port === undefined ? "" : value(values, `${port}/PortNbr`),
    acl,
    auths: instances(values, "AppAuth").map(
      (at): AuthFields => ({
        level: value(values, `${at}/AAuthLevel`),
        type: value(values, `${at}/AAuthType`),
        name: value(values, `${at}/AAuthName`),
        secret: value(values, `${at}/AAuthSecret`),
        nonce: values.get(`${at}/AAuthData`)?.slice(),
      }),
    ),
  };
}

/** The paths of the instances below `above`, such as AppAuth/Client, in order. */
function instances(values: ReadonlyMap<string, Uint8Array>, above: string): readonly string[] {
  const depth = above.split("/").length + 1;
  const found = new Set<string>();
  for (const path of values.keys())
    if (path.startsWith(`${above}/`)) found.add(path.split("/").slice(0, depth).join("/"));
  return [...found];
}

/** Empty also for what is no text. */
function value(values: ReadonlyMap<string, Uint8Array>, path: string): string {
  const bytes = values.get(path);
  try {
    return bytes === undefined ? "" : text(bytes, 0, bytes.length);
  } catch {
    return "";
  }
}
