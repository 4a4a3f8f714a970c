/**
 * Which nodes exist, and what they hold: definitions, plus what servers added, plus the instances
 * that bindings list.
 *
 * In the store a fact has a key of its own, followed by the names joined by slashes (the root:
 * nothing):
 * `tree.node.` an added node, holding its MIME type, maybe empty; `tree.value.` a kept value;
 * `tree.acl.`; `tree.title.`;
 * `tree.version.` how often the node has changed, as decimal digits.
 */
import { assert } from "../base/assert.ts";
import { frozen } from "../base/frozen.ts";
import { utf8 } from "../base/utf8.ts";
import { childDefinition, isInterior } from "./node.ts";
import type { Binding, Bindings, Node, NodeDefinition } from "./node.ts";
import { ACL_KEY, type Staged } from "./staged.ts";
import { Status } from "../syncml/status.ts";
import { parseUri } from "./uri.ts";
import { textOf } from "./value.ts";

export const NODE_KEY = "tree.node.";
export const VALUE_KEY = "tree.value.";
export const TITLE_KEY = "tree.title.";
const VERSION_KEY = "tree.version.";
const KEYS: readonly string[] = frozen([NODE_KEY, VALUE_KEY, ACL_KEY, TITLE_KEY, VERSION_KEY]);
/** VerNo is an unsigned number of 16 bits (OMA-TS-DM-TND §7.7.8). */
const VERSIONS = 0x10000;

/** The key of one fact about a node. */
export function nodeKey(prefix: string, at: readonly string[]): string {
  return prefix + at.join("/");
}

