/**
 * `xs-fumo/decode`: documents of OMA DM between the bytes that travel and XML that people read.
 * SyncML messages, tree descriptions (DDF, TNDS), notifications (package 0), OMA Client
 * Provisioning, whole WAP pushes, and download descriptors, which are XML only. It runs in browsers
 * and in Node: it needs TextDecoder and TextEncoder, and neither files nor a network.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import { utf8Text } from "./bytetext.ts";
import { convert } from "./document.ts";
import type { Problem } from "./transcode.ts";

export { fromDump, toDump } from "./document.ts";
export type { Problem } from "./transcode.ts";

export interface DecodeOptions {
  /**
   * Read on behind what a device would refuse: a document type is read over, elements that no DTD
   * has are left out, what breaks off is closed. Absent: the document ends at its first problem.
   */
  readonly lenient?: boolean;
}

export interface Decoded {
  /** Indented XML without an XML declaration: what could be read. Empty when nothing could. */
  readonly xml: string;
  /** What is wrong, in the order of the document. Empty: a device would take it. */
  readonly problems: readonly Problem[];
}

export interface Encoded {
  /** The document as it travels, as far as it could be written. */
  readonly bytes: Uint8Array;
  /** What is wrong, in the order of the document. Empty: a device would take it. */
  readonly problems: readonly Problem[];
}

/**
 * Returns a document in either encoding as indented XML, and what is wrong with it. It never throws
 * for what a document holds, and leaves `document` as it is.
 */
export function decode(document: Uint8Array, options: DecodeOptions = {}): Decoded {
  const { bytes, problems } = convert(document, "xml", options.lenient === true);
  return { xml: utf8Text(bytes), problems };
}

/**
 * Returns a document in either encoding as the bytes that travel (WBXML; for a push its header and
 * body), and what is wrong with it. A download descriptor has no such form: a problem says so. It
 * never throws for what a document holds, and leaves `document` as it is.
 */
export function encode(document: Uint8Array | string, options: DecodeOptions = {}): Encoded {
  const source = typeof document === "string" ? utf8(document) : document;
  return convert(source, "wbxml", options.lenient === true);
}
