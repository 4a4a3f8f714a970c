/**
 * The nodes of the FUMO object (OMA-TS-DM-FUMO §10.1.1). Servers add x, each one package;
 * everything below it comes into being with it. Errata of the standard are applied: Download and
 * Update are interior nodes. PkgName, PkgVersion and the PkgURLs take Add, once, for servers that
 * build an object node by node.
 */
import { frozen } from "../base/frozen.ts";
import type { Access, Format, NodeDefinition } from "../tree/node.ts";

const FUMO_TYPE = "urn:oma:mo:oma-fumo:1.0";

/** The three ways to update, which are also the nodes that take Exec. */
export type Way = "Download" | "Update" | "DownloadAndUpdate";

function child(
  name: string,
  format: Format,
  access: readonly Access[],
  description: string,
): NodeDefinition {
  return { name, format, access, occurrence: "One", scope: "dynamic", description };
}

function operation(
  name: Way,
  description: string,
  children: readonly NodeDefinition[],
): NodeDefinition {
  return {
    name,
    format: "node",
    access: ["Add", "Exec", "Get"],
    occurrence: "One",
    scope: "dynamic",
    description,
    children,
  };
}

const TEXT: readonly Access[] = frozen(["Add", "Get", "Replace"]);

export const DOWNLOAD_URL = frozen(child("PkgURL", "chr", TEXT, "URL of the package to download."));
export const DOWNLOAD_AND_UPDATE_URL = frozen(
  child("PkgURL", "chr", TEXT, "URL of the package to download and install."),
);
export const PKG_DATA = frozen(child("PkgData", "bin", ["Replace"], "The package itself."));
export const STATE = frozen(child("State", "int", ["Get"], "How far the update is: 10 to 100."));
export const DOWNLOAD = frozen(
  operation("Download", "Exec downloads the package.", [DOWNLOAD_URL]),
);
export const UPDATE = frozen(operation("Update", "Exec installs the package.", [PKG_DATA]));
export const DOWNLOAD_AND_UPDATE = frozen(
  operation("DownloadAndUpdate", "Exec downloads the package and installs it.", [
    DOWNLOAD_AND_UPDATE_URL,
  ]),
);

export const FORMATS = frozen(
  child("Formats", "chr", ["Get"], "Formats of packages that the device takes."),
);
export const BASE = frozen(
  child(
    "Base",
    "chr",
    ["Get"],
    "What deltas have to be made from: SHA-256 and length of the payload that runs, or nothing.",
  ),
);
const EXT: NodeDefinition = frozen({
  ...child("Ext", "node", ["Get"], "What a vendor adds."),
  children: [FORMATS, BASE],
});

/** x. */
export const PACKAGE: NodeDefinition = frozen({
  name: "",
  format: "node",
  access: ["Add", "Delete", "Get"],
  occurrence: "ZeroOrMore",
  scope: "dynamic",
  type: FUMO_TYPE,
  description: "One firmware package.",
  children: [
    child("PkgName", "chr", TEXT, "Name of the package."),
    child("PkgVersion", "chr", TEXT, "Version of the package."),
    DOWNLOAD,
    UPDATE,
    DOWNLOAD_AND_UPDATE,
    STATE,
    EXT,
  ],
});
