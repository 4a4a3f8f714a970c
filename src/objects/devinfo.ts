/**
 * The DevInfo object (OMA-TS-DM-StdObj §5.3.1, urn:oma:mo:oma-dm-devinfo:1.0): who the device is,
 * sent in package 1.
 */
import type { Identity } from "../../hal/hal.ts";
import { frozen } from "../base/frozen.ts";
import { utf8 } from "../base/utf8.ts";
import type { Binding, NodeDefinition } from "../tree/node.ts";
import type { Tree } from "../tree/tree.ts";
import { interior, leaf } from "../tree/definition.ts";

/** Version of the management client's protocol, DevInfo/DmV. */
const DM_VERSION = "1.2";

export const DEV_INFO: NodeDefinition = frozen({
  ...interior("DevInfo", "Who the device is.", [
    leaf("DevId", "chr", ["Get"], "A unique identifier of the device, as a URN."),
    leaf("Man", "chr", ["Get"], "Manufacturer."),
    leaf("Mod", "chr", ["Get"], "Model."),
    leaf("DmV", "chr", ["Get"], "Version of OMA DM."),
    leaf("Lang", "chr", ["Get"], "Language of the device, a tag of RFC 5646."),
  ]),
  type: "urn:oma:mo:oma-dm-devinfo:1.0",
});

function values(identity: Identity): ReadonlyMap<string, string> {
  const { DevId, Man, Mod, Lang } = identity;
  return new Map([
    ["DevId", DevId],
    ["Man", Man],
    ["Mod", Mod],
    ["DmV", DM_VERSION],
    ["Lang", Lang],
  ]);
}

/** Returns what package 1 reports: each leaf with its value (OMA-TS-DM-Protocol §8.1). */
export function devInfoItems(
  identity: Identity,
): readonly { readonly uri: string; readonly value: string }[] {
  return [...values(identity)].map(([name, value]) => ({ uri: `./DevInfo/${name}`, value }));
}

/** Puts ./DevInfo in the tree. */
export function mountDevInfo(tree: Tree, identity: Identity): void {
  const bindings = new Map<NodeDefinition, Binding>();
  const known = values(identity);
  for (const child of DEV_INFO.children ?? [])
    bindings.set(child, { get: () => utf8(known.get(child.name) ?? "") });
  tree.mount(DEV_INFO, bindings);
}
