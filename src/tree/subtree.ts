/**
 * Whole subtrees: what `?list=TNDS` gives, and Add and Replace of one (OMA-TS-DM-RepPro, Add and
 * Replace; OMA-TS-DM-TNDS).
 *
 * Add and Replace are all or nothing, with the status of the first node that fails. Where the
 * standard is silent: a node that came into being with another one of the same command, and takes
 * no Add or Replace, keeps the value that the device gives it.
 */
import { assert } from "../base/assert.ts";
import { equal } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { LIST_NODES_MAX } from "../base/limits.ts";
import type { SubtreeNode } from "../base/subtreenode.ts";
import { resultOf } from "../base/work.ts";
import { addNode, replaceNode } from "./change.ts";
import { childDefinition, isInterior } from "./node.ts";
import type { Node } from "./node.ts";
import { nodeKey, TITLE_KEY } from "./nodes.ts";
import type { Nodes } from "./nodes.ts";
import { replaceProperty } from "./property.ts";
import { keepAcl, mayDo, ownAcl, readable } from "./rights.ts";
import { Status } from "../syncml/status.ts";
import { parseUri, uriText } from "./uri.ts";
import { Walk } from "./walk.ts";

/** Visits one node; false stops the walk. */
export type Visit = (node: SubtreeNode) => boolean;

/**
 * Properties that a description can hold (OMA-TS-DM-TNDS §6.1); TStamp is one too, and not
 * supported.
 */
const PROPERTIES: readonly string[] = frozen(["ACL", "Format", "Title", "Type", "Value", "VerNo"]);

/**
 * The properties that `TNDS`, `TNDS+Value+ACL` or `TNDS-Format` ask for; undefined: what is asked
 * for is not supported.
 */
export function wantedProperties(list: string): readonly string[] | undefined {
  const plus = list.split("+");
  const minus = list.split("-");
  const [name, ...named] = plus.length > 1 ? plus : minus;
  if (name !== "TNDS" || named.some((one) => !PROPERTIES.includes(one))) return undefined;
  if (named.length === 0) return PROPERTIES;
  return plus.length > 1 ? named : PROPERTIES.filter((one) => !named.includes(one));
}

/**
 * Walks over a node and all below it that the server may read, parents first: 200, or 413 when
 * `visit` or the limit stops it.
 */
export function describeAll(
  nodes: Nodes,
  from: Node,
  wanted: readonly string[],
  server: string,
  visit: Visit,
): number {
  const walk = new Walk(nodes, from);
  const depth = from.at.length;
  for (let visited = 0; ; visited++) {
    const node = walk.next();
    if (node === undefined) return Status.ok;
    if (visited === LIST_NODES_MAX) return Status.tooLarge;
    const known =
      readable(nodes, node, server) === Status.ok
        ? describe(nodes, node, depth, wanted, server)
        : undefined;
    if (known !== undefined && !visit(known)) return Status.tooLarge;
  }
}

function describe(
  nodes: Nodes,
  node: Node,
  depth: number,
  wanted: readonly string[],
  server: string,
): SubtreeNode | undefined {
  const has = (name: string): boolean => wanted.includes(name);
  const leaf = !isInterior(node.definition);
  const value = leaf && has("Value") ? nodes.value(node, server) : undefined;
  if (typeof value === "number") return undefined;
  const version = nodes.version(node);
  return {
    path: node.at.slice(depth).join("/"),
    format: has("Format") ? node.definition.format : "",
    type: has("Type") ? nodes.type(node) : "",
    ...(has("ACL") ? { acl: ownAcl(nodes, node.at) } : {}),
    ...(has("Title") ? { title: nodes.text(TITLE_KEY, node.at) } : {}),
    ...(has("VerNo") && version !== undefined ? { verNo: version } : {}),
    ...(value === undefined ? {} : { value }),
  };
}

/**
 * Tells whether a description begins with a node of that name: the name of its target, as many
 * servers write it. What follows from that depends on what is at the target.
 */
export function beginsWith(subtree: readonly SubtreeNode[], name: string): boolean {
  const prefix = `${name}/`;
  return name !== "" && subtree.every(({ path }) => path === name || path.startsWith(prefix));
}

/** A node of the description, with where it belongs in the tree. */
interface Placed {
  readonly at: readonly string[];
  readonly uri: string;
  readonly node: SubtreeNode;
}

