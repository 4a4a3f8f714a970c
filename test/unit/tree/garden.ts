/**
 * A tree for tests: one permanent object with nodes of every kind, and servers with different
 * rights.
 */
import { resultOf } from "../../../src/base/work.ts";
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { pulled } from "./pulled.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import type { Access, Binding, Format, NodeDefinition } from "../../../src/tree/node.ts";
import type { TreeStore } from "../../../src/tree/staged.ts";
import { Tree } from "../../../src/tree/tree.ts";
import type { Value } from "../../../src/tree/value.ts";

/** Has every right on ./Garden. */
export const OWNER = "owner";
/**
 * A bed of this name cannot be deleted; the pipe takes nothing of this type: 403. The bell answers
 * a correlator of 200 or more with it.
 */
export const LOCKED = "locked";
/** Has what the root ACL gives to all. */
export const GUEST = "guest";

function node(
  name: string,
  format: Format,
  access: readonly Access[],
  children: readonly NodeDefinition[] | undefined,
  one: boolean,
): NodeDefinition {
  const definition = {
    name,
    format,
    access,
    occurrence: one ? "One" : "ZeroOrMore",
    scope: one ? "permanent" : "dynamic",
    description: name,
  } as const;
  return children === undefined ? definition : { ...definition, children };
}

const ALL: readonly Access[] = ["Add", "Copy", "Delete", "Exec", "Get", "Replace"];
const LEAF = node("", "chr", ALL, undefined, false);
const BED = node(
  "",
  "node",
  ALL,
  [
    node("Size", "int", ["Get"], undefined, true),
    node("Label", "chr", ["Add", "Get", "Replace"], undefined, true),
    node("Pots", "node", ["Add", "Get"], [LEAF], true),
  ],
  false,
);
const BELL = node("Bell", "chr", ["Exec"], undefined, true);
const PIPE = node("Pipe", "bin", ["Replace"], undefined, true);
const WEATHER = node("Weather", "chr", ["Get", "Replace"], undefined, true);
const GARDEN: NodeDefinition = {
  ...node(
    "Garden",
    "node",
    ["Get"],
    [
      node("Name", "chr", ["Get", "Replace"], undefined, true),
      node("Key", "chr", ["Replace"], undefined, true),
      node("Leaves", "node", ["Get"], [LEAF], true),
      node("Beds", "node", ["Get"], [BED], true),
      BELL,
      PIPE,
      WEATHER,
    ],
    true,
  ),
  type: "urn:test:garden:1.0",
};

export class Garden {
  readonly tree: Tree;
  /** What the Bell and the Pipe were given. */
  readonly rung: string[] = [];
  piped: string | undefined;

  constructor(store: TreeStore, budget = new Budget(PEER_BYTES_MAX)) {
    this.tree = new Tree(store, budget);
    this.tree.mount(
      GARDEN,
      new Map<NodeDefinition, Binding>([
        [
          BELL,
          {
            exec: (call, { correlator }) => {
              this.rung.push(`${call.server} ${correlator ?? "-"}`);
              return Number(correlator ?? 0) >= 200 ? Number(correlator) : 202;
            },
          },
        ],
        [BED, { remove: ({ at }) => (at[at.length - 1] === LOCKED ? 403 : 200) }],
        [WEATHER, { get: () => utf8("rain") }],
        [
          PIPE,
          {
            stream: (_call, { type }) => {
              if (type === LOCKED) return 403;
              let piped = "";
              return {
                keeps: 0,
                write: (bytes) => {
                  piped += text(bytes, 0, bytes.length);
                  return 200;
                },
                close: () => {
                  this.piped = piped;
                  return 200;
                },
                abort: () => {
                  piped = "";
                },
              };
            },
          },
        ],
      ]),
    );
    this.tree.locally(({ grant }) => {
      grant("./Garden", OWNER);
    });
  }

  /** The text that a Get gives, or its status. */
  read(uri: string, server = OWNER): string | number {
    const answer = this.tree.get(uri, server);
    const { status } = answer;
    const data = pulled(answer)[0]?.value.data;
    return status === 200 && data !== undefined ? text(data, 0, data.length) : status;
  }

  add(uri: string, value: string, server = OWNER): number {
    return resultOf(this.tree.add(uri, chr(value), server));
  }

  replace(uri: string, value: string, server = OWNER): number {
    return resultOf(this.tree.replace(uri, chr(value), server));
  }
}

export function chr(value: string): Value {
  return { format: "chr", type: "text/plain", data: utf8(value) };
}
