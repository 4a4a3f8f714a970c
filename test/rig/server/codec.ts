/** Message bodies in both directions, by media type (OMA-TS-DM-HTTPBinding §5). */
import { Budget } from "../../../src/base/budget.ts";
import type { TokenReader, TokenWriter } from "../../../src/base/token.ts";
import { type Encoding, readerOf, writerOf } from "../../../src/session/encoding.ts";
import type { Malformed, Message } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";

export interface Codec {
  readonly contentType: string;
  /** True when binary values travel as they are, and not in base64. */
  readonly binary: boolean;
  reader(bytes: Uint8Array): TokenReader;
  writer(bytes: Uint8Array): TokenWriter;
}

function codec(encoding: Encoding, contentType: string): Codec {
  return {
    contentType,
    binary: encoding === "wbxml",
    reader: (bytes) => readerOf(encoding, bytes, bytes.length),
    writer: (bytes) => writerOf(encoding, bytes),
  };
}

const CODECS: readonly Codec[] = [
  codec("xml", "application/vnd.syncml.dm+xml"),
  codec("xml", "application/vnd.syncml+xml"),
  codec("wbxml", "application/vnd.syncml.dm+wbxml"),
  codec("wbxml", "application/vnd.syncml+wbxml"),
];

/** The codec of a media type, parameters aside; undefined for one that DM does not have. */
export function codecOf(contentType: string | undefined): Codec | undefined {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase();
  return CODECS.find((each) => each.contentType === type);
}

/** Decodes a copy: the body stays as it was received. */
export function decodeBody(each: Codec, body: Uint8Array): Message | Malformed {
  return decodeMessage(each.reader(Uint8Array.from(body)), new Budget(Infinity));
}
