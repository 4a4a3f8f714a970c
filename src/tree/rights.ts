/**
 * What a server may do to a node: the ACLs that are kept, and how nodes without one inherit
 * (OMA-TS-DM-TND §7.7.1.1).
 */
import { utf8 } from "../base/utf8.ts";
import { aclText, granted, parseAcl, permits, ROOT_ACL, stripped } from "./acl.ts";
import type { Acl, Right } from "./acl.ts";
import type { Node } from "./node.ts";
import { nodeKey } from "./nodes.ts";
import type { Nodes } from "./nodes.ts";
import { ACL_KEY } from "./staged.ts";
import { Status } from "../syncml/status.ts";

/** The node's own ACL as text; empty when it inherits. The root always has one. */
export function ownAcl(nodes: Nodes, at: readonly string[]): string {
  const own = keptAcl(nodes, at);
  if (own !== undefined) return aclText(own);
  return at.length === 0 ? aclText(ROOT_ACL) : "";
}

/**
 * The ACL that holds for a node: its own or that of the nearest ancestor that has one, as a whole.
 */
function effectiveAcl(nodes: Nodes, at: readonly string[]): Acl {
  for (let depth = at.length; depth >= 0; depth--) {
    const own = keptAcl(nodes, at.slice(0, depth));
    if (own !== undefined) return own;
  }
  return ROOT_ACL;
}

/** The ACL that is kept of a node; undefined when there is none, or what is there is no ACL. */
function keptAcl(nodes: Nodes, at: readonly string[]): Acl | undefined {
  const own = nodes.text(ACL_KEY, at);
  return own === "" ? undefined : parseAcl(own);
}

export function mayDo(nodes: Nodes, at: readonly string[], right: Right, server: string): boolean {
  return permits(effectiveAcl(nodes, at), right, server);
}

/** 200 when the server may Get the node. */
export function readable(nodes: Nodes, node: Node, server: string): number {
  if (!node.definition.access.includes("Get")) return Status.commandNotAllowed;
  return mayDo(nodes, node.at, "Get", server) ? Status.ok : Status.permissionDenied;
}

/** Gives a node an ACL; the empty text makes it inherit again. */
export function keepAcl(nodes: Nodes, at: readonly string[], text: string): void {
  nodes.staged.set(nodeKey(ACL_KEY, at), text === "" ? undefined : utf8(text));
}

/** Gives the server these rights on a node, besides those that hold there already. */
export function grant(
  nodes: Nodes,
  at: readonly string[],
  server: string,
  rights: readonly Right[],
): void {
  keepAcl(nodes, at, aclText(granted(effectiveAcl(nodes, at), server, rights)));
}

/** Takes a server that is no more out of every ACL. */
export function forgetServer(nodes: Nodes, server: string): void {
  for (const key of nodes.staged.keys(ACL_KEY)) {
    const path = key.slice(ACL_KEY.length);
    const at = path === "" ? [] : path.split("/");
    const own = nodes.text(ACL_KEY, at);
    const acl = parseAcl(own);
    const left = acl === undefined ? own : aclText(stripped(acl, server, at.length === 0));
    if (left !== own) keepAcl(nodes, at, left);
  }
}
