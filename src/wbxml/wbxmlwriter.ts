/**
 * Tokens to WBXML bytes, in a bounded buffer. Characters are inline strings, binary is opaque; the
 * page is switched when the next element is on another one; an element without content is its tag
 * alone. No string table: nothing has to be known beforehand.
 */
import { assert } from "../base/assert.ts";
import { copy, find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { ELEMENT_DEPTH_MAX } from "../base/limits.ts";
import type { TokenWriter, Vocabulary } from "../base/token.ts";
import { putText, putTexts } from "../base/utf8.ts";
import { CODE_MASK, CONTENT_BIT, Global } from "./global.ts";
import { SYNCML_HEADER } from "./prolog.ts";
import { numberLength, putNumber } from "./number.ts";

/** A mark holds the length, the depth and the page, as digits to these bases. */
const DEPTH_BASE = ELEMENT_DEPTH_MAX + 1;
const PAGE_BASE = 256;
/** Tag with content, and the beginning of an inline string, by code; and their ends. */
const HEADS: readonly string[] = frozen(
  Array.from({ length: CODE_MASK + 1 }, (_, code) =>
    String.fromCharCode(code | CONTENT_BIT, Global.strI),
  ),
);
const TAIL = frozen(String.fromCharCode(0, Global.end));

export class WbxmlWriter implements TokenWriter {
  length = 0;
  full = false;
  readonly #bytes: Uint8Array;
  readonly #vocabulary: Vocabulary;
  readonly #header: readonly number[];
  #depth = 0;
  #page = 0;
  /** The length just after the last tag: while it is the length, that element is empty. */
  #startEnd = -1;

  /** `header`: what comes before the root element, with code page 0 in force after it. */
  constructor(
    bytes: Uint8Array,
    vocabulary: Vocabulary,
    header: readonly number[] = SYNCML_HEADER,
  ) {
    this.#bytes = bytes;
    this.#vocabulary = vocabulary;
    this.#header = header;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  open(tag: number): void {
    assert(this.#depth < ELEMENT_DEPTH_MAX, "too many open elements");
    const end = this.#start(tag);
    if (end < 0) return;
    this.#depth++;
    this.#page = tag >> 8;
    this.#startEnd = this.length = end;
  }

  /** One call for what most of a message are: tag, inline string, END. */
  leaf(tag: number, value: string): void {
    const bytes = this.#bytes;
    if (!this.full && tag >> 8 === this.#page && this.length > 0 && value !== "") {
      const end = putTexts(bytes, this.length, HEADS[tag & CODE_MASK] ?? "", value, TAIL);
      if (end < 0) this.full = true;
      else {
        this.length = end;
        this.#startEnd = -1;
      }
      return;
    }
    const start = this.#start(tag);
    if (start < 0) return;
    let end = start;
    if (value === "") bytes[start - 1] = (bytes[start - 1] ?? 0) & ~CONTENT_BIT;
    else {
      end = putText(bytes, start + 1, value);
      if (end < 0 || end + 2 > bytes.length) {
        this.full = true;
        return;
      }
      bytes[start] = Global.strI;
      bytes[end++] = 0;
      bytes[end++] = Global.end;
    }
    this.#page = tag >> 8;
    this.length = end;
    this.#startEnd = -1;
  }

  close(): void {
    if (this.full) return;
    assert(this.#depth > 0, "no open element");
    if (this.length === this.#startEnd)
      this.#bytes[this.length - 1] = (this.#bytes[this.length - 1] ?? 0) & ~CONTENT_BIT;
    else if (this.#room(1)) this.#put(Global.end);
    else return;
    this.#startEnd = -1;
    this.#depth--;
  }

  text(value: string): void {
    if (this.full || value === "") return;
    const end = putText(this.#bytes, this.length + 1, value);
    if (end < 0 || end === this.#bytes.length) {
      this.full = true;
      return;
    }
    this.#put(Global.strI);
    this.length = end;
    this.#put(0);
  }

  /** What has a NUL in it cannot be an inline string, and goes as opaque bytes. */
  utf8(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (find(bytes, 0, 0) >= 0) {
      this.binary(bytes);
      return;
    }
    if (!this.#room(bytes.length + 2)) return;
    this.#put(Global.strI);
    this.#append(bytes);
    this.#put(0);
  }

  binary(bytes: Uint8Array): void {
    if (bytes.length === 0 || !this.#room(this.binaryLength(bytes.length))) return;
    this.#put(Global.opaque);
    this.length = putNumber(this.#bytes, this.length, bytes.length);
    this.#append(bytes);
  }

  mark(): number {
    return (this.length * DEPTH_BASE + this.#depth) * PAGE_BASE + this.#page;
  }

  rewind(mark: number): void {
    const place = Math.floor(mark / PAGE_BASE);
    this.#page = mark % PAGE_BASE;
    this.#depth = place % DEPTH_BASE;
    this.length = (place - this.#depth) / DEPTH_BASE;
    this.full = false;
    this.#startEnd = -1;
  }

  binaryLength(count: number): number {
    return 1 + numberLength(count) + count;
  }

  /** A switch to its page, which an element inside the one around it may have left, and the tag. */
  emptyLength(): number {
    return 3;
  }

  closeLength(): number {
    return 1;
  }

  /**
   * Writes a tag with content, and what has to stand before it, behind the length: where it ends,
   * or -1 when it does not fit.
   */
  #start(tag: number): number {
    const bytes = this.#bytes;
    const page = tag >> 8;
    const code = tag & 0xff;
    assert(this.#vocabulary.pages[page]?.names[code] !== undefined, "a tag without a name");
    let at = this.length;
    if (!this.#room((at === 0 ? this.#header.length : 0) + (page === this.#page ? 1 : 3)))
      return -1;
    if (at === 0) for (const byte of this.#header) bytes[at++] = byte;
    if (page !== this.#page) {
      bytes[at++] = Global.switchPage;
      bytes[at++] = page;
    }
    bytes[at++] = code | CONTENT_BIT;
    return at;
  }

  /** False, and `full`, when `count` bytes more do not fit, and while it is full. */
  #room(count: number): boolean {
    if (this.length + count > this.#bytes.length) this.full = true;
    return !this.full;
  }

  #put(byte: number): void {
    this.#bytes[this.length++] = byte;
  }

  #append(bytes: Uint8Array): void {
    copy(this.#bytes, this.length, bytes, 0, bytes.length);
    this.length += bytes.length;
  }
}
