/**
 * Add, Replace, Delete, Copy and Exec (OMA-TS-DM-RepPro §6.6). Each checks everything, then stages
 * its changes: a status other than success has staged nothing that is kept.
 */
import { equal } from "../base/bytes.ts";
import { ACL_BYTES_MAX, LEAF_BYTES_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import { after, type Work } from "../base/work.ts";
import { childDefinition, isInterior } from "./node.ts";
import type { Exec, Node, NodeDefinition } from "./node.ts";
import { NODE_KEY, nodeKey, VALUE_KEY } from "./nodes.ts";
import type { Nodes } from "./nodes.ts";
import { replaceProperty } from "./property.ts";
import { grant, mayDo } from "./rights.ts";
import { Status } from "../syncml/status.ts";
import type { Sink, StreamMeta } from "./stream.ts";
import { parseUri, uriText } from "./uri.ts";
import type { Uri } from "./uri.ts";
import { isText, textOf } from "./value.ts";
import type { Value } from "./value.ts";

/** The node of a command that has no properties to act on: 405 when a query is there. */
function plainUri(uri: string): Uri | number {
  const parsed = parseUri(uri);
  if (typeof parsed === "number") return parsed;
  return parsed.query === undefined ? parsed : Status.commandNotAllowed;
}

/**
 * 415 when a value cannot be of a node of that definition. "chr" also stands for a format that was
 * not said.
 */
function formatProblem(definition: NodeDefinition, format: string): number {
  const anyLeaf = format === "" || format === "chr" || format === "b64";
  const fits = format === definition.format || (anyLeaf && !isInterior(definition));
  return fits ? Status.ok : Status.unsupportedType;
}

/** 200 when a value of so many bytes can become the node's. */
function acceptable(
  nodes: Nodes,
  definition: NodeDefinition,
  format: string,
  size: number | undefined,
): number {
  const status = formatProblem(definition, format);
  if (status !== Status.ok) return status;
  const kept = nodes.binding(definition)?.stream === undefined;
  return kept && size !== undefined && size > LEAF_BYTES_MAX ? Status.tooLarge : Status.ok;
}

/** Gives an existing leaf its value, by its binding or in the store. */
function setValue(nodes: Nodes, node: Node, value: Value, server: string): Work<number> {
  const binding = nodes.binding(node.definition);
  const call = { at: node.at, server, staged: nodes.staged };
  if (binding?.stream !== undefined) {
    const sink = binding.stream(call, {
      format: value.format,
      type: value.type,
      size: value.data.length,
    });
    if (typeof sink === "number") return sink;
    nodes.staged.irrevocable = true;
    return after(sink.write(value.data), (status) =>
      status === Status.ok ? sink.close() : status,
    );
  }
  if (binding?.get !== undefined && binding.replace === undefined) return Status.commandNotAllowed;
  // Bytes that came as base64 or opaque; a Get could not give them as what the node is.
  if (node.definition.format !== "bin" && !isText(value.data)) return Status.unsupportedType;
  const old = nodes.value(node, server);
  const status = binding?.replace?.(call, value) ?? binding?.admit?.(call, value) ?? Status.ok;
  if (status !== Status.ok) return status;
  if (binding?.replace === undefined)
    nodes.staged.set(nodeKey(VALUE_KEY, node.at), value.data.slice());
  const now = nodes.value(node, server);
  if (typeof old !== "number" && typeof now !== "number" && !equal(old, now)) nodes.changed(node);
  return status;
}

/**
 * What an Add is about to create: the names that are missing, from the top, each with its
 * definition.
 */
interface Addition {
  readonly at: readonly string[];
  readonly parent: Node;
  readonly definitions: readonly NodeDefinition[];
}

/**
 * The definitions from `parent` down to `at`, or undefined when the node, or one on the way, can
 * never be.
 */
function missingDefinitions(
  parent: Node,
  at: readonly string[],
): readonly NodeDefinition[] | undefined {
  const definitions: NodeDefinition[] = [];
  let above = parent.definition;
  for (const name of at.slice(parent.at.length)) {
    const definition = childDefinition(above, name);
    if (definition === undefined) return undefined;
    definitions.push(definition);
    above = definition;
  }
  return definitions;
}

/**
 * A node that came into being with its dynamic parent has not been added by anybody: a server that
 * creates an object node by node may still add it, once. (Otherwise Add of
 * `x/DownloadAndUpdate/PkgURL` would make Add of `x/PkgName` fail with 418.)
 */
function implied(nodes: Nodes, node: Node): boolean {
  return (
    !node.permanent &&
    node.definition.name !== "" &&
    node.definition.access.includes("Add") &&
    !nodes.added(node.at)
  );
}

/** Checks an Add up to its value: what to create, or a status. */
function admitAdd(
  nodes: Nodes,
  uri: string,
  format: string,
  size: number | undefined,
  server: string,
): Addition | number {
  const parsed = plainUri(uri);
  if (typeof parsed === "number") return parsed;
  const at = parsed.segments;
  let parent = nodes.nearest(at);
  if (parent.at.length === at.length) {
    if (!implied(nodes, parent)) return Status.alreadyExists;
    parent = nodes.nearest(at.slice(0, -1));
  }
  if (!isInterior(parent.definition)) return Status.commandNotAllowed;
  const definitions = missingDefinitions(parent, at);
  const target = definitions?.[definitions.length - 1];
  if (definitions === undefined || target === undefined) return Status.notFound;
  for (const definition of definitions) {
    if (!definition.access.includes("Add")) return Status.commandNotAllowed;
  }
  if (!mayDo(nodes, parent.at, "Add", server)) return Status.permissionDenied;
  const status = acceptable(nodes, target, format, size);
  if (status !== Status.ok) return status;
  return { at, parent, definitions };
}

/**
 * The interior node that stands in the way of an Add: the first one above the target that is
 * missing and cannot be made, or, when all could be, the first that is missing (then it is a matter
 * of rights). undefined: nothing above the target is missing.
 */
export function obstacle(nodes: Nodes, uri: string): string | undefined {
  const parsed = parseUri(uri);
  if (typeof parsed === "number") return undefined;
  const at = parsed.segments;
  const depth = nodes.nearest(at).at.length + 1;
  if (depth >= at.length) return undefined;
  for (let known = depth; known < at.length; known++) {
    const definition = nodes.definition(at.slice(0, known));
    if (definition === undefined || !isInterior(definition) || !definition.access.includes("Add"))
      return uriText(at.slice(0, known));
  }
  return uriText(at.slice(0, depth));
}

/** Creates the nodes of an Addition, parents first. */
function create(
  nodes: Nodes,
  { at, parent, definitions }: Addition,
  type: string,
  server: string,
): void {
  const top = at.slice(0, parent.at.length + 1);
  for (let depth = top.length; depth <= at.length; depth++) {
    nodes.staged.set(
      nodeKey(NODE_KEY, at.slice(0, depth)),
      depth === at.length ? utf8(type) : new Uint8Array(0),
    );
  }
  const interior = definitions[0] !== undefined && isInterior(definitions[0]);
  if (interior && !mayDo(nodes, parent.at, "Replace", server))
    grant(nodes, top, server, ["Add", "Delete", "Replace"]);
}

/**
 * Adds a node, with the parents that are missing. No value, or one of the format "node": an
 * interior node.
 */
export function addNode(
  nodes: Nodes,
  uri: string,
  value: Value | undefined,
  server: string,
): Work<number> {
  const addition = admitAdd(nodes, uri, value?.format ?? "node", value?.data.length, server);
  if (typeof addition === "number") return addition;
  create(nodes, addition, value?.type ?? "", server);
  const node = nodes.find(addition.at);
  if (node === undefined) return Status.commandFailed;
  return value === undefined || isInterior(node.definition)
    ? Status.ok
    : setValue(nodes, node, value, server);
}

/** Checks a Replace of a leaf up to its value: the leaf, or a status. */
function admitReplace(
  nodes: Nodes,
  at: readonly string[],
  meta: StreamMeta,
  server: string,
): Node | number {
  const node = nodes.find(at);
  if (node === undefined) return Status.notFound;
  if (isInterior(node.definition) || !node.definition.access.includes("Replace"))
    return Status.commandNotAllowed;
  if (!mayDo(nodes, node.at, "Replace", server)) return Status.permissionDenied;
  const status = acceptable(nodes, node.definition, meta.format, meta.size);
  return status === Status.ok ? node : status;
}

/** Replaces the value of a leaf, or a property. Nothing is created. */
export function replaceNode(nodes: Nodes, uri: string, value: Value, server: string): Work<number> {
  const parsed = parseUri(uri);
  if (typeof parsed === "number") return parsed;
  const { query, segments } = parsed;
  if (query?.kind === "list") return Status.commandNotAllowed;
  if (query?.kind === "prop") {
    const node = nodes.find(segments);
    if (node === undefined) return Status.notFound;
    // ACLs are the longest; a text of a whole message would be in memory more than once.
    if (value.data.length > ACL_BYTES_MAX) return Status.tooLarge;
    const property = isText(value.data) ? textOf(value.data) : undefined;
    return property === undefined
      ? Status.commandFailed
      : replaceProperty(nodes, node, query.value, property, server);
  }
  const node = admitReplace(
    nodes,
    segments,
    { format: value.format, type: value.type, size: value.data.length },
    server,
  );
  return typeof node === "number" ? node : setValue(nodes, node, value, server);
}

/** Deletes a node and everything under it. */
export function removeNode(nodes: Nodes, uri: string, server: string): number {
  const parsed = plainUri(uri);
  if (typeof parsed === "number") return parsed;
  const node = nodes.find(parsed.segments);
  if (node === undefined) return Status.notFound;
  if (node.permanent || !node.definition.access.includes("Delete")) return Status.commandNotAllowed;
  if (!mayDo(nodes, node.at, "Delete", server)) return Status.permissionDenied;
  const status =
    nodes.binding(node.definition)?.remove?.({ at: node.at, server, staged: nodes.staged }) ??
    Status.ok;
  if (status === Status.ok) nodes.erase(node.at);
  return status;
}

/**
 * Copies the value of a leaf to a leaf, which is created when it is missing. 403 when one of them
 * is interior.
 */
export function copyNode(nodes: Nodes, from: string, to: string, server: string): Work<number> {
  const source = plainUri(from);
  const target = plainUri(to);
  if (typeof source === "number") return source;
  if (typeof target === "number") return target;
  const node = nodes.find(source.segments);
  if (node === undefined) return Status.notFound;
  if (isInterior(node.definition)) return Status.forbidden;
  if (!node.definition.access.includes("Get")) return Status.commandNotAllowed;
  if (!mayDo(nodes, node.at, "Get", server)) return Status.permissionDenied;
  const data = nodes.value(node, server);
  if (typeof data === "number") return data;
  const there = nodes.find(target.segments);
  if (there !== undefined && isInterior(there.definition)) return Status.forbidden;
  const value = { format: node.definition.format, type: nodes.type(node), data };
  return there === undefined
    ? addNode(nodes, to, value, server)
    : replaceNode(nodes, to, value, server);
}

/** Executes a node. */
export function execNode(nodes: Nodes, uri: string, argument: Exec, server: string): number {
  const parsed = plainUri(uri);
  if (typeof parsed === "number") return parsed;
  const node = nodes.find(parsed.segments);
  if (node === undefined) return Status.notFound;
  const exec = nodes.binding(node.definition)?.exec;
  if (exec === undefined || !node.definition.access.includes("Exec"))
    return Status.commandNotAllowed;
  if (!mayDo(nodes, node.at, "Exec", server)) return Status.permissionDenied;
  return exec({ at: node.at, server, staged: nodes.staged }, argument);
}

/**
 * Asks for a large object: 200 and the sink of the node's binding, or undefined when the tree is to
 * collect the bytes and do the command with them; or a status, before a byte has come.
 */
export function admitStream(
  nodes: Nodes,
  command: "Add" | "Replace",
  uri: string,
  meta: StreamMeta,
  server: string,
): Sink | undefined | number {
  if (command === "Add") {
    const addition = admitAdd(nodes, uri, meta.format, meta.size, server);
    return typeof addition === "number" ? addition : undefined;
  }
  const parsed = parseUri(uri);
  if (typeof parsed === "number") return parsed;
  if (parsed.query !== undefined)
    return (meta.size ?? 0) > LEAF_BYTES_MAX ? Status.tooLarge : undefined;
  const node = admitReplace(nodes, parsed.segments, meta, server);
  if (typeof node === "number") return node;
  const binding = nodes.binding(node.definition);
  return binding?.stream?.({ at: node.at, server, staged: nodes.staged }, meta);
}
