/** A whole answer of a hostile server: head, SyncHdr and commands, each with its own excess. */
import type { TokenWriter } from "../../../../src/base/token.ts";
import { MESSAGE_BYTES_MAX } from "../../../../src/base/limits.ts";
import { type Encoding, writerOf } from "../../../../src/session/encoding.ts";
import { Tag } from "../../../../src/syncml/vocabulary.ts";
import {
  closeMessage,
  type HeaderParts,
  KINDS,
  type Lengths,
  openMessage,
  type Write,
} from "./elements.ts";
import { lengthOf, type Piece, piece } from "./pieces.ts";

/** A kind of element, and what part of a message it fills. */
export interface Filling {
  readonly kind: string;
  readonly share: number;
  readonly lengths: Lengths;
}

export const HEADS = [
  "plain",
  "names",
  "line",
  "folded",
  "wanted",
  "interim",
  "chunks",
  "close",
] as const;
export type Head = (typeof HEADS)[number];

export interface Plan {
  readonly head: Head;
  readonly encoding: Encoding;
  readonly header: HeaderParts;
  readonly fillings: readonly Filling[];
}

/** For one element of any kind, twice. */
const SCRATCH_BYTES = 9000;
/** What the end of a message, and page switches, take at most. */
const END_BYTES = 64;
const TYPES = {
  xml: "application/vnd.syncml.dm+xml",
  wbxml: "application/vnd.syncml.dm+wbxml",
} as const;
/** Back to code page 0. */
const SWITCH = Uint8Array.of(0, 0);

/** What `write` writes, as it is behind another one of the same. */
function unit(encoding: Encoding, scratch: Uint8Array, write: Write): Uint8Array | undefined {
  const writer = writerOf(encoding, scratch);
  writer.open(Tag.SyncML);
  writer.open(Tag.SyncBody);
  write(writer);
  const from = writer.length;
  write(writer);
  return writer.full ? undefined : scratch.slice(from, writer.length);
}

/** The bytes that `write` adds to an open SyncBody or to nothing. */
function part(
  encoding: Encoding,
  scratch: Uint8Array,
  inBody: boolean,
  write: (writer: TokenWriter) => void,
): Uint8Array {
  const writer = writerOf(encoding, scratch);
  if (inBody) {
    writer.open(Tag.SyncML);
    writer.open(Tag.SyncBody);
    // What is empty would be closed otherwise.
    writer.leaf(Tag.Final, "");
  }
  const from = writer.length;
  write(writer);
  return scratch.slice(from, writer.length);
}

export function bodyOf(
  plan: Plan,
  sessionID: string,
  messageID: number,
  device: string,
): readonly Piece[] {
  const { encoding, header, fillings } = plan;
  const scratch = new Uint8Array(SCRATCH_BYTES);
  const pieces: Piece[] = [
    piece(
      part(encoding, scratch, false, (writer) => {
        openMessage(writer, sessionID, messageID, device, header);
      }),
    ),
  ];
  const room = MESSAGE_BYTES_MAX - lengthOf(pieces) - END_BYTES;
  for (const { kind, share, lengths } of fillings) {
    const write = KINDS[kind]?.(lengths);
    const bytes = write === undefined ? undefined : unit(encoding, scratch, write);
    if (bytes === undefined) continue;
    const times = Math.floor((room * share) / bytes.length);
    if (encoding === "wbxml") pieces.push(piece(SWITCH));
    pieces.push(piece(bytes, times));
  }
  if (encoding === "wbxml") pieces.push(piece(SWITCH));
  pieces.push(piece(part(encoding, scratch, true, closeMessage)));
  return pieces;
}

/** Some 30 KB: less than HTTP_HEAD_BYTES_MAX. */
const MANY = 30_000;

/** The answer, head and framing included. */
export function answerOf(
  plan: Plan,
  sessionID: string,
  messageID: number,
  device: string,
): readonly Piece[] {
  const body = bodyOf(plan, sessionID, messageID, device);
  const start = `HTTP/1.1 200 OK\r\nContent-Type: ${TYPES[plan.encoding]}\r\n`;
  const length = `Content-Length: ${lengthOf(body)}\r\n`;
  switch (plan.head) {
    case "plain":
      return [piece(`${start}${length}\r\n`), ...body];
    case "close":
      return [piece(`${start}\r\n`), ...body];
    case "names":
      return [piece(start), piece("ab:\r\nc-d: e\r\n", MANY / 13), piece(`${length}\r\n`), ...body];
    case "line":
      return [
        piece(`${start}X-Long: `),
        piece("l", MANY),
        piece(`\r\nContent-Encoding: `),
        piece("m", 500),
        piece(`\r\n${length}\r\n`),
        ...body,
      ];
    case "folded":
      return [
        piece(`${start}X-Y: z\r\n`),
        piece(" f\r\n", MANY / 4),
        piece(`${length}\r\n`),
        ...body,
      ];
    case "wanted":
      return [
        piece(`${start}x-syncml-hmac: algorithm=MD5, username="`),
        piece("n", 700),
        piece('", mac='),
        piece("QUFB", 70),
        piece(`\r\nContent-Type: `),
        piece("t", 2000),
        piece(`\r\n${length}\r\n`),
        ...body,
      ];
    case "interim":
      return [
        piece("HTTP/1.1 103 Early\r\nLink: <x>\r\n\r\n", 4),
        piece(`${start}${length}\r\n`),
        ...body,
      ];
    case "chunks":
      return chunked(`${start}Transfer-Encoding: chunked\r\n\r\n`, body);
  }
}

function chunked(head: string, body: readonly Piece[]): readonly Piece[] {
  const pieces: Piece[] = [piece(head)];
  for (const { bytes, times } of body) {
    const line = piece(`${bytes.length.toString(16)};${"e".repeat(100)}\r\n`).bytes;
    const whole = new Uint8Array(line.length + bytes.length + 2);
    whole.set(line);
    whole.set(bytes, line.length);
    whole.set([0x0d, 0x0a], line.length + bytes.length);
    if (bytes.length > 0 && times > 0) pieces.push(piece(whole, times));
  }
  return [...pieces, piece("0\r\n"), piece("T: u\r\n", MANY / 6), piece("\r\n")];
}
