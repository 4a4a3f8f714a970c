/**
 * WBXML of other applications. Its code pages are others, so that it would be shown with element
 * names that mean nothing.
 */
import { Token } from "../../../src/base/token.ts";
import { encodingOf } from "../../../src/session/encoding.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { number } from "../../../src/wbxml/number.ts";
import { WbxmlReader } from "../../../src/wbxml/wbxmlreader.ts";
import { latin1Text } from "./bytetext.ts";
import type { Problem } from "./transcode.ts";

/** Registered public identifiers (WBXML 1.3 §7.2, OMNA) of documents that are not of OMA DM. */
const KINDS: ReadonlyMap<number, string> = new Map([
  [0x02, "WML 1.0"],
  [0x03, "WTA Event 1.0"],
  [0x04, "WML 1.1"],
  [0x05, "Service Indication 1.0"],
  [0x06, "Service Loading 1.0"],
  [0x07, "Cache Operation 1.0"],
  [0x08, "Channel 1.1"],
  [0x09, "WML 1.2"],
  [0x0a, "WML 1.3"],
  [0x0b, "OMA Client Provisioning 1.0"],
  [0x0c, "WTA-WML 1.2"],
  [0x0d, "Email Notification 1.0"],
  [0x0e, "DRM Rights Expression 1.0"],
]);
/** Elements that a document of OMA DM may begin with. */
const ROOTS = ["SyncML", "MgmtTree", "MetInf", "DevInf"];

/** What kind of document it is, when it is WBXML and not of OMA DM. */
export function foreignProblem(document: Uint8Array): Problem | undefined {
  if (document.length === 0 || encodingOf(document, document.length) !== "wbxml") return undefined;
  const reader = new WbxmlReader(Uint8Array.from(document), document.length, SYNCML);
  const first = reader.next();
  if (first === Token.open && ROOTS.includes(reader.name())) return undefined;
  const { offset } = reader;
  if (first === Token.open) {
    const name = reader.tag === 0 ? "an element that SyncML has not" : reader.name();
    return {
      offset,
      reason:
        `a document of another kind: ${kindOf(document)}, whose root would be ${name}; ` +
        `with the names of SyncML it means nothing`,
    };
  }
  return first === Token.error && reader.problem === "a document of another kind"
    ? { offset, reason: `a document of another kind: ${kindOf(document)}` }
    : undefined;
}

/** By its public identifier: a number, or a text of the string table. */
function kindOf(document: Uint8Array): string {
  const cursor = { at: 1, problem: "" };
  const id = number(document, cursor);
  if (id === 1) return "its public identifier is unknown (1)";
  if (id > 0) return KINDS.get(id) ?? `public identifier 0x${id.toString(16)}`;
  const at = number(document, cursor);
  number(document, cursor);
  const length = number(document, cursor);
  const table = document.subarray(cursor.at, cursor.at + length).subarray(at);
  const end = table.indexOf(0);
  return `public identifier "${latin1Text(end < 0 ? table : table.subarray(0, end))}"`;
}
