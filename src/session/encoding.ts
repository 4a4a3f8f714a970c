/** The two encodings of a message (OMA-TS-DM-RepPro §4.1): which reader and which writer. */
import type { TokenReader, TokenWriter } from "../base/token.ts";
import { SYNCML } from "../syncml/vocabulary.ts";
import { DDF_HEADER } from "../wbxml/prolog.ts";
import { WbxmlReader } from "../wbxml/wbxmlreader.ts";
import { WbxmlWriter } from "../wbxml/wbxmlwriter.ts";
import { XmlReader } from "../xmllite/xmlreader.ts";
import { XmlWriter } from "../xmllite/xmlwriter.ts";

export type Encoding = "xml" | "wbxml";

/**
 * A WBXML document begins with its version, 1.0 to 1.3; no XML document begins with such a byte.
 */
const WBXML_VERSION_MAX = 3;

/** What bytes[0, length) are in, whatever was said about them: a server may answer in either. */
export function encodingOf(bytes: Uint8Array, length: number): Encoding {
  return length > 0 && (bytes[0] ?? 0) <= WBXML_VERSION_MAX ? "wbxml" : "xml";
}

/**
 * Reads bytes[0, length), and may rewrite them. A NUL that ends XML, as it ends strings of C, is no
 * part of it.
 */
export function readerOf(encoding: Encoding, bytes: Uint8Array, length: number): TokenReader {
  if (encoding === "wbxml") return new WbxmlReader(bytes, length, SYNCML);
  const ended = length > 0 && bytes[length - 1] === 0;
  return new XmlReader(bytes, ended ? length - 1 : length, SYNCML);
}

/**
 * Writes a description of a tree that stands alone (OMA-TS-DM-TNDS §6): in WBXML its header names
 * its own DTD.
 */
export function treeWriterOf(encoding: Encoding, bytes: Uint8Array): TokenWriter {
  return encoding === "xml"
    ? new XmlWriter(bytes, SYNCML)
    : new WbxmlWriter(bytes, SYNCML, DDF_HEADER);
}

export function writerOf(encoding: Encoding, bytes: Uint8Array): TokenWriter {
  return encoding === "xml" ? new XmlWriter(bytes, SYNCML) : new WbxmlWriter(bytes, SYNCML);
}
