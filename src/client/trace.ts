/**
 * Messages whole, for the log of a development board, in pieces that fit in a line. Credentials are
 * left out: a log is read by more people than a secret. What else a server writes is shown, also
 * when it is a secret of another kind.
 */
import { find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { characterEnd } from "../base/line.ts";
import { Token, type TokenReader } from "../base/token.ts";
import { checkUtf8, pastText, text, utf8 } from "../base/utf8.ts";
import { encodingOf, readerOf } from "../session/encoding.ts";

/** The element whose content is not shown, whatever its prefix and attributes. */
const SECRET = "Cred";
const SHOWN = "Cred>…</";

/** Nodes of DMAcc that hold secrets: a message that names one is not shown at all. */
const SECRET_NODES: readonly string[] = frozen(["AAuthSecret", "AAuthData"]);

/** Bytes of a piece: with its escapes and what stands before it, it fits in a line. */
const PIECE_BYTES = 128;

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const SPACE = 0x20;

/**
 * Shows a message without what is in its Cred elements, WBXML as elements; how long it is, when it
 * is neither WBXML nor text.
 */
export function traced(bytes: Uint8Array, length: number, show: (piece: string) => void): void {
  const message = bytes.subarray(0, length);
  if (SECRET_NODES.some((node) => indexOf(message, 0, node) >= 0)) {
    show(`${length} bytes that name a secret`);
    return;
  }
  if (encodingOf(message, length) === "wbxml") elements(message, show);
  else if (checkUtf8(message, 0, length) >= 0) show(`${length} bytes that are not text`);
  else characters(message, length, show);
}

function characters(message: Uint8Array, length: number, show: (piece: string) => void): void {
  let from = 0;
  let inside = false;
  let searched = 0;
  for (let at = indexOf(message, 0, SECRET); at >= 0; at = indexOf(message, searched, SECRET)) {
    const before = tagBefore(message, searched, at);
    searched = at + SECRET.length;
    if (before === "<") {
      if (!inside) pieces(message, from, at, show);
      if (!inside) show(SHOWN);
      inside = true;
    } else if (before === "</" && inside) {
      from = at;
      inside = false;
    }
  }
  if (!inside) pieces(message, from, length, show);
}

/** A WBXML message as elements; opaque bytes are counted, and what breaks off says where. */
function elements(message: Uint8Array, show: (piece: string) => void): void {
  // A reader may rewrite what it reads.
  const reader = readerOf("wbxml", message.slice(), message.length);
  const line = new Line(show);
  const open: string[] = [];
  let hidden = 0;
  for (let kind = reader.next(); kind !== Token.end; kind = reader.next()) {
    const secret = hidden > 0;
    if (kind === Token.error) {
      line.add(`… at byte ${reader.offset}: ${reader.problem}`);
      break;
    }
    if (kind === Token.open) {
      const name = reader.name();
      open.push(name);
      if (!secret) line.add(`<${name}>`);
      if (!secret && name === SECRET) {
        hidden = open.length;
        line.add("…");
      }
    } else if (kind === Token.close) {
      if (open.length === hidden) hidden = 0;
      const name = open.pop();
      if (hidden === 0) line.add(`</${name}>`);
    } else if (!secret) value(reader, line);
  }
  line.end();
}

function value(reader: TokenReader, line: Line): void {
  const { bytes, from, to } = reader;
  if (reader.opaque && checkUtf8(bytes, from, to) >= 0) line.add(`[${to - from} bytes]`);
  else
    pieces(bytes, from, to, (piece) => {
      line.add(piece);
    });
}

/** Short pieces that go out together. */
class Line {
  readonly #show: (piece: string) => void;
  #text = "";
  #bytes = 0;

  constructor(show: (piece: string) => void) {
    this.#show = show;
  }

  /** Adds at most PIECE_BYTES. */
  add(piece: string): void {
    const { length } = utf8(piece);
    if (this.#bytes + length > PIECE_BYTES) this.end();
    this.#text += piece;
    this.#bytes += length;
  }

  end(): void {
    if (this.#bytes > 0) this.#show(this.#text);
    this.#text = "";
    this.#bytes = 0;
  }
}

function pieces(bytes: Uint8Array, from: number, to: number, show: (piece: string) => void): void {
  for (let at = from; at < to; ) {
    const end = characterEnd(bytes, at, to, PIECE_BYTES);
    show(text(bytes, at, end));
    at = end;
  }
}

/** Where the word, which is ASCII, stands in bytes[from, …), or -1. */
function indexOf(bytes: Uint8Array, from: number, word: string): number {
  const first = utf8(word)[0] ?? 0;
  let at = find(bytes, from, first);
  while (at >= 0 && pastText(bytes, at, word) < 0) at = find(bytes, at + 1, first);
  return at;
}

/**
 * Whether the name that stands at `at`, with its prefix, opens an element, closes one, or is no
 * name of an element; looked for from `from` on.
 */
function tagBefore(bytes: Uint8Array, from: number, at: number): "<" | "</" | "text" {
  for (let index = at - 1; index >= from; index--) {
    const byte = bytes[index] ?? 0;
    if (byte === LT) return bytes[index + 1] === SLASH ? "</" : "<";
    if (byte === GT || byte <= SPACE) return "text";
  }
  return "text";
}
