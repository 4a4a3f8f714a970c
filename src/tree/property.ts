/**
 * Properties of nodes, `?prop=…` (OMA-TS-DM-TND §7.7).
 *
 * All are there but TStamp, which the standard leaves to the client: a board has no calendar. VerNo
 * counts changes of value, ACL and Title; nodes whose value is live (State, DevDetail) have none.
 * Servers may replace ACL, Name and Title.
 */
import { frozen } from "../base/frozen.ts";
import { ACL_BYTES_MAX, TITLE_BYTES_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import { aclText, parseAcl } from "./acl.ts";
import { isInterior } from "./node.ts";
import type { Node } from "./node.ts";
import { nodeKey, TITLE_KEY } from "./nodes.ts";
import type { Nodes } from "./nodes.ts";
import { keepAcl, mayDo, ownAcl } from "./rights.ts";
import { Status } from "../syncml/status.ts";
import { parseUri, validName } from "./uri.ts";
import type { Value } from "./value.ts";

const PROPERTIES: readonly string[] = frozen([
  "ACL",
  "Format",
  "Name",
  "Size",
  "Title",
  "TStamp",
  "Type",
  "VerNo",
]);

function textValue(value: string, format = "chr"): Value {
  return { format, type: "text/plain", data: utf8(value) };
}

function size(nodes: Nodes, node: Node, server: string): Value | number {
  if (isInterior(node.definition)) return Status.notSupported;
  const value = nodes.value(node, server);
  return typeof value === "number" ? Status.notSupported : textValue(`${value.length}`, "int");
}

/**
 * The value of a property, or a status: 406 for one that the client or this kind of node does not
 * have.
 */
export function getProperty(
  nodes: Nodes,
  node: Node,
  property: string,
  server: string,
): Value | number {
  if (!mayDo(nodes, node.at, "Get", server)) return Status.permissionDenied;
  switch (property) {
    case "ACL":
      return textValue(ownAcl(nodes, node.at));
    case "Format":
      return textValue(node.definition.format);
    case "Name":
      return textValue(node.at[node.at.length - 1] ?? ".");
    case "Size":
      return size(nodes, node, server);
    case "Title":
      return textValue(nodes.text(TITLE_KEY, node.at));
    case "Type":
      return textValue(nodes.type(node));
    case "VerNo":
      return version(nodes, node);
    default:
      return Status.notSupported;
  }
}

function version(nodes: Nodes, node: Node): Value | number {
  const count = nodes.version(node);
  return count === undefined ? Status.notSupported : textValue(`${count}`, "int");
}

/**
 * Replace of an ACL: the right comes from the node when it is interior, and always from its parent
 * (ibid. §7.7.1.1).
 */
function replaceAcl(nodes: Nodes, node: Node, text: string, server: string): number {
  const root = node.at.length === 0;
  const byNode = isInterior(node.definition) && mayDo(nodes, node.at, "Replace", server);
  if (!byNode && (root || !mayDo(nodes, node.at.slice(0, -1), "Replace", server)))
    return Status.permissionDenied;
  if (utf8(text).length > ACL_BYTES_MAX) return Status.tooLarge;
  const acl = parseAcl(text);
  if (acl === undefined) return Status.commandFailed;
  if (root && acl.size === 0) return Status.commandNotAllowed;
  if (ownAcl(nodes, node.at) !== aclText(acl)) nodes.changed(node);
  keepAcl(nodes, node.at, aclText(acl));
  return Status.ok;
}

/**
 * Only nodes that servers added, under a placeholder, and that take Replace, can have another name.
 */
function replaceName(nodes: Nodes, node: Node, name: string, server: string): number {
  const { definition, at } = node;
  if (node.permanent || definition.name !== "" || !definition.access.includes("Replace"))
    return Status.commandNotAllowed;
  if (!mayDo(nodes, at, "Replace", server)) return Status.permissionDenied;
  if (name === at[at.length - 1]) return Status.ok;
  const target = [...at.slice(0, -1), name];
  if (parseUri(target.join("/")) === Status.uriTooLong) return Status.uriTooLong;
  if (!validName(name)) return Status.commandFailed;
  if (nodes.find(target) !== undefined) return Status.alreadyExists;
  return nodes.rename(at, name) ? Status.ok : Status.uriTooLong;
}

function replaceTitle(nodes: Nodes, node: Node, title: string, server: string): number {
  if (!mayDo(nodes, node.at, "Replace", server)) return Status.permissionDenied;
  const bytes = utf8(title);
  if (bytes.length > TITLE_BYTES_MAX) return Status.tooLarge;
  if (title !== nodes.text(TITLE_KEY, node.at)) nodes.changed(node);
  nodes.staged.set(nodeKey(TITLE_KEY, node.at), bytes.length === 0 ? undefined : bytes);
  return Status.ok;
}

/** Replaces a property: a status. 405 for those that servers cannot change. */
export function replaceProperty(
  nodes: Nodes,
  node: Node,
  property: string,
  text: string,
  server: string,
): number {
  switch (property) {
    case "ACL":
      return replaceAcl(nodes, node, text, server);
    case "Name":
      return replaceName(nodes, node, text, server);
    case "Title":
      return replaceTitle(nodes, node, text, server);
    default:
      return PROPERTIES.includes(property) ? Status.commandNotAllowed : Status.notSupported;
  }
}
