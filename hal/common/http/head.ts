/**
 * The head of an HTTP answer as it comes in, and how its body is framed (RFC 9112 §4 to §6); also
 * the trailer of a chunked body.
 *
 * A line is looked at once it is whole, and then gone: only the values that the caller wants are
 * kept. A line that does not fit in the buffer is read past, piece by piece; its value is put
 * together of them if it is wanted. So a head may be far longer than what there is memory for. By
 * bytes: no string is indexed.
 */
import type { LinkHead } from "../../hal.ts";
import { find, findAny } from "../../../src/base/bytes.ts";
import { HTTP_HEAD_BYTES_MAX, HTTP_KEPT_BYTES_MAX } from "../../../src/base/limits.ts";
import { text } from "../../../src/base/utf8.ts";

/** `length` is in bytes. */
export type Framing =
  | { readonly type: "length"; readonly length: number }
  | { readonly type: "chunked" }
  | { readonly type: "untilClose" };

export interface Head extends LinkHead {
  readonly framing: Framing;
  /** The peer takes another request over the connection, once this answer is over (§9.3). */
  readonly persists: boolean;
}

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const LENGTH_MAX = 2 ** 53 - 1;
/** No Content-Length, and one that is wrong, which does not matter beside a transfer coding. */
const NONE = -1;
const BAD = -2;

/** `HTTP/1.1 200`: what a status line needs. The blank and the reason behind it may be missing. */
const STATUS_LINE_BYTES_MIN = 12;
const VERSION = "HTTP/1.";
const CONTENT_LENGTH = "content-length";
const TRANSFER_ENCODING = "transfer-encoding";
const CONNECTION = "connection";
/** Only that there is one is of use, and it may be long: its value is not kept. */
const SET_COOKIE = "set-cookie";
/** Longer than any list of codings, or of options of a connection, that is understood. */
const LIST_BYTES_MAX = 64;
/** Lengths of names are told apart by bits of one number. */
const NAME_BYTES_MAX = 31;

export class HeadReader {
  /** What is wrong: then nothing more is taken. */
  problem = "";
  /** True behind the empty line that ends it. */
  done = false;
  /** Of the status line; 0 before it. */
  status = 0;
  readonly #wants: readonly string[];
  /** A bit for the length of each name that is wanted. */
  readonly #lengths: number;
  readonly #trailer: boolean;
  #minor = 1;
  #headers = new Map<string, string>();
  #bytes = 0;
  #kept = 0;
  /** Bytes of the line that is not whole which need not be searched for its end again. */
  #searched = 0;
  /** The rest of a line that did not fit is being read past. */
  #passing = false;
  /** The name of the header that it has, if that is wanted, and what has come of its value. */
  #longName: string | undefined;
  #longValue = "";
  /** Blanks at its end, so far: more of it may follow them. */
  #longBlanks = "";
  /** Its bytes with these blanks: a character may have four, and takes as many in memory. */
  #longBytes = 0;
  #length = NONE;
  #codings: "none" | "chunked" = "none";
  /** The peer closes the connection behind this answer. */
  #closes = false;

  /**
   * `wants`: names, in lower case, of the headers that are kept. A trailer has no status line.
   */
  constructor(wants: readonly string[], trailer = false) {
    this.#wants = wants;
    this.#trailer = trailer;
    let lengths =
      (1 << CONTENT_LENGTH.length) | (1 << TRANSFER_ENCODING.length) | (1 << CONNECTION.length);
    for (const name of wants) if (name.length <= NAME_BYTES_MAX) lengths |= 1 << name.length;
    this.#lengths = trailer ? 0 : lengths;
  }

  /** True for an interim answer (1xx), behind which another head follows. */
  get interim(): boolean {
    return this.done && this.status < 200;
  }

  /** What has been read; `bodiless`: the request was one that has no body in its answer. */
  head(bodiless: boolean): Head {
    const isAmbiguous = this.#codings === "chunked" && this.#length !== NONE;
    const framing = this.#framing(bodiless);
    return {
      status: this.status,
      headers: this.#headers,
      length: framing.type === "length" ? framing.length : undefined,
      framing,
      persists: this.#minor > 0 && !this.#closes && !isAmbiguous && framing.type !== "untilClose",
    };
  }

