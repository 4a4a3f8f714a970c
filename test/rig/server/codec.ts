/** Message bodies in both directions, by media type (OMA-TS-DM-HTTPBinding §5). */
import type { TokenReader, TokenWriter } from "../../../src/base/token.ts";
import type { Malformed, Message } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { XmlReader } from "../../../src/xmllite/reader.ts";
import { XmlWriter } from "../../../src/xmllite/writer.ts";

export interface Codec {
  readonly contentType: string;
  /** True when binary values travel as they are, and not in base64. */
  readonly binary: boolean;
  reader(bytes: Uint8Array): TokenReader;
  writer(bytes: Uint8Array): TokenWriter;
}

function xml(contentType: string): Codec {
  return {
    contentType, binary: false,
    reader: (bytes) => new XmlReader(bytes, bytes.length, SYNCML),
    writer: (bytes) => new XmlWriter(bytes, SYNCML),
  };
}

const CODECS: readonly Codec[] = [xml("application/vnd.syncml.dm+xml"), xml("application/vnd.syncml+xml")];

/** The codec of a media type, parameters aside; undefined for one that DM does not have. */
export function codecOf(contentType: string | undefined): Codec | undefined {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase();
  return CODECS.find((codec) => codec.contentType === type);
}

/** Decodes a copy: the body stays as it was received. */
export function decodeBody(codec: Codec, body: Uint8Array): Message | Malformed {
  return decodeMessage(codec.reader(Uint8Array.from(body)));
}
