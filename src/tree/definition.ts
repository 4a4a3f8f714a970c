/** Short forms for the tables of nodes. */
import type { Access, Format, NodeDefinition } from "./node.ts";

/** A leaf that exists with its parent. */
export function leaf(
  name: string,
  format: Format,
  access: readonly Access[],
  description: string,
): NodeDefinition {
  return { name, format, access, occurrence: "One", scope: "permanent", description };
}

/** An interior node that exists with its parent, and takes Get. */
export function interior(
  name: string,
  description: string,
  children: readonly NodeDefinition[],
): NodeDefinition {
  return {
    name,
    format: "node",
    access: ["Get"],
    occurrence: "One",
    scope: "permanent",
    description,
    children,
  };
}