export class Nodes {
  readonly staged: Staged;
  readonly #mounted: NodeDefinition[] = [];
  readonly #bindings = new Map<NodeDefinition, Binding>();
  readonly #root: Node = {
    at: [],
    definition: {
      name: "",
      format: "node",
      access: ["Get"],
      occurrence: "One",
      scope: "permanent",
      description: "The root of the tree.",
      children: this.#mounted,
    },
    permanent: true,
  };

  constructor(staged: Staged) {
    this.staged = staged;
  }

  /** Puts a permanent object under the root. */
  mount(definition: NodeDefinition, bindings: Bindings): void {
    assert(
      definition.name !== "" && definition.occurrence === "One",
      "what is mounted has a name and exists",
    );
    assert(!this.#mounted.some((other) => other.name === definition.name), "mounted twice");
    this.#mounted.push(definition);
    for (const [bound, binding] of bindings) this.#bindings.set(bound, binding);
  }

  binding(definition: NodeDefinition): Binding | undefined {
    return this.#bindings.get(definition);
  }

  /** What a node at that place is or would be; undefined when none can be there. */
  definition(at: readonly string[]): NodeDefinition | undefined {
    let definition: NodeDefinition | undefined = this.#root.definition;
    for (const name of at)
      definition = definition === undefined ? undefined : childDefinition(definition, name);
    return definition;
  }

  /** The deepest node on the way that exists; its `at` says how far that is. */
  nearest(at: readonly string[]): Node {
    let node = this.#root;
    // Of each command, and each segment of its URI: no iterator, which costs more than the step.
    for (let depth = 0; depth < at.length; depth++) {
      const child = this.child(node, at[depth] ?? "");
      if (child === undefined) break;
      node = child;
    }
    return node;
  }

  find(at: readonly string[]): Node | undefined {
    const node = this.nearest(at);
    return node.at.length === at.length ? node : undefined;
  }

  child(parent: Node, name: string): Node | undefined {
    const definition = childDefinition(parent.definition, name);
    if (definition === undefined) return undefined;
    const at = parent.at.concat(name);
    if (definition.occurrence === "One" && definition.name !== "") {
      return { at, definition, permanent: parent.permanent };
    }
    if (this.added(at)) return { at, definition, permanent: false };
    if (this.binding(definition)?.instances?.(parent.at).includes(name))
      return { at, definition, permanent: true };
    return undefined;
  }

  /** Names of the children that exist, each once. */
  children(node: Node): readonly string[] {
    const names = new Set<string>();
    for (const child of node.definition.children ?? []) {
      if (child.name !== "" && child.occurrence === "One") names.add(child.name);
      for (const name of this.binding(child)?.instances?.(node.at) ?? []) names.add(name);
    }
    const prefix = node.at.length === 0 ? NODE_KEY : `${nodeKey(NODE_KEY, node.at)}/`;
    for (const key of this.staged.keys(prefix)) {
      const name = key.slice(prefix.length);
      if (!name.includes("/") && childDefinition(node.definition, name) !== undefined)
        names.add(name);
    }
    return [...names];
  }

  /** True when a server has added the node itself. */
  added(at: readonly string[]): boolean {
    return this.staged.get(nodeKey(NODE_KEY, at)) !== undefined;
  }

  /** The value of a leaf, or the status that says why there is none to be had. */
  value(node: Node, server: string): Uint8Array | number {
    const binding = this.binding(node.definition);
    if (binding?.get !== undefined)
      return binding.get({ at: node.at, server, staged: this.staged });
    if (binding?.stream !== undefined) return Status.commandNotAllowed;
    return this.staged.get(nodeKey(VALUE_KEY, node.at)) ?? new Uint8Array(0);
  }

  /**
   * The Type property: of a leaf a MIME type, of an interior node the identifier of its object, or
   * empty.
   */
  type(node: Node): string {
    const kept = this.text(NODE_KEY, node.at);
    if (kept !== "") return kept;
    return node.definition.type ?? (isInterior(node.definition) ? "" : "text/plain");
  }

  /** A fact that is text; empty when there is none, or what is stored is no text. */
  text(prefix: string, at: readonly string[]): string {
    const bytes = this.staged.get(nodeKey(prefix, at));
    return bytes === undefined ? "" : (textOf(bytes) ?? "");
  }

  /** How often the node has changed, or undefined: it changes without the tree hearing of it. */
  version(node: Node): number | undefined {
    const binding = this.binding(node.definition);
    if (
      binding?.stream !== undefined ||
      (binding?.get !== undefined && binding.replace === undefined)
    )
      return undefined;
    const count = Number(this.text(VERSION_KEY, node.at));
    return Number.isInteger(count) && count >= 0 ? count % VERSIONS : 0;
  }

  /** Counts a change of the node's value, ACL or Title, in the commit of that change. */
  changed(node: Node): void {
    const version = this.version(node);
    if (version !== undefined)
      this.staged.set(nodeKey(VERSION_KEY, node.at), utf8(`${(version + 1) % VERSIONS}`));
  }

  /** Forgets all that is kept about a node and everything under it. */
  erase(at: readonly string[]): void {
    this.#everyKey(at, (key) => {
      this.staged.set(key, undefined);
    });
  }

  /**
   * Gives an added node, with everything under it, another last name. False, and nothing is staged,
   * when a URI would be too long.
   */
  rename(at: readonly string[], name: string): boolean {
    const target = [...at.slice(0, -1), name];
    const moves: (readonly [from: string, to: string])[] = [];
    let fits = true;
    this.#everyKey(at, (key, prefix) => {
      const path = target.join("/") + key.slice(nodeKey(prefix, at).length);
      fits &&= typeof parseUri(`./${path}`) !== "number";
      moves.push([key, prefix + path]);
    });
    if (!fits) return false;
    for (const [from, to] of moves) {
      this.staged.set(to, this.staged.get(from));
      this.staged.set(from, undefined);
    }
    return true;
  }

  #everyKey(at: readonly string[], visit: (key: string, prefix: string) => void): void {
    for (const prefix of KEYS) {
      const own = nodeKey(prefix, at);
      if (this.staged.get(own) !== undefined) visit(own, prefix);
      for (const key of this.staged.keys(`${own}/`)) visit(key, prefix);
    }
  }
}
