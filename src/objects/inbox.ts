/**
 * The Inbox object (OMA-TS-DM-StdObj §5.3.4, urn:oma:mo:oma-dm-inbox:1.0): where a bootstrap
 * message puts objects whose place the device knows. Nothing is ever in it: what can be placed goes
 * to its place at once. In a session it takes nothing.
 */
import { frozen } from "../base/frozen.ts";
import type { NodeDefinition } from "../tree/node.ts";
import type { Tree } from "../tree/tree.ts";

const OBJECT: NodeDefinition = frozen({
  name: "",
  format: "node",
  access: [],
  occurrence: "ZeroOrMore",
  scope: "dynamic",
  description: "An object that comes by a bootstrap message.",
});

export const INBOX: NodeDefinition = frozen({
  name: "Inbox",
  format: "node",
  access: ["Add"],
  occurrence: "One",
  scope: "permanent",
  type: "urn:oma:mo:oma-dm-inbox:1.0",
  description: "Objects whose place the device knows.",
  children: [OBJECT],
});

/** Puts ./Inbox in the tree. */
export function mountInbox(tree: Tree): void {
  tree.mount(INBOX, new Map());
}
