/**
 * WBXML 1.1 to 1.3 bytes to tokens: a pull tokenizer over one buffer that holds a whole document.
 *
 * Checked: header, one root, END for each element with content, a bounded depth, numbers of 32
 * bits, text that is UTF-8. Refused: attributes, literal tags, processing instructions, extensions,
 * which no DTD of SyncML has. A code page stays until the next SWITCH_PAGE, past the end of
 * elements too. Codes that the vocabulary does not have are tag 0.
 *
 * A text of one inline string or of opaque bytes is a view of the document. Text in pieces is
 * joined over its first piece. Text with strings of the table is joined in a buffer of its own,
 * since others may refer to the same string and whoever gets a text may decode it in place; what
 * such strings come to is bounded, or a small document could stand for an endless one.
 */
import { copy, find } from "../base/bytes.ts";
import { characterLength, isCharacter, putCharacter } from "../base/character.ts";
import { frozen } from "../base/frozen.ts";
import { ELEMENT_DEPTH_MAX, TABLE_TEXT_BYTES_MAX } from "../base/limits.ts";
import { Token, type TokenKind, type TokenReader, type Vocabulary } from "../base/token.ts";
import { checkUtf8 } from "../base/utf8.ts";
import { ATTRIBUTES_BIT, CODE_MASK, CODE_MIN, CONTENT_BIT, Global } from "./global.ts";
import { header } from "./prolog.ts";
import { type Cursor, number } from "./number.ts";

/** Where the tokenizer stands; after each a sample, with `|` for the position. */
const State = frozen({
  start: 0, // |02 A4 01 6A 00 6D 01
  prolog: 1, // 02 A4 01 6A 00 | 6D 01
  content: 2, // 6D | 03 41 00 01
  empty: 3, // 12 |  the open has been given, the close is due
  epilog: 4, // 6D 01 |
  failed: 5, // 6D C4 |
});

/** One piece of a text: source[from, to), or a character when that is 0 or more. */
interface Piece {
  /** The document or its string table. */
  source: Uint8Array;
  from: number;
  to: number;
  character: number;
}

export class WbxmlReader implements TokenReader {
  bytes: Uint8Array;
  tag = 0;
  from = 0;
  to = 0;
  opaque = false;
  offset = 0;
  problem = "";
  readonly #document: Uint8Array;
  readonly #vocabulary: Vocabulary;
  readonly #cursor: Cursor = { at: 0, problem: "" };
  readonly #piece: Piece;
  #state: number = State.start;
  /** The string table, a view. */
  #table: Uint8Array;
  #page = 0;
  /** Code and page of the last open. */
  #code = 0;
  /** Tags of the elements that are open, outermost first. */
  readonly #tags: number[] = [];
  #depth = 0;
  /** Bytes that strings of the table may still come to. */
  #tableBytes = TABLE_TEXT_BYTES_MAX;

  /** Reads bytes[0, length), and may rewrite them: text in pieces is joined over itself. */
  constructor(bytes: Uint8Array, length: number, vocabulary: Vocabulary) {
    this.#document = length === bytes.length ? bytes : bytes.subarray(0, length);
    this.bytes = this.#document;
    this.#vocabulary = vocabulary;
    this.#table = this.#document.subarray(0, 0);
    this.#piece = { source: this.#document, from: 0, to: 0, character: -1 };
  }

  /** Of a code that the vocabulary does not have: `page-1-code-3f`. */
  name(): string {
    const page = this.#code >> 8;
    const code = this.#code & 0xff;
    return this.#vocabulary.pages[page]?.names[code] ?? `page-${page}-code-${code.toString(16)}`;
  }

  next(): TokenKind {
    switch (this.#state) {
      case State.content:
        return this.#content();
      case State.empty:
        return this.#closed();
      case State.start:
        return this.#start();
      case State.epilog:
        return this.#epilog();
      default:
        return Token.error;
    }
  }

