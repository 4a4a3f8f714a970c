/**
 * Walks over a node and all below it, parents before children. What it holds is the names of the
 * nodes beside those that lead to where it is, however many nodes there are.
 */
import { isInterior } from "./node.ts";
import type { Node } from "./node.ts";
import type { Nodes } from "./nodes.ts";

interface Level {
  readonly parent: Node;
  readonly names: readonly string[];
  index: number;
}

export class Walk {
  readonly #nodes: Nodes;
  #from: Node | undefined;
  readonly #levels: Level[] = [];

  constructor(nodes: Nodes, from: Node) {
    this.#nodes = nodes;
    this.#from = from;
  }

  /** The next node, or undefined behind the last. */
  next(): Node | undefined {
    let node = this.#from ?? this.#child();
    this.#from = undefined;
    while (node === undefined && this.#levels.length > 0) {
      this.#levels.pop();
      node = this.#child();
    }
    if (node !== undefined && isInterior(node.definition))
      this.#levels.push({ parent: node, names: this.#nodes.children(node), index: 0 });
    return node;
  }

  /** The next child of the innermost node, or undefined. */
  #child(): Node | undefined {
    const level = this.#levels[this.#levels.length - 1];
    if (level === undefined) return undefined;
    for (
      let name = level.names[level.index++];
      name !== undefined;
      name = level.names[level.index++]
    ) {
      const child = this.#nodes.child(level.parent, name);
      if (child !== undefined) return child;
    }
    return undefined;
  }
}
