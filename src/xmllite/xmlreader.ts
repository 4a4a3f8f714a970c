/**
 * XML 1.0 bytes to tokens: a pull tokenizer over one buffer that holds a whole document.
 *
 * Checked: one root, end tags that match, a bounded depth, UTF-8, attributes with quotes, the five
 * entities and character references, `]]>` only as the end of CDATA. Refused: declarations in a
 * document type, other encodings. A document type is read over (doctype.ts). Attributes and
 * namespaces are read over: a prefix is dropped and an element is known by its local name. Not
 * checked: attributes given twice, references inside attribute values, control characters.
 *
 * The cost is in calls, not in bytes: runs are found, copied and made strings by functions that are
 * native on a board, and the next `&`, CR and `]` are remembered, so that a document is searched
 * once for each however many texts it has.
 */
import { copy, find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { ELEMENT_DEPTH_MAX, ELEMENT_NAME_BYTES_MAX } from "../base/limits.ts";
import { Token, type TokenKind, type TokenReader, type Vocabulary } from "../base/token.ts";
import { checkUtf8, pastText, text } from "../base/utf8.ts";
import { attribute, type Cursor, nameEnd, pastSpace } from "./name.ts";
import { reference } from "./reference.ts";
import { checkDeclaration, pastAside, pastDoctype } from "./xmlprolog.ts";

/** Where the tokenizer stands; after each a sample, with `|` for the position. */
const State = frozen({
  start: 0, // |<?xml version="1.0"?><a/>
  prolog: 1, // <?xml version="1.0"?>|<a/>
  content: 2, // <a>|text</a>
  empty: 3, // <a/>|  the open has been given, the close is due
  epilog: 4, // <a></a>|<!-- over -->
  failed: 5, // </a>|
});

const LT = 0x3c;
const GT = 0x3e;
const AMP = 0x26;
const CR = 0x0d;
const LF = 0x0a;
const SLASH = 0x2f;
const OPENING = 0x5b;
const BRACKET = 0x5d;
const MARK = 0x21;
const QUERY = 0x3f;
/** `<name>` up to this length is looked up in one piece. */
const PLAIN_TAG_MAX = 48;

export class XmlReader implements TokenReader {
  readonly bytes: Uint8Array;
  tag = 0;
  from = 0;
  to = 0;
  readonly opaque = false;
  offset = 0;
  problem = "";
  readonly #vocabulary: Vocabulary;
  #state: number = State.start;
  #at = 0;
  /** Names and tags of the elements that are open, outermost first. */
  readonly #names: string[] = [];
  readonly #tags: number[] = [];
  #depth = 0;
  #name = "";
  /**
   * The next byte that ends a plain run of text (`&`, CR, `]`): behind the position when it has to
   * be looked for.
   */
  #nextSpecial = -1;
  #nextAmp = -1;
  #nextCr = -1;
  #nextBracket = -1;

  /** Reads bytes[0, length), and rewrites them: every text is decoded over itself. */
  constructor(bytes: Uint8Array, length: number, vocabulary: Vocabulary) {
    this.bytes = length === bytes.length ? bytes : bytes.subarray(0, length);
    this.#vocabulary = vocabulary;
  }

  name(): string {
    const colon = this.#name.lastIndexOf(":");
    return colon < 0 || colon === this.#name.length - 1 ? this.#name : this.#name.slice(colon + 1);
  }

  next(): TokenKind {
    switch (this.#state) {
      case State.content:
        return this.#content();
      case State.empty:
        return this.#closed();
      case State.start:
        return this.#start() ? this.#prolog() : Token.error;
      case State.epilog:
        return this.#epilog();
      default:
        return Token.error;
    }
  }

  leaf(): boolean {
    if (this.#state !== State.content) return false;
    const bytes = this.bytes;
    const at = this.#at;
    const lt = find(bytes, at, LT);
    if (lt < 0 || bytes[lt + 1] !== SLASH) return false;
    if (this.#nextSpecial < at) this.#findSpecial();
    if (lt > this.#nextSpecial) return false;
    const end = pastText(bytes, lt + 2, this.#names[this.#depth - 1] ?? "");
    if (end < 0 || bytes[end] !== GT) return false;
    this.offset = this.from = at;
    this.to = lt;
    this.#at = end + 1;
    this.#closed();
    return true;
  }

  #fail(problem: string, at: number): typeof Token.error {
    this.#state = State.failed;
    this.problem = problem;
    this.offset = at;
    return Token.error;
  }

  #refuse(problem: string, at: number): false {
    this.#fail(problem, at);
    return false;
  }

  /** Byte order mark and XML declaration. */
  #start(): boolean {
    const bytes = this.bytes;
    const bad = checkUtf8(bytes, 0, bytes.length);
    if (bad >= 0) return this.#refuse("not UTF-8", bad);
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3;
    this.#state = State.prolog;
    const cursor: Cursor = { at: this.#at, problem: "" };
    checkDeclaration(bytes, cursor);
    this.#at = cursor.at;
    return cursor.problem === "" || this.#refuse(cursor.problem, cursor.at);
  }

  #prolog(): TokenKind {
    if (!this.#pastMisc()) return Token.error;
    const cursor: Cursor = { at: this.#at, problem: "" };
    pastDoctype(this.bytes, cursor);
    if (cursor.problem !== "") return this.#fail(cursor.problem, cursor.at);
    if (cursor.at !== this.#at) {
      this.#at = cursor.at;
      if (!this.#pastMisc()) return Token.error;
    }
    if (this.#at >= this.bytes.length) return this.#fail("no root element", this.#at);
    return this.#open();
  }

  #epilog(): TokenKind {
    if (!this.#pastMisc()) return Token.error;
    this.offset = this.#at;
    return this.#at >= this.bytes.length
      ? Token.end
      : this.#fail("more than one root element", this.#at);
  }

  /**
   * Goes past white space, comments and processing instructions outside the root, to a `<` or the
   * end.
   */
  #pastMisc(): boolean {
    for (;;) {
      this.#at = pastSpace(this.bytes, this.#at);
      if (this.#at >= this.bytes.length) return true;
      if (this.bytes[this.#at] !== LT)
        return this.#refuse("text outside the root element", this.#at);
      const after = this.#pastAside(this.#at);
      if (after < 0) return false;
      if (after === this.#at) return true;
      this.#at = after;
    }
  }

  /**
   * The position after a comment or processing instruction at `at`, `at` itself when there is none,
   * -1 when it is broken.
   */
  #pastAside(at: number): number {
    const cursor: Cursor = { at, problem: "" };
    pastAside(this.bytes, cursor);
    if (cursor.problem !== "") {
      this.#fail(cursor.problem, cursor.at);
      return -1;
    }
    return cursor.at;
  }

  #content(): TokenKind {
    if (this.bytes[this.#at] === LT) {
      const next = this.bytes[this.#at + 1];
      if (next === SLASH) return this.#close();
      if (next !== MARK && next !== QUERY) return this.#open();
    }
    return this.#text();
  }

  #open(): TokenKind {
    const bytes = this.bytes;
    const from = this.#at + 1;
    this.offset = this.#at;
    if (this.#depth >= ELEMENT_DEPTH_MAX) return this.#fail("too many open elements", this.#at);
    const gt = find(bytes, from, GT);
    if (gt < 0) return this.#fail("a tag without an end", this.#at);
    const empty = bytes[gt - 1] === SLASH && gt - 1 > this.#at;
    const plainEnd = empty ? gt - 1 : gt;
    this.#name = plainEnd - from <= PLAIN_TAG_MAX ? text(bytes, from, plainEnd) : "";
    const tag = this.#vocabulary.tags.get(this.#name);
    if (tag === undefined) return this.#openWithAttributes(from);
    this.#at = gt + 1;
    return this.#opened(tag, empty);
  }

  /**
   * The slow way: `<Type xmlns="syncml:metinf">`, prefixes, names that the vocabulary does not
   * have.
   */
  #openWithAttributes(from: number): TokenKind {
    const bytes = this.bytes;
    const end = nameEnd(bytes, from);
    if (end === from) return this.#fail("not a name", from);
    if (end - from > ELEMENT_NAME_BYTES_MAX) return this.#fail("a name that is too long", from);
    this.#name = text(bytes, from, end);
    const tag =
      this.#vocabulary.tags.get(this.#name) ?? this.#vocabulary.tags.get(this.name()) ?? 0;
    const cursor: Cursor = { at: end, problem: "" };
    while (attribute(bytes, cursor) !== undefined);
    if (cursor.problem !== "") return this.#fail(cursor.problem, cursor.at);
    const empty = bytes[cursor.at] === SLASH;
    if (empty) cursor.at++;
    if (bytes[cursor.at] !== GT) return this.#fail("a tag that does not end with >", cursor.at);
    this.#at = cursor.at + 1;
    return this.#opened(tag, empty);
  }

  #opened(tag: number, empty: boolean): TokenKind {
    this.tag = tag;
    this.#names[this.#depth] = this.#name;
    this.#tags[this.#depth++] = tag;
    this.#state = empty ? State.empty : State.content;
    return Token.open;
  }

  #close(): TokenKind {
    const bytes = this.bytes;
    const from = this.#at + 2;
    const end = pastText(bytes, from, this.#names[this.#depth - 1] ?? "");
    const gt = end < 0 || bytes[end] === GT ? end : pastSpace(bytes, end);
    this.offset = this.#at;
    if (bytes[gt] !== GT) {
      return this.#fail(
        find(bytes, from, GT) < 0 ? "a tag without an end" : "an end tag that does not match",
        this.#at,
      );
    }
    this.#at = gt + 1;
    return this.#closed();
  }

  #closed(): TokenKind {
    if (this.#state === State.empty) this.offset = this.#at - 2;
    this.tag = this.#tags[--this.#depth] ?? 0;
    this.#state = this.#depth === 0 ? State.epilog : State.content;
    return Token.close;
  }

  /**
   * Text, CDATA and what lies between them up to the next tag, moved together. Comments alone are
   * no token.
   */
  #text(): TokenKind {
    const bytes = this.bytes;
    this.offset = this.from = this.to = this.#at;
    for (;;) {
      const lt = find(bytes, this.#at, LT);
      if (lt < 0) return this.#fail("the document ends inside an element", bytes.length);
      if (this.#nextSpecial < this.#at) this.#findSpecial();
      if (lt <= this.#nextSpecial) this.#append(lt);
      else if (!this.#run(lt)) return Token.error;
      const next = bytes[lt + 1];
      if (next !== MARK && next !== QUERY) break;
      const after = this.#pastAside(lt);
      if (after < 0) return Token.error;
      if (after === lt && !this.#cdata(lt)) return Token.error;
      if (after !== lt) this.#at = after;
    }
    return this.to > this.from ? Token.text : this.#content();
  }

  /** Character data up to `end`: references and line ends are decoded. */
  #run(end: number): boolean {
    const bytes = this.bytes;
    for (let bracket = this.#nextBracket; bracket < end; ) {
      if (bytes[bracket + 1] === BRACKET && bytes[bracket + 2] === GT)
        return this.#refuse("]]> in text", bracket);
      bracket = this.#nextBracket = this.#find(bracket + 1, BRACKET);
    }
    while (this.#nextAmp < end) {
      const amp = this.#nextAmp;
      this.#lines(amp);
      const cursor: Cursor = { at: amp, problem: "" };
      this.to = reference(bytes, cursor, this.to);
      if (cursor.problem !== "") return this.#refuse(cursor.problem, amp);
      this.#at = cursor.at;
      this.#nextAmp = this.#find(this.#at, AMP);
    }
    this.#lines(end);
    this.#nextSpecial = -1;
    return true;
  }

  #findSpecial(): void {
    const amp = (this.#nextAmp = this.#ahead(this.#nextAmp, AMP));
    const cr = (this.#nextCr = this.#ahead(this.#nextCr, CR));
    const bracket = (this.#nextBracket = this.#ahead(this.#nextBracket, BRACKET));
    this.#nextSpecial = Math.min(amp, cr, bracket);
  }

  /** Appends the bytes up to `end` to the text; CR and CR LF become LF (XML 1.0 §2.11). */
  #lines(end: number): void {
    const bytes = this.bytes;
    this.#nextCr = this.#ahead(this.#nextCr, CR);
    while (this.#nextCr < end) {
      const cr = this.#nextCr;
      this.#append(cr);
      if (bytes[cr + 1] !== LF) bytes[this.to++] = LF;
      this.#at = cr + 1;
      this.#nextCr = this.#find(cr + 1, CR);
    }
    this.#append(end);
  }

  #append(end: number): void {
    if (end > this.#at && this.to !== this.#at)
      copy(this.bytes, this.to, this.bytes, this.#at, end);
    this.to += end - this.#at;
    this.#at = end;
  }

  /** A CDATA section at `at`. */
  #cdata(at: number): boolean {
    const bytes = this.bytes;
    const cdata = bytes[at + 8] === OPENING && text(bytes, at, at + 9) === "<![CDATA[";
    if (!cdata) return this.#refuse("neither comment nor CDATA", at);
    for (let gt = find(bytes, at + 11, GT); gt >= 0; gt = find(bytes, gt + 1, GT)) {
      if (bytes[gt - 1] !== BRACKET || bytes[gt - 2] !== BRACKET) continue;
      this.#at = at + 9;
      this.#lines(gt - 2);
      this.#at = gt + 1;
      return true;
    }
    return this.#refuse("CDATA without an end", at);
  }

  /** Where `byte` comes next: what is remembered, unless that has been passed. */
  #ahead(remembered: number, byte: number): number {
    return remembered >= this.#at ? remembered : this.#find(this.#at, byte);
  }

  /** Like `find`, with the end of the document for "nowhere". */
  #find(from: number, byte: number): number {
    const at = find(this.bytes, from, byte);
    return at < 0 ? this.bytes.length : at;
  }
}