  leaf(): boolean {
    const at = this.#cursor.at;
    if (this.#state !== State.content || this.#document[at] !== Global.strI) return false;
    if (!this.#string(at)) return false;
    this.offset = at;
    this.#cursor.at++;
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

  #start(): TokenKind {
    const table = header(this.#document, this.#cursor);
    if (table === undefined) return this.#fail(this.#cursor.problem, this.#cursor.at);
    this.#table = this.#document.subarray(table.from, table.to);
    this.#state = State.prolog;
    if (!this.#pages()) return Token.error;
    const at = this.#cursor.at;
    const token = this.#document[at];
    if (token === undefined) return this.#fail("no root element", at);
    return (token & CODE_MASK) < CODE_MIN ? this.#fail("no root element", at) : this.#open(token);
  }

  #epilog(): TokenKind {
    const at = (this.offset = this.#cursor.at);
    return at >= this.#document.length ? Token.end : this.#fail("more than one root element", at);
  }

  /** Goes past page switches. */
  #pages(): boolean {
    const document = this.#document;
    const cursor = this.#cursor;
    for (; document[cursor.at] === Global.switchPage; cursor.at += 2) {
      const page = document[cursor.at + 1];
      if (page === undefined) return this.#refuse("the document ends in a page switch", cursor.at);
      this.#page = page;
    }
    return true;
  }

  #content(): TokenKind {
    const document = this.#document;
    const cursor = this.#cursor;
    for (;;) {
      const at = (this.offset = cursor.at);
      const token = document[at];
      switch (token) {
        case Global.end:
          cursor.at++;
          return this.#closed();
        case Global.strI:
          if (!this.#string(at) && !this.#text()) return Token.error;
          break;
        case Global.switchPage:
          if (!this.#pages()) return Token.error;
          continue;
        case Global.strT:
        case Global.entity:
          if (!this.#text()) return Token.error;
          break;
        case Global.opaque:
          if (!this.#bytes()) return Token.error;
          break;
        case undefined:
          return this.#fail("the document ends inside an element", at);
        default:
          return this.#open(token);
      }
      if (this.to > this.from) return Token.text;
    }
  }

  #open(token: number): TokenKind {
    const at = (this.offset = this.#cursor.at);
    const code = token & CODE_MASK;
    const page = this.#page;
    if (code < CODE_MIN || (token & ATTRIBUTES_BIT) !== 0) return this.#refused(token, at);
    if (this.#depth >= ELEMENT_DEPTH_MAX) return this.#fail("too many open elements", at);
    this.#cursor.at = at + 1;
    this.#code = (page << 8) | code;
    this.tag = this.#vocabulary.pages[page]?.names[code] === undefined ? 0 : this.#code;
    this.#tags[this.#depth++] = this.tag;
    this.#state = (token & CONTENT_BIT) === 0 ? State.empty : State.content;
    return Token.open;
  }

  #refused(token: number, at: number): TokenKind {
    if ((token & CODE_MASK) === Global.literal) return this.#fail("literal tags are refused", at);
    if (token === Global.pi) return this.#fail("processing instructions are refused", at);
    return this.#fail(
      (token & CODE_MASK) < CODE_MIN ? "extensions are refused" : "attributes are refused",
      at,
    );
  }

  #closed(): TokenKind {
    const depth = --this.#depth;
    this.tag = this.#tags[depth] ?? 0;
    this.#state = depth === 0 ? State.epilog : State.content;
    return Token.close;
  }

  /**
   * An inline string with END right behind it, as nearly all are. False for any other text, and
   * nothing has happened.
   */
  #string(at: number): boolean {
    const document = this.#document;
    const end = find(document, at + 1, 0);
    if (end < 0 || document[end + 1] !== Global.end || checkUtf8(document, at + 1, end) >= 0)
      return false;
    this.opaque = false;
    this.bytes = document;
    this.from = at + 1;
    this.to = end;
    this.#cursor.at = end + 1;
    return true;
  }

  /** OPAQUE: its bytes are the text, and not characters. */
  #bytes(): boolean {
    const start = this.#cursor.at++;
    const length = number(this.#document, this.#cursor);
    const from = this.#cursor.at;
    if (this.#cursor.problem !== "") return this.#refuse(this.#cursor.problem, start);
    if (from + length > this.#document.length)
      return this.#refuse("opaque bytes past the end of the document", start);
    this.bytes = this.#document;
    this.from = from;
    this.to = this.#cursor.at = from + length;
    this.opaque = true;
    return true;
  }

  /**
   * Strings and entities up to the next element or opaque bytes: walked once to measure them, and
   * again only to join them.
   */
  #text(): boolean {
    const start = this.#cursor.at;
    const piece = this.#piece;
    let pieces = 0;
    let length = 0;
    let shared = false;
    let entities = false;
    for (; this.#nextPiece(); pieces++) {
      entities ||= piece.character >= 0;
      const count = piece.character < 0 ? piece.to - piece.from : characterLength(piece.character);
      length += count;
      if (piece.source === this.#document) continue;
      shared = true;
      this.#tableBytes -= count;
      if (this.#tableBytes < 0) this.#fail("strings of the table come to too much", start);
    }
    if (this.#state === State.failed) return false;
    this.opaque = false;
    this.bytes = shared ? new Uint8Array(length) : this.#document;
    this.from = piece.from;
    this.to = piece.to;
    if (pieces > 1 || shared || entities) this.#join(start, shared ? 0 : start);
    return checkUtf8(this.bytes, this.from, this.to) < 0 || this.#refuse("not UTF-8", start);
  }

  /**
   * Puts the pieces from `start` to the cursor together at bytes[to, …): over themselves, they
   * never overtake what is to come.
   */
  #join(start: number, to: number): void {
    const cursor = this.#cursor;
    const end = cursor.at;
    const piece = this.#piece;
    this.from = to;
    cursor.at = start;
    while (cursor.at < end && this.#nextPiece()) {
      if (piece.character >= 0) to = putCharacter(this.bytes, to, piece.character);
      else {
        copy(this.bytes, to, piece.source, piece.from, piece.to);
        to += piece.to - piece.from;
      }
    }
    this.to = to;
    cursor.at = end;
  }

  /**
   * Takes the next piece of a text, and page switches before it; false when something else comes,
   * and after a failure.
   */
  #nextPiece(): boolean {
    if (this.#state === State.failed || !this.#pages()) return false;
    const document = this.#document;
    const cursor = this.#cursor;
    const piece = this.#piece;
    const at = cursor.at;
    const kind = document[at];
    piece.character = -1;
    if (kind === Global.strI) {
      const end = find(document, at + 1, 0);
      if (end < 0) cursor.problem = "a string without an end";
      piece.source = document;
      piece.from = at + 1;
      piece.to = end;
      cursor.at = end + 1;
    } else if (kind === Global.strT || kind === Global.entity) {
      cursor.at++;
      const value = number(document, cursor);
      if (kind === Global.strT) this.#tableString(value);
      else {
        piece.source = document;
        piece.character = value;
        if (!isCharacter(value)) cursor.problem ||= "an entity that is no character";
      }
    } else return false;
    return cursor.problem === "" || this.#refuse(cursor.problem, at);
  }

  #tableString(from: number): void {
    const table = this.#table;
    const piece = this.#piece;
    if (from >= table.length) this.#cursor.problem ||= "a string that the table does not have";
    const end = find(table, Math.min(from, table.length), 0);
    piece.source = table;
    piece.from = from;
    piece.to = end < 0 ? table.length : end;
  }
}
