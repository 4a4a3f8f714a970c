/**
 * The DevDetail object (OMA-TS-DM-StdObj §5.3.2, urn:oma:mo:oma-dm-devdetail:1.0): versions and
 * limits of the device.
 */
import type { Identity } from "../../hal/hal.ts";
import { frozen } from "../base/frozen.ts";
import { NODE_NAME_BYTES_MAX, URI_BYTES_MAX, URI_DEPTH_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import type { Binding, NodeDefinition } from "../tree/node.ts";
import type { Tree } from "../tree/tree.ts";
import { interior, leaf } from "../tree/definition.ts";

const URI_LIMITS = frozen(
  interior("URI", "Limits of URIs of the tree; 0 is no limit.", [
    leaf("MaxDepth", "chr", ["Get"], "Segments of a URI."),
    leaf("MaxTotLen", "chr", ["Get"], "Bytes of a URI."),
    leaf("MaxSegLen", "chr", ["Get"], "Bytes of a segment."),
  ]),
);

export const DEV_DETAIL: NodeDefinition = frozen({
  ...interior("DevDetail", "Versions and limits of the device.", [
    URI_LIMITS,
    leaf("DevTyp", "chr", ["Get"], "Type of device."),
    leaf("OEM", "chr", ["Get"], "Original equipment manufacturer."),
    leaf("FwV", "chr", ["Get"], "Version of the firmware that runs."),
    leaf("SwV", "chr", ["Get"], "Version of the software."),
    leaf("HwV", "chr", ["Get"], "Version of the hardware."),
    leaf("LrgObj", "bool", ["Get"], "Large objects are supported."),
  ]),
  type: "urn:oma:mo:oma-dm-devdetail:1.0",
});

/** Puts ./DevDetail in the tree. */
export function mountDevDetail(tree: Tree, identity: Identity): void {
  const { DevTyp, OEM, FwV, SwV, HwV } = identity;
  const values = new Map([
    ["DevTyp", DevTyp],
    ["OEM", OEM],
    ["FwV", FwV],
    ["SwV", SwV],
    ["HwV", HwV],
    ["LrgObj", "true"],
    ["MaxDepth", `${URI_DEPTH_MAX}`],
    ["MaxTotLen", `${URI_BYTES_MAX}`],
    ["MaxSegLen", `${NODE_NAME_BYTES_MAX}`],
  ]);
  const bindings = new Map<NodeDefinition, Binding>();
  for (const definition of [...(DEV_DETAIL.children ?? []), ...(URI_LIMITS.children ?? [])]) {
    const value = values.get(definition.name);
    if (value !== undefined) bindings.set(definition, { get: () => utf8(value) });
  }
  tree.mount(DEV_DETAIL, bindings);
}
