/**
 * Get: values, names of children, properties, and structure (OMA-TS-DM-Protocol §8.2-8.4). Results
 * are pulled, one at a time: a list may have more than there is memory for.
 */
import { LIST_NODES_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import { isInterior } from "./node.ts";
import type { Node } from "./node.ts";
import type { Nodes } from "./nodes.ts";
import { getProperty } from "./property.ts";
import { readable } from "./rights.ts";
import { Status } from "../syncml/status.ts";
import { describeAll, wantedProperties } from "./subtree.ts";
import type { Visit } from "./subtree.ts";
import { parseUri, uriText } from "./uri.ts";
import type { Value } from "./value.ts";
import { Walk } from "./walk.ts";

export interface Result {
  readonly uri: string;
  readonly value: Value;
}

export interface GetAnswer {
  readonly status: number;
  /** Gives the results, and undefined behind the last one. Absent: there are none. */
  readonly next?: () => Result | undefined;
  /**
   * Instead of results, for `?list=TNDS`: walks over the nodes, parents first. 200, or 413 when
   * `visit` stops it or they are too many.
   */
  readonly subtree?: (visit: Visit) => number;
}

function refused(status: number): GetAnswer {
  return { status };
}

/** One result. */
function single(uri: string, value: Value): GetAnswer {
  let left: Result | undefined = { uri, value };
  const next = (): Result | undefined => {
    const result = left;
    left = undefined;
    return result;
  };
  return { status: Status.ok, next };
}

/** What a Get of the node itself gives. */
function contents(nodes: Nodes, node: Node, server: string): Value | number {
  const status = readable(nodes, node, server);
  if (status !== Status.ok) return status;
  if (isInterior(node.definition))
    return { format: "node", type: "text/plain", data: utf8(nodes.children(node).join("/")) };
  const data = nodes.value(node, server);
  return typeof data === "number"
    ? data
    : { format: node.definition.format, type: nodes.type(node), data };
}

/** One result of a list, or undefined for a node that the server may not see. */
function listed(nodes: Nodes, node: Node, values: boolean, server: string): Value | undefined {
  if (readable(nodes, node, server) !== Status.ok) return undefined;
  const { format } = node.definition;
  const data = values && format !== "node" ? nodes.value(node, server) : new Uint8Array(0);
  return typeof data === "number" ? undefined : { format, type: nodes.type(node), data };
}

/**
 * `?list=Struct` and `?list=StructData`: the node and everything under it, parents before children.
 */
function list(nodes: Nodes, from: Node, kind: string, server: string): GetAnswer {
  if (kind.startsWith("TNDS")) return described(nodes, from, kind, server);
  if (kind !== "Struct" && kind !== "StructData") return refused(Status.notSupported);
  const status = readable(nodes, from, server);
  if (status !== Status.ok) return refused(status);
  const count = new Walk(nodes, from);
  for (let visited = 0; count.next() !== undefined; visited++)
    if (visited === LIST_NODES_MAX) return refused(Status.tooLarge);
  const walk = new Walk(nodes, from);
  const next = (): Result | undefined => {
    for (let node = walk.next(); node !== undefined; node = walk.next()) {
      const value = listed(nodes, node, kind === "StructData", server);
      if (value !== undefined) return { uri: uriText(node.at), value };
    }
    return undefined;
  };
  return { status: Status.ok, next };
}

/** `?list=TNDS`, with the properties that are wanted. */
function described(nodes: Nodes, from: Node, kind: string, server: string): GetAnswer {
  const wanted = wantedProperties(kind);
  if (wanted === undefined) return refused(Status.notSupported);
  const status = readable(nodes, from, server);
  if (status !== Status.ok) return refused(status);
  return { status, subtree: (visit) => describeAll(nodes, from, wanted, server, visit) };
}

/**
 * 404, or 405 below an interior node that keeps to itself what is in it (OMA-TS-DM-StdObj §5.3.4,
 * Inbox).
 */
function missing(nodes: Nodes, at: readonly string[]): number {
  const { definition } = nodes.nearest(at);
  return isInterior(definition) && !definition.access.includes("Get")
    ? Status.commandNotAllowed
    : Status.notFound;
}

/**
 * Answers a Get. A value is reported under the URI that the server used, a list under the full URIs
 * of its nodes.
 */
export function getNode(nodes: Nodes, uri: string, server: string): GetAnswer {
  const parsed = parseUri(uri);
  if (typeof parsed === "number") return refused(parsed);
  const node = nodes.find(parsed.segments);
  if (node === undefined) return refused(missing(nodes, parsed.segments));
  const { query } = parsed;
  if (query?.kind === "list") return list(nodes, node, query.value, server);
  const value =
    query === undefined
      ? contents(nodes, node, server)
      : getProperty(nodes, node, query.value, server);
  return typeof value === "number" ? refused(value) : single(uri, value);
}
