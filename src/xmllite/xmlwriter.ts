/**
 * Tokens to XML bytes, in a bounded buffer. A namespace is declared on each element whose page is
 * not its parent's; an element without content is written `<Final/>`; a document in a text goes
 * into CDATA. No declaration: UTF-8 is XML's default.
 */
import { assert } from "../base/assert.ts";
import { base64Length, putBase64 } from "../base/base64.ts";
import { copy, find, findAny } from "../base/bytes.ts";
import { ELEMENT_DEPTH_MAX } from "../base/limits.ts";
import type { TokenWriter, Vocabulary } from "../base/token.ts";
import { putElement, putText, putTexts, utf8 } from "../base/utf8.ts";

/** A mark holds the length and, in its lowest digit to this base, the depth. */
const MARK_BASE = ELEMENT_DEPTH_MAX + 1;
/** What cannot stand in text: `>` for the sake of `]]>`, CR because a reader would make it LF. */
const ESCAPED = "&<>\r";
const LT = 0x3c;
const GT = 0x3e;
const BRACKET = 0x5d;
const CR = 0x0d;

/** Shorter texts are escaped. */
const CDATA_BYTES_MIN = 16;

export class XmlWriter implements TokenWriter {
  length = 0;
  full = false;
  readonly #bytes: Uint8Array;
  readonly #vocabulary: Vocabulary;
  readonly #tags: number[] = [];
  #depth = 0;
  /** The length just after the last start tag: while it is the length, that element is empty. */
  #startEnd = -1;

  constructor(bytes: Uint8Array, vocabulary: Vocabulary) {
    this.#bytes = bytes;
    this.#vocabulary = vocabulary;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  open(tag: number): void {
    assert(this.#depth < ELEMENT_DEPTH_MAX, "too many open elements");
    if (this.full) return;
    const attributes = this.#attributes(tag);
    this.#advance(
      putTexts(
        this.#bytes,
        this.length,
        "<",
        this.#nameOf(tag),
        attributes === "" ? ">" : `${attributes}>`,
      ),
    );
    if (this.full) return;
    this.#tags[this.#depth++] = tag;
    this.#startEnd = this.length;
  }

  close(): void {
    if (this.full) return;
    assert(this.#depth > 0, "no open element");
    const start = this.length;
    const tag = this.#tags[this.#depth - 1] ?? 0;
    if (start === this.#startEnd) {
      this.length--;
      this.#put("/>");
    } else this.#advance(putTexts(this.#bytes, start, "</", this.#nameOf(tag), ">"));
    if (this.full) this.length = start;
    else this.#depth--;
  }

  /**
   * One call writes all of it, unless something has to be escaped: most of a message are such
   * elements.
   */
  leaf(tag: number, value: string): void {
    if (this.full) return;
    const end =
      value === ""
        ? -1
        : putElement(this.#bytes, this.length, this.#nameOf(tag), this.#attributes(tag), value);
    if (end >= 0) {
      this.length = end;
      return;
    }
    const mark = this.mark();
    this.open(tag);
    this.text(value);
    this.close();
    if (this.full) {
      this.rewind(mark);
      this.full = true;
    }
  }

  text(value: string): void {
    this.utf8(utf8(value));
  }

  utf8(bytes: Uint8Array): void {
    if (this.full) return;
    const start = this.length;
    if (bytes[0] === LT && bytes.length > CDATA_BYTES_MIN && this.#cdata(bytes)) return;
    for (let from = 0; ; ) {
      const special = findAny(bytes, from, bytes.length, ESCAPED);
      const to = special < 0 ? bytes.length : special;
      this.#copy(bytes, from, to);
      if (special < 0) break;
      this.#put(escapeOf(bytes[special] ?? 0));
      from = special + 1;
    }
    if (this.full) this.length = start;
  }

  /**
   * A text that is a document itself goes as CDATA, unless that cannot hold it: false, and nothing
   * is written.
   */
  #cdata(bytes: Uint8Array): boolean {
    const { length } = bytes;
    for (let at = this.#find(bytes, 0, GT); at < length; at = this.#find(bytes, at + 1, GT)) {
      if (bytes[at - 1] === BRACKET && bytes[at - 2] === BRACKET) return false;
    }
    if (findAny(bytes, 0, length, "\r") >= 0) return false;
    const start = this.length;
    this.#put("<![CDATA[");
    this.#copy(bytes, 0, length);
    this.#put("]]>");
    if (this.full) this.length = start;
    return true;
  }

  binary(bytes: Uint8Array): void {
    if (this.full) return;
    this.#advance(putBase64(this.#bytes, this.length, bytes));
  }

  mark(): number {
    return this.length * MARK_BASE + this.#depth;
  }

  rewind(mark: number): void {
    this.#depth = mark % MARK_BASE;
    this.length = (mark - this.#depth) / MARK_BASE;
    this.full = false;
    this.#startEnd = -1;
  }

  binaryLength(count: number): number {
    return base64Length(count);
  }

  emptyLength(tag: number): number {
    return this.#nameOf(tag).length + 3;
  }

  closeLength(tag: number): number {
    return this.#nameOf(tag).length + 3;
  }

  /** What the start tag declares: its namespace, on another page than the element around it. */
  #attributes(tag: number): string {
    const page = tag >> 8;
    if (this.#depth > 0 && (this.#tags[this.#depth - 1] ?? 0) >> 8 === page) return "";
    return ` xmlns="${this.#vocabulary.pages[page]?.namespace ?? ""}"`;
  }

  #nameOf(tag: number): string {
    const name = this.#vocabulary.pages[tag >> 8]?.names[tag & 0xff];
    if (name === undefined) assert(false, "a tag without a name");
    return name;
  }

  #find(bytes: Uint8Array, from: number, byte: number): number {
    const at = find(bytes, from, byte);
    return at < 0 ? bytes.length : at;
  }

  #copy(bytes: Uint8Array, from: number, to: number): void {
    if (this.full || from === to) return;
    if (this.length + (to - from) > this.#bytes.length) {
      this.full = true;
      return;
    }
    copy(this.#bytes, this.length, bytes, from, to);
    this.length += to - from;
  }

  #put(value: string): void {
    if (!this.full) this.#advance(putText(this.#bytes, this.length, value));
  }

  #advance(end: number): void {
    if (end < 0) this.full = true;
    else this.length = end;
  }
}

function escapeOf(byte: number): string {
  switch (byte) {
    case LT:
      return "&lt;";
    case GT:
      return "&gt;";
    case CR:
      return "&#13;";
    default:
      return "&amp;";
  }
}