/**
 * Where the nodes of a description belong: below the target, or on it. A single root with the
 * target's own name, which the target has no child of, is meant to be the target, as many servers
 * write it. Places are worked out one at a time: all of them would be as large as the description
 * once more.
 */
class Placement {
  readonly subtree: readonly SubtreeNode[];
  readonly #target: string;
  /** How many characters of each path name the target. */
  readonly #skipped: number;

  private constructor(subtree: readonly SubtreeNode[], target: string, skipped: number) {
    this.subtree = subtree;
    this.#target = target;
    this.#skipped = skipped;
  }

  /** A status when the target or a path is no URI, or there is no node. */
  static of(nodes: Nodes, uri: string, subtree: readonly SubtreeNode[]): Placement | number {
    const target = parseUri(uri);
    if (typeof target === "number") return target;
    if (target.query !== undefined) return Status.commandNotAllowed;
    const name = target.segments[target.segments.length - 1] ?? "";
    const own = nodes.definition(target.segments);
    const child = own === undefined ? undefined : childDefinition(own, name);
    const named = child === undefined && beginsWith(subtree, name);
    const skipped = named ? name.length + 1 : 0;
    const placement = new Placement(subtree, uriText(target.segments), skipped);
    for (const node of subtree) {
      const problem = placement.#problem(node);
      if (problem !== Status.ok) return problem;
    }
    return placement;
  }

  #path({ path }: SubtreeNode): string {
    return path.slice(this.#skipped);
  }

  /** What is wrong with the path of a node. */
  #problem(node: SubtreeNode): number {
    const path = this.#path(node);
    if (path === "") return Status.ok;
    const below = parseUri(path);
    if (typeof below === "number") return below;
    const full = parseUri(`${this.#target}/${path}`);
    if (typeof full === "number") return full;
    return full.query === undefined ? Status.ok : Status.commandNotAllowed;
  }

  place(node: SubtreeNode): Placed {
    const path = this.#path(node);
    const full = parseUri(path === "" ? this.#target : `${this.#target}/${path}`);
    assert(typeof full !== "number", "a path that was checked");
    return { at: full.segments, uri: uriText(full.segments), node };
  }

  /** True when the description has a node there. */
  lists(uri: string): boolean {
    return this.subtree.some((node) => this.place(node).uri === uri);
  }
}

/** Adds the nodes of a description. */
export function addSubtree(
  nodes: Nodes,
  uri: string,
  subtree: readonly SubtreeNode[],
  server: string,
): number {
  const placement = Placement.of(nodes, uri, subtree);
  if (typeof placement === "number") return placement;
  if (subtree.length === 0) return Status.unsupportedType;
  const added: string[] = [];
  for (const node of subtree) {
    const one = placement.place(node);
    const status = addOne(nodes, one, added, server);
    if (status !== Status.ok) return status;
    if (!isBelow(one.at, added)) added.push(one.uri);
  }
  return properties(nodes, placement, server);
}

/** True for a node below one of those that this command has added. */
function isBelow(at: readonly string[], added: readonly string[]): boolean {
  return added.length > 0 && at.some((_, depth) => added.includes(uriText(at.slice(0, depth))));
}

/**
 * Adds one node, or gives its value to one that is there because another one of this command is.
 * `added` has the topmost ones.
 */
function addOne(
  nodes: Nodes,
  { at, uri, node }: Placed,
  added: readonly string[],
  server: string,
): number {
  const leaf = node.value !== undefined || (node.format !== "node" && node.format !== "");
  const there = nodes.find(at);
  const came = there !== undefined && isBelow(at, added);
  if (came && !there.definition.access.includes("Add")) {
    if (node.value === undefined || !there.definition.access.includes("Replace")) return Status.ok;
    return giveValue(nodes, uri, node, server);
  }
  const definition = nodes.definition(at);
  if (leaf && definition !== undefined && nodes.binding(definition)?.stream !== undefined)
    return Status.commandNotAllowed;
  const value = { format: node.format, type: node.type, data: node.value ?? new Uint8Array(0) };
  return resultOf(addNode(nodes, uri, leaf ? value : undefined, server));
}

