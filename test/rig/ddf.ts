/**
 * The description of the device (DDF, OMA-TS-DM-TND §8.5) from the tables that the client itself
 * runs on, so that neither can say what the other does not. DM servers read it to know what they
 * can do with a device.
 */
import { FUMO_ROOT } from "../../src/client/client.ts";
import { DEV_DETAIL } from "../../src/objects/devdetail.ts";
import { DEV_INFO } from "../../src/objects/devinfo.ts";
import { DM_ACC } from "../../src/account/dmacc.ts";
import { INBOX } from "../../src/objects/inbox.ts";
import { fumoRoot } from "../../src/objects/fumo.ts";
import { DDF_VERSION, DdfTag, formatTag } from "../../src/syncml/ddftag.ts";
import { SYNCML } from "../../src/syncml/vocabulary.ts";
import type { NodeDefinition } from "../../src/tree/node.ts";
import { XmlWriter } from "../../src/xmllite/xmlwriter.ts";

/** What the client puts below the root of its tree, in the order of its mounting. */
export const OBJECTS: readonly NodeDefinition[] = [
  DEV_INFO,
  DEV_DETAIL,
  DM_ACC,
  INBOX,
  fumoRoot(FUMO_ROOT),
];

/** Order of the commands in AccessType. */
const ACCESS = ["Add", "Copy", "Delete", "Exec", "Get", "Replace"] as const;
const BYTES_MAX = 1 << 17;

/** The DTD of the standard, by its formal public identifier (§8.6.1). */
const DOCTYPE =
  '<!DOCTYPE MgmtTree PUBLIC "-//OMA//DTD-DM-DDF 1.2//EN" ' +
  '"http://www.openmobilealliance.org/tech/DTD/DM_DDF-V1_2.dtd">';

/** The description as an XML document, indented for people. */
export function ddf(manufacturer: string, model: string): string {
  const bytes = new Uint8Array(BYTES_MAX);
  const writer = new XmlWriter(bytes, SYNCML);
  writer.open(DdfTag.MgmtTree);
  element(writer, DdfTag.VerDTD, DDF_VERSION);
  element(writer, DdfTag.Man, manufacturer);
  element(writer, DdfTag.Mod, model);
  for (const object of OBJECTS) node(writer, object);
  writer.close();
  if (writer.full) throw new Error("the description is longer than its buffer");
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `\n${DOCTYPE}\n${indented(Buffer.from(bytes.subarray(0, writer.length)).toString())}`
  );
}

function element(writer: XmlWriter, tag: number, text = ""): void {
  writer.open(tag);
  if (text !== "") writer.text(text);
  writer.close();
}

function node(writer: XmlWriter, definition: NodeDefinition): void {
  writer.open(DdfTag.Node);
  element(writer, DdfTag.NodeName, definition.name);
  runtimeProperties(writer, definition);
  frameworkProperties(writer, definition);
  for (const child of definition.children ?? []) node(writer, child);
  writer.close();
}

/** The properties that a node of the client has (§8.5.4.2). */
function runtimeProperties(writer: XmlWriter, definition: NodeDefinition): void {
  writer.open(DdfTag.RTProperties);
  element(writer, DdfTag.ACL);
  format(writer, DdfTag.Format, definition);
  element(writer, DdfTag.Name, definition.name);
  if (definition.format !== "node") element(writer, DdfTag.Size);
  element(writer, DdfTag.Title);
  type(writer, DdfTag.Type, definition);
  const kept = definition.access.includes("Get") && definition.access.includes("Replace");
  if (kept || definition.format === "node") element(writer, DdfTag.VerNo);
  writer.close();
}

function frameworkProperties(writer: XmlWriter, definition: NodeDefinition): void {
  writer.open(DdfTag.DFProperties);
  writer.open(DdfTag.AccessType);
  for (const command of ACCESS)
    if (definition.access.includes(command)) element(writer, DdfTag[command]);
  writer.close();
  element(writer, DdfTag.Description, definition.description);
  format(writer, DdfTag.DFFormat, definition);
  writer.open(DdfTag.Occurrence);
  element(writer, DdfTag[definition.occurrence]);
  writer.close();
  writer.open(DdfTag.Scope);
  element(writer, definition.scope === "permanent" ? DdfTag.Permanent : DdfTag.Dynamic);
  writer.close();
  type(writer, DdfTag.DFType, definition);
  writer.close();
}

function format(writer: XmlWriter, tag: number, definition: NodeDefinition): void {
  writer.open(tag);
  element(writer, formatTag(definition.format) ?? DdfTag.chr);
  writer.close();
}

function type(writer: XmlWriter, tag: number, definition: NodeDefinition): void {
  writer.open(tag);
  if (definition.format === "node") element(writer, DdfTag.DDFName, definition.type ?? "");
  else element(writer, DdfTag.MIME, definition.type ?? "text/plain");
  writer.close();
}

/**
 * Each Node on a line of its own, and its parts below it. Only where elements meet, so no content
 * changes.
 */
function indented(document: string): string {
  let depth = 0;
  return `${document.replaceAll(
    /<(\/?)(Node|RTProperties|DFProperties|MgmtTree)\b[^>]*>/g,
    (tag: string, slash: string, name: string) => {
      const pad = (levels: number): string =>
        `${tag.startsWith("<MgmtTree") ? "" : "\n"}${"  ".repeat(levels)}`;
      if (slash === "") return `${pad(depth++)}${tag}`;
      depth--;
      return name === "Node" || name === "MgmtTree" ? `${pad(depth)}${tag}` : tag;
    },
  )}\n`;
}
