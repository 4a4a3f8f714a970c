/** The encoding of a message (OMA-TS-DM-RepPro §4.1): which reader and which writer. */
import { assert } from "../base/assert.ts";
import type { TokenReader, TokenWriter } from "../base/token.ts";
import { SYNCML } from "../syncml/vocabulary.ts";
import { XmlReader } from "../xmllite/reader.ts";
import { XmlWriter } from "../xmllite/writer.ts";

export function readerOf(bytes: Uint8Array, length: number): TokenReader {
  return new XmlReader(bytes, length, SYNCML);
}

/** Throws for an encoding that the client does not have. */
export function writerOf(encoding: "xml" | "wbxml", bytes: Uint8Array): TokenWriter {
  assert(encoding === "xml", "no such encoding");
  return new XmlWriter(bytes, SYNCML);
}