/** Replaces the value of a leaf. What a stream takes could not be taken back: 405. */
function giveValue(
  nodes: Nodes,
  uri: string,
  { value, format, type }: SubtreeNode,
  server: string,
): number {
  const at = parseUri(uri);
  const definition = typeof at === "number" ? undefined : nodes.definition(at.segments);
  if (definition !== undefined && nodes.binding(definition)?.stream !== undefined)
    return Status.commandNotAllowed;
  return value === undefined
    ? Status.ok
    : resultOf(replaceNode(nodes, uri, { format, type, data: value }, server));
}

/**
 * ACLs and Titles, from the leaves up: an ACL may take the right to go on from the server that sets
 * it.
 */
function properties(nodes: Nodes, placement: Placement, server: string): number {
  const { subtree } = placement;
  for (let index = subtree.length - 1; index >= 0; index--) {
    const described = subtree[index];
    const { acl = "", title = "" } = described ?? {};
    if (described === undefined || (acl === "" && title === "")) continue;
    const one = placement.place(described);
    const node = nodes.find(one.at);
    if (node === undefined) continue;
    const changes = [
      ["Title", title, nodes.text(TITLE_KEY, one.at)],
      ["ACL", acl, ownAcl(nodes, one.at)],
    ] as const;
    for (const [name, value, old] of changes) {
      if (value === "" || value === old) continue;
      const status = replaceProperty(nodes, node, name, value, server);
      if (status !== Status.ok) return status;
    }
  }
  return Status.ok;
}

/**
 * Makes the subtree at `uri` what the description says: nodes are created, given values, and, when
 * it lacks them, deleted.
 */
export function replaceSubtree(
  nodes: Nodes,
  uri: string,
  subtree: readonly SubtreeNode[],
  server: string,
): number {
  const target = parseUri(uri);
  if (typeof target === "number") return target;
  const top = nodes.find(target.segments);
  const placement = Placement.of(nodes, uri, subtree);
  if (typeof placement === "number") return placement;
  if (top === undefined) return Status.notFound;
  if (subtree.length === 0) return Status.unsupportedType;
  if (!mayDo(nodes, top.at, "Replace", server)) return Status.permissionDenied;
  const removed = removeOthers(nodes, top, placement, server);
  if (removed !== Status.ok) return removed;
  const added: string[] = [];
  for (const node of subtree) {
    const one = placement.place(node);
    const there = nodes.find(one.at);
    const status =
      there === undefined
        ? addOne(nodes, one, added, server)
        : changeOne(nodes, there, one, added, server);
    if (status !== Status.ok) return status;
    if (there === undefined && !isBelow(one.at, added)) added.push(one.uri);
  }
  return properties(nodes, placement, server);
}

/**
 * Gives an existing node what is new about it. A value that stays as it is needs no right, so that
 * read-only nodes may be listed.
 */
function changeOne(
  nodes: Nodes,
  there: Node,
  one: Placed,
  added: readonly string[],
  server: string,
): number {
  const { value, format } = one.node;
  if (isBelow(one.at, added)) return addOne(nodes, one, added, server);
  const interior = isInterior(there.definition);
  if (interior ? value !== undefined || (format !== "" && format !== "node") : format === "node")
    return Status.unsupportedType;
  if (value === undefined) return Status.ok;
  const old = there.definition.access.includes("Get") ? nodes.value(there, server) : undefined;
  return old instanceof Uint8Array && equal(old, value)
    ? Status.ok
    : giveValue(nodes, one.uri, one.node, server);
}

/**
 * Deletes what servers added below `top` and the description does not have; what is kept loses its
 * own ACL and Title.
 */
function removeOthers(nodes: Nodes, top: Node, placement: Placement, server: string): number {
  const walk = new Walk(nodes, top);
  for (let visited = 0; visited < LIST_NODES_MAX; visited++) {
    const node = walk.next();
    if (node === undefined) return Status.ok;
    if (node === top || node.permanent || !nodes.added(node.at)) continue;
    keepAcl(nodes, node.at, "");
    nodes.staged.set(nodeKey(TITLE_KEY, node.at), undefined);
    if (placement.lists(uriText(node.at))) continue;
    const status =
      nodes.binding(node.definition)?.remove?.({ at: node.at, server, staged: nodes.staged }) ??
      Status.ok;
    if (status !== Status.ok) return status;
    nodes.erase(node.at);
  }
  return Status.tooLarge;
}
