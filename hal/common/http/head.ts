/**
 * The head of an HTTP answer, and how its body is framed (RFC 9112 §4 to §6). By bytes: no string
 * is indexed.
 */
import type { LinkHead } from "../../hal.ts";
import { find, findAny } from "../../../src/base/bytes.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";

/** `length` is in bytes. */
export type Framing =
  | { readonly type: "length"; readonly length: number }
  | { readonly type: "chunked" }
  | { readonly type: "untilClose" };

export interface Head extends LinkHead {
  /** Of HTTP/1.x. */
  readonly minor: number;
  readonly framing: Framing;
}

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
const LENGTH_DIGITS_MAX = 15;

/**
 * The index after the empty line that ends a block of lines starting at `from`, or -1 when it is
 * not all in bytes[from, to).
 */
export function endOfBlock(bytes: Uint8Array, from: number, to: number): number {
  let line = from;
  for (;;) {
    const end = find(bytes, line, LF);
    if (end < 0 || end >= to) return -1;
    if (end === line || (end === line + 1 && bytes[line] === CR)) return end + 1;
    line = end + 1;
  }
}

/**
 * The head in bytes[0, end), which ends with an empty line; a text that says what is wrong when it
 * is no HTTP/1 answer.
 */
export function parseHead(bytes: Uint8Array, end: number, bodiless: boolean): Head | string {
  const first = find(bytes, 0, LF) + 1;
  const version = first >= 15 ? textOf(bytes, 0, 9) : undefined;
  if (bytes[end - 2] !== CR || bytes[first - 2] !== CR) return "bare LF in the head";
  if (version !== "HTTP/1.1 " && version !== "HTTP/1.0 ") return "not HTTP/1";
  const status = readNumber(bytes, 9, 12);
  if (status < 100 || (bytes[12] !== SPACE && bytes[12] !== CR)) return "bad status line";
  const headers = new Map<string, string>();
  for (let line = first; line < end - 2; ) {
    const next = find(bytes, line, LF) + 1;
    const problem = readField(bytes, line, next, headers);
    if (problem !== undefined) return problem;
    line = next;
  }
  const minor = version === "HTTP/1.1 " ? 1 : 0;
  const framing = frame(status, minor, headers, bodiless);
  return typeof framing === "string" ? framing : { status, headers, minor, framing };
}

/**
 * One line, "name: value", with its CRLF at `next` - 2. A repeated name keeps its first value; what
 * is wrong, or undefined.
 */
function readField(
  bytes: Uint8Array,
  line: number,
  next: number,
  headers: Map<string, string>,
): string | undefined {
  const colon = find(bytes, line, COLON);
  const end = next - 2;
  if (find(bytes, line, CR) !== end) return "bare CR or LF in the head";
  if (colon <= line || colon > end) return "a header without a name";
  if (findAny(bytes, line, colon, " \t") >= 0) return "space in a header name";
  let from = colon + 1;
  let to = end;
  while (from < to && isBlank(bytes[from])) from++;
  while (to > from && isBlank(bytes[to - 1])) to--;
  const name = textOf(bytes, line, colon)?.toLowerCase();
  const value = textOf(bytes, from, to);
  if (name === undefined) return "a header name that is not text";
  const before = headers.get(name);
  if (name === "content-length" && before !== undefined && before !== value) return "two lengths";
  if (name === "transfer-encoding" && before !== undefined) return "two transfer codings";
  if (before === undefined) headers.set(name, value ?? "");
  return undefined;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** Text, or undefined where the bytes are not UTF-8: values in other encodings read as empty. */
function textOf(bytes: Uint8Array, from: number, to: number): string | undefined {
  try {
    return text(bytes, from, to);
  } catch {
    return undefined;
  }
}

/** The decimal number in bytes[from, to), or -1. */
function readNumber(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from || to - from > LENGTH_DIGITS_MAX) return -1;
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i] ?? 0;
    if (digit < ZERO || digit > NINE) return -1;
    number = number * 10 + digit - ZERO;
  }
  return number;
}

/** RFC 9112 §6.3, in its order. Only the transfer coding chunked is understood. */
function frame(
  status: number,
  minor: number,
  headers: ReadonlyMap<string, string>,
  bodiless: boolean,
): Framing | string {
  if (bodiless || status < 200 || status === 204 || status === 304)
    return { type: "length", length: 0 };
  const coding = headers.get("transfer-encoding");
  const announced = headers.get("content-length");
  if (coding !== undefined) {
    return minor === 1 && coding.toLowerCase() === "chunked"
      ? { type: "chunked" }
      : "a transfer coding other than chunked";
  }
  if (announced === undefined) return { type: "untilClose" };
  const digits = utf8(announced);
  const length = readNumber(digits, 0, digits.length);
  return length < 0 ? "bad Content-Length" : { type: "length", length };
}
