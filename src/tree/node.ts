/**
 * What the tree is made of: definitions, which are tables as in a DDF (OMA-TS-DM-DDF), and
 * bindings, which connect a defined node to something live. A node without a binding keeps its
 * value in the store.
 */
import type { Staged } from "./staged.ts";
import type { Sink, StreamMeta } from "./stream.ts";
import type { Value } from "./value.ts";

export type Access = "Add" | "Copy" | "Delete" | "Exec" | "Get" | "Replace";
export type Format =
  | "node"
  | "chr"
  | "int"
  | "bool"
  | "bin"
  | "xml"
  | "null"
  | "date"
  | "time"
  | "float";

export interface NodeDefinition {
  /** Empty: a placeholder, an instance has any name. */
  readonly name: string;
  readonly format: Format;
  /** Commands that the node takes. Add: servers may create it. */
  readonly access: readonly Access[];
  /**
   * One: the node comes into being with its parent. Otherwise it exists when a server added it or a
   * binding lists it.
   */
  readonly occurrence: "One" | "ZeroOrOne" | "ZeroOrMore" | "OneOrMore";
  readonly scope: "permanent" | "dynamic";
  /**
   * Of a leaf its MIME type (text/plain when absent), of an interior node the identifier of the
   * managed object.
   */
  readonly type?: string;
  readonly description: string;
  readonly children?: readonly NodeDefinition[];
}

export interface Exec {
  readonly correlator?: string;
  readonly data?: Uint8Array;
}

/**
 * A request to a live node: which (names from the root down), for whom, and the changes of the
 * command under way.
 */
export interface Call {
  readonly at: readonly string[];
  readonly server: string;
  readonly staged: Staged;
}

/** What a live node does. What is absent the tree does by itself, or refuses when it cannot. */
export interface Binding {
  /** The value, or a status. */
  get?(call: Call): Uint8Array | number;
  /** Takes a value: a status. What it writes goes through `call.staged`. */
  replace?(call: Call, value: Value): number;
  /**
   * Asked before the tree itself keeps a value (there is no `replace`): 200, or the status that
   * refuses it.
   */
  admit?(call: Call, value: Value): number;
  /** Takes the bytes of a value as they come; such a node has no value in the store. */
  stream?(call: Call, meta: StreamMeta): Sink | number;
  exec?(call: Call, argument: Exec): number;
  /** Asked before an interior node and everything under it goes. */
  remove?(call: Call): number;
  /**
   * Of a placeholder: the names of the instances that exist without having been added. `at` is the
   * parent.
   */
  instances?(at: readonly string[]): readonly string[];
}

export type Bindings = ReadonlyMap<NodeDefinition, Binding>;

/** A node that exists. */
export interface Node {
  readonly at: readonly string[];
  readonly definition: NodeDefinition;
  /** Servers can neither delete nor rename it. */
  readonly permanent: boolean;
}

/**
 * The definition of the child of that name, or undefined. A name of its own goes before the
 * placeholder.
 */
export function childDefinition(parent: NodeDefinition, name: string): NodeDefinition | undefined {
  let placeholder: NodeDefinition | undefined;
  const children = parent.children ?? [];
  // Of each URI, and each of its segments: an iterator would cost more than what it gives.
  for (let i = 0; i < children.length; i++) {
    const child = children[i];
    if (child?.name === name) return child;
    if (child?.name === "") placeholder = child;
  }
  return placeholder;
}

export function isInterior(definition: NodeDefinition): boolean {
  return definition.format === "node";
}