  /** Goes on to the head behind an interim answer. What has been read counts on. */
  restart(): void {
    this.done = false;
    this.status = 0;
    this.#headers = new Map();
    this.#kept = 0;
    this.#length = NONE;
    this.#codings = "none";
    this.#closes = false;
  }

  /**
   * Takes the lines that are whole in bytes[from, to), which are rewritten where a line is folded:
   * the index after them. `full`: there is no room for more behind `to`, so that a line which is
   * not whole is read past.
   */
  take(bytes: Uint8Array, from: number, to: number, full: boolean): number {
    let at = from;
    while (!this.done && this.problem === "") {
      const end = this.#lineEnd(bytes, at, to);
      if (end < 0) break;
      this.#line(bytes, at, end);
      at = end;
    }
    if (at === from && full && !this.done && this.problem === "") at = this.#pass(bytes, from, to);
    this.#bytes += at - from;
    if (this.#bytes > HTTP_HEAD_BYTES_MAX) this.#fail("the head is too long");
    return at;
  }

  /**
   * The index after the line at `at`, with the lines that are folded into it (§5.2), or -1 when it
   * is not whole yet: whether a line is folded is known by the byte behind it.
   */
  #lineEnd(bytes: Uint8Array, at: number, to: number): number {
    for (let from = at + this.#searched; ; ) {
      const lf = find(bytes, from, LF);
      const cr = find(bytes, from, CR);
      const whole = lf >= 0 && lf < to;
      if (whole ? cr !== lf - 1 : cr >= 0 && cr < to - 1)
        return this.#fail("a bare CR or LF in the head");
      if (!whole || lf + 1 === to) {
        this.#searched = Math.max((whole ? lf : to) - 1 - at, 0);
        return whole && lf === at + 1 && !this.#passing ? this.#ended(to) : -1;
      }
      if (!isBlank(bytes[lf + 1]) || (lf === at + 1 && !this.#passing)) return this.#ended(lf + 1);
      bytes[lf - 1] = bytes[lf] = SPACE;
      from = lf + 1;
    }
  }

  #ended(end: number): number {
    this.#searched = 0;
    return end;
  }

  /** Goes past what there is of a line that is too long, up to its line break. */
  #pass(bytes: Uint8Array, from: number, to: number): number {
    const cr = find(bytes, from, CR);
    const lf = find(bytes, from, LF);
    const end = cr < 0 || cr > to ? to : cr;
    const broken = end < to - 2 || (end === to - 2 && bytes[to - 1] !== LF);
    if (broken || (lf >= 0 && lf < end)) this.#fail("a bare CR or LF in the head");
    const whole = end < to ? end : endOfCharacter(bytes, end);
    if (this.#passing) this.#lengthen(bytes, from, whole);
    else if (this.status === 0 && !this.#trailer) this.#statusLine(bytes, from, end);
    else this.#beginLong(bytes, from, whole);
    this.#passing = true;
    return this.#ended(whole);
  }

  /** The first piece of a header that is too long to be held whole. */
  #beginLong(bytes: Uint8Array, from: number, end: number): void {
    const name = this.#name(bytes, from, end);
    if (name === CONTENT_LENGTH || name === TRANSFER_ENCODING) this.#fail(`bad ${name}`);
    if (name === CONNECTION) this.#closes = true;
    if (name === undefined || !this.#wants.includes(name) || this.#headers.has(name)) return;
    if (name === SET_COOKIE) {
      this.#headers.set(name, "");
      return;
    }
    this.#longName = name;
    this.#longBytes = 0;
    this.#lengthen(bytes, from + name.length + 1, end);
  }

  /** Another piece. A value that is not text, or more than may be kept, is given up: it is "". */
  #lengthen(bytes: Uint8Array, from: number, end: number): void {
    if (this.#longName === undefined) return;
    const first = this.#longBytes === 0 ? pastBlanks(bytes, from, end) : from;
    const last = beforeBlanks(bytes, first, end);
    this.#longBytes += end - first;
    const fits = this.#kept + this.#longBytes <= HTTP_KEPT_BYTES_MAX;
    const piece = fits ? textOf(bytes, first, last) : undefined;
    if (piece === undefined) {
      this.#longValue = this.#longBlanks = "";
      this.#keepLong(0);
      return;
    }
    const blanks = textOf(bytes, last, end) ?? "";
    if (piece !== "") this.#longValue += this.#longBlanks + piece;
    this.#longBlanks = piece === "" ? this.#longBlanks + blanks : blanks;
  }

  /** The last piece, up to the line break. */
  #endLong(bytes: Uint8Array, at: number, end: number): void {
    this.#passing = false;
    this.#lengthen(bytes, at, end);
    this.#keepLong(this.#longBytes - this.#longBlanks.length);
  }

  #keepLong(length: number): void {
    if (this.#longName === undefined) return;
    this.#kept += length;
    this.#headers.set(this.#longName, this.#longValue);
    this.#longName = undefined;
    this.#longValue = this.#longBlanks = "";
  }

  #line(bytes: Uint8Array, at: number, end: number): void {
    if (this.#passing) this.#endLong(bytes, at, end - 2);
    else if (this.status === 0 && !this.#trailer) this.#statusLine(bytes, at, end - 2);
    else if (end === at + 2) this.done = true;
    else this.#field(bytes, at, end - 2);
  }

  /** `HTTP/1.1 200 OK`, the last two parts of which servers leave out. */
  #statusLine(bytes: Uint8Array, at: number, end: number): void {
    const minor = (bytes[at + 7] ?? 0) - ZERO;
    const isHttp = end - at >= STATUS_LINE_BYTES_MIN && textOf(bytes, at, at + 7) === VERSION;
    if (!isHttp || minor < 0 || minor > 9 || bytes[at + 8] !== SPACE) {
      const isOther = end - at > 5 && textOf(bytes, at, at + 5) === "HTTP/";
      this.#fail(isOther ? "another version than HTTP/1 is not supported" : "not HTTP/1");
      return;
    }
    const status = decimal(bytes, at + 9, at + 12);
    const good = status >= 100 && (at + 12 === end || bytes[at + 12] === SPACE);
    if (good) this.status = status;
    else this.#fail("bad status line");
    this.#minor = minor;
  }

  /**
   * The name in front of the colon of bytes[at, end), in lower case; undefined: it is not wanted.
   */
  #name(bytes: Uint8Array, at: number, end: number): string | undefined {
    const colon = find(bytes, at, COLON);
    if (colon <= at || colon >= end) {
      this.#fail("a header without a name");
      return undefined;
    }
    if (findAny(bytes, at, colon, " \t") >= 0) this.#fail("space in a header name");
    const length = colon - at;
    if (length > NAME_BYTES_MAX || ((this.#lengths >> length) & 1) === 0) return undefined;
    return textOf(bytes, at, colon)?.toLowerCase();
  }

  /** `name: value`. A repeated name keeps its first value, also where that was given up. */
  #field(bytes: Uint8Array, at: number, end: number): void {
    const name = this.#name(bytes, at, end);
    if (name === undefined || this.problem !== "") return;
    const from = pastBlanks(bytes, at + name.length + 1, end);
    const to = beforeBlanks(bytes, from, end);
    if (name === CONTENT_LENGTH) this.#takeLength(bytes, from, to);
    if (name === TRANSFER_ENCODING) this.#takeCodings(bytes, from, to);
    if (name === CONNECTION) this.#takeOptions(bytes, from, to);
    if (!this.#wants.includes(name) || this.#headers.has(name)) return;
    const fits = name !== SET_COOKIE && this.#kept + to - from <= HTTP_KEPT_BYTES_MAX;
    const value = fits ? textOf(bytes, from, to) : undefined;
    if (value !== undefined) this.#kept += to - from;
    this.#headers.set(name, value ?? "");
  }

  /** A number, or a list of one and the same (RFC 9110 §8.6); in one field or in several. */
  #takeLength(bytes: Uint8Array, at: number, end: number): void {
    let length = this.#length;
    let found = false;
    for (let from = at; from <= end; ) {
      const comma = find(bytes, from, COMMA);
      const to = comma < 0 || comma > end ? end : comma;
      const one = element(bytes, from, to);
      from = to + 1;
      if (one === undefined) continue;
      length = one >= 0 && (length === NONE || length === one) ? one : BAD;
      found = true;
    }
    this.#length = found ? length : BAD;
  }

  /** Only the coding chunked is understood. Elements of a list may be empty (RFC 9110 §5.6.1). */
  #takeCodings(bytes: Uint8Array, from: number, to: number): void {
    const list = listOf(bytes, from, to);
    for (const one of list ?? [""]) {
      const coding = one.trim();
      if (coding === "" && list !== undefined) continue;
      if (coding !== "chunked" || this.#codings === "chunked" || this.#minor === 0)
        this.#fail("a transfer coding other than chunked");
      this.#codings = "chunked";
    }
  }

  /**
   * Of the options of a connection `close` is understood (§9.6). A list too long to read has it.
   */
  #takeOptions(bytes: Uint8Array, from: number, to: number): void {
    const list = listOf(bytes, from, to);
    this.#closes ||= list === undefined || list.some((option) => option.trim() === "close");
  }

  /** RFC 9112 §6.3, in its order. A coding wins over a length, which then was none. */
  #framing(bodiless: boolean): Framing {
    const { status } = this;
    if (this.#codings === "chunked") this.#headers.delete(CONTENT_LENGTH);
    if (bodiless || status < 200 || status === 204 || status === 304)
      return { type: "length", length: 0 };
    if (this.#codings === "chunked") return { type: "chunked" };
    if (this.#length === NONE) return { type: "untilClose" };
    if (this.#length === BAD) this.#fail("bad Content-Length");
    return { type: "length", length: this.#length };
  }

  #fail(problem: string): -1 {
    if (this.problem === "") this.problem = problem;
    return -1;
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** The index of the first byte of bytes[from, to) that is no blank, or `to`. */
function pastBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(bytes[at])) at++;
  return at;
}

/** The index after the last byte of bytes[from, to) that is no blank, or `from`. */
function beforeBlanks(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && isBlank(bytes[at - 1])) at--;
  return at;
}

/** The end of the last character of bytes[0, to) that is whole (RFC 3629 §3). */
function endOfCharacter(bytes: Uint8Array, to: number): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[to - back] ?? 0;
    if (byte < 0x80) return to;
    if (byte >= 0xc0) return back < bytesOf(byte) ? to - back : to;
  }
  return to;
}

/** Bytes of a character that begins with this one, which is not ASCII. */
function bytesOf(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}

/** Text, or undefined where the bytes are not UTF-8: values in other encodings read as empty. */
function textOf(bytes: Uint8Array, from: number, to: number): string | undefined {
  try {
    return text(bytes, from, to);
  } catch {
    return undefined;
  }
}

/** The elements of a list, in lower case; undefined: it is too long, or not text. */
function listOf(bytes: Uint8Array, from: number, to: number): readonly string[] | undefined {
  const list = to - from <= LIST_BYTES_MAX ? textOf(bytes, from, to) : undefined;
  return list?.toLowerCase().split(",");
}

/** The number that is an element of a list; undefined: it is empty; -1: it is no number. */
function element(bytes: Uint8Array, from: number, to: number): number | undefined {
  const first = pastBlanks(bytes, from, to);
  const end = beforeBlanks(bytes, first, to);
  return first === end ? undefined : decimal(bytes, first, end);
}

/** The decimal number in bytes[from, to), or -1. */
function decimal(bytes: Uint8Array, from: number, to: number): number {
  let number = from < to ? 0 : -1;
  for (let i = from; i < to; i++) {
    const digit = bytes[i] ?? 0;
    if (digit < ZERO || digit > NINE) return -1;
    number = number * 10 + digit - ZERO;
    if (number > LENGTH_MAX) return -1;
  }
  return number;
}
