/**
 * Messages whole, for the log of a development board, in pieces that fit in a line. Credentials are
 * left out: a log is read by more people than a secret. What else a server writes is shown, also
 * when it is a secret of another kind.
 */
import { find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { characterEnd } from "../base/line.ts";
import { checkUtf8, pastText, text, utf8 } from "../base/utf8.ts";

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
 * Shows an XML message without what is in its Cred elements; how long it is, when it is not text.
 */
export function traced(bytes: Uint8Array, length: number, show: (piece: string) => void): void {
  const message = bytes.subarray(0, length);
  if (checkUtf8(message, 0, length) >= 0) {
    show(`${length} bytes that are not text`);
    return;
  }
  if (SECRET_NODES.some((node) => indexOf(message, 0, node) >= 0)) {
    show(`${length} bytes that name a secret`);
    return;
  }
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
