/**
 * Elements below the commands: strings, numbers, Meta, Item, Cred, Chal, Target and Source.
 *
 * Tolerant of what servers really send: white space and unknown elements anywhere, text where
 * elements belong, numbers with blanks, empty elements. The first failure stays in `problem`; after
 * it every loop ends at its next turn, so that callers need not look.
 */
import { base64, decodeBase64 } from "../base/base64.ts";
import { type Budget, Cost } from "../base/budget.ts";
import { IDENTIFIER_BYTES_MAX, TEXT_BYTES_MAX } from "../base/limits.ts";
import { Token, type TokenReader } from "../base/token.ts";
import { checkUtf8, text } from "../base/utf8.ts";
import type { Chal, Cred, Item, Meta, Mutable } from "./command.ts";
import { readTnds, TNDS_TAG } from "./tnds.ts";
import { CLOSED, Tag } from "./vocabulary.ts";

const NUMBER_MAX = 0xffffffff;

/** Target or Source. */
export interface Location {
  uri?: string;
  name?: string;
}

export class ElementReader {
  readonly reader: TokenReader;
  problem = "";
  offset = 0;
  /** True after a failure: there is no memory for what is in the document. */
  tooLarge = false;
  /** True when a number was none. It is for who reads the command to say so, and to reset this. */
  badNumber = false;
  readonly #budget: Budget;
  /** The document: a text elsewhere has been made for it. */
  readonly #bytes: Uint8Array;

  /** What is made of the document is charged to `budget`. */
  constructor(reader: TokenReader, budget: Budget) {
    this.reader = reader;
    this.#budget = budget;
    this.#bytes = reader.bytes;
  }

  /** Charges what comes next. */
  charge(bytes: number): void {
    if (this.problem !== "" || this.#budget.charge(bytes)) return;
    this.tooLarge = true;
    this.fail("more than there is memory for");
  }

  /** Sets the first problem; `offset` is that of the last token. */
  fail(problem: string): void {
    if (this.problem !== "") return;
    this.problem = problem;
    this.offset = this.reader.offset;
  }

  /**
   * The tag of the next element inside the open one, 0 for an unknown one, or CLOSED. Text between
   * is passed over.
   */
  child(): number {
    while (this.problem === "") {
      switch (this.reader.next()) {
        case Token.open:
          return this.reader.tag;
        case Token.close:
          return CLOSED;
        case Token.text:
          break;
        default:
          this.fail(this.reader.problem);
      }
    }
    return CLOSED;
  }

  /** Passes over the open element. */
  skip(): void {
    for (let depth = 1; depth > 0 && this.problem === ""; ) {
      const kind = this.reader.next();
      if (kind === Token.open) depth++;
      else if (kind === Token.close) depth--;
      else if (kind !== Token.text) this.fail(this.reader.problem);
    }
  }

  /** The characters of the open element, without white space around them. */
  string(): string {
    return this.#first(TEXT_BYTES_MAX);
  }

  /** The same, of an element that tells messages, commands or versions apart. */
  identifier(): string {
    return this.#first(IDENTIFIER_BYTES_MAX);
  }

  /** The first text of the open element that is not blank. Most elements have nothing else. */
  #first(bytesMax: number, nonce = false): string {
    let value = "";
    this.charge(Cost.text);
    if (this.problem === "" && this.reader.leaf()) return this.#taken(bytesMax, nonce);
    while (this.problem === "") {
      switch (this.reader.next()) {
        case Token.text:
          if (value === "") value = this.#taken(bytesMax, nonce);
          else this.#bound(bytesMax);
          break;
        case Token.close:
          return value;
        case Token.open:
          this.skip();
          break;
        default:
          this.fail(this.reader.problem);
      }
    }
    return "";
  }

  /** The last text. */
  #taken(bytesMax: number, nonce: boolean): string {
    if (!this.#bound(bytesMax)) return "";
    return nonce ? this.#nonce() : this.#characters();
  }

  /** False after a failure: the last text is too long. A tool has room for everything. */
  #bound(bytesMax: number): boolean {
    const { from, to } = this.reader;
    if (to - from <= bytesMax || this.#budget.left === Infinity) return true;
    this.fail("a text that is too long");
    return false;
  }

  /**
   * The number in the open element: decimal, 0 to 2^32 - 1. Undefined for an empty element, and for
   * what is none: then `badNumber` is set, and the document is read on.
   */
  number(): number | undefined {
    return this.numberOf(this.identifier());
  }

  numberOf(value: string): number | undefined {
    const number = Number.parseInt(value, 10);
    if (number >= 0 && number <= NUMBER_MAX && number === Number(value)) return number;
    this.badNumber ||= value !== "";
    return undefined;
  }

  /** Meta, with or without a MetInf around its elements (OMA-SyncML-MetaInfo §5). */
  meta(): Meta {
    const meta: Mutable<Meta> = {};
    this.charge(Cost.meta);
    for (let depth = 1; depth > 0 && this.problem === ""; ) {
      switch (this.child()) {
        case CLOSED:
          depth--;
          break;
        case Tag.MetInf:
          depth++;
          break;
        case Tag.Format:
          meta.format = this.string().toLowerCase();
          break;
        case Tag.Type:
          meta.type = this.string();
          break;
        case Tag.Size:
          meta.size = this.number();
          break;
        case Tag.Mark:
          meta.mark = this.string();
          break;
        case Tag.NextNonce:
          meta.nextNonce = this.#first(TEXT_BYTES_MAX, true);
          break;
        case Tag.MaxMsgSize:
          meta.maxMsgSize = this.number();
          break;
        case Tag.MaxObjSize:
          meta.maxObjSize = this.number();
          break;
        case Tag.Version:
          meta.version = this.identifier();
          break;
        default:
          this.skip();
      }
    }
    return meta;
  }

  location(): Location {
    const location: Location = {};
    for (let tag = this.child(); tag !== CLOSED; tag = this.child()) {
      if (tag === Tag.LocURI) location.uri = this.string();
      else if (tag === Tag.LocName) location.name = this.string();
      else this.skip();
    }
    return location;
  }

  cred(): Cred {
    const cred: Mutable<Cred> = { data: "" };
    for (let tag = this.child(); tag !== CLOSED; tag = this.child()) {
      if (tag === Tag.Meta) {
        const meta = this.meta();
        if (meta.type !== undefined) cred.type = meta.type;
        if (meta.format !== undefined) cred.format = meta.format;
      } else if (tag === Tag.Data) cred.data = this.string();
      else this.skip();
    }
    return cred;
  }

  chal(): Chal {
    const chal: Mutable<Chal> = { type: "" };
    for (let tag = this.child(); tag !== CLOSED; tag = this.child()) {
      if (tag !== Tag.Meta) {
        this.skip();
        continue;
      }
      const meta = this.meta();
      if (meta.type !== undefined) chal.type = meta.type;
      if (meta.format !== undefined) chal.format = meta.format;
      if (meta.nextNonce !== undefined) chal.nextNonce = meta.nextNonce;
    }
    return chal;
  }

  item(): Item {
    const item: Mutable<Item> = { binary: false, moreData: false };
    this.charge(Cost.item);
    for (let tag = this.child(); tag !== CLOSED; tag = this.child()) {
      switch (tag) {
        case Tag.Target: {
          const location = this.location();
          if (location.uri !== undefined) item.target = location.uri;
          if (location.name !== undefined) item.targetName = location.name;
          break;
        }
        case Tag.Source: {
          const location = this.location();
          if (location.uri !== undefined) item.source = location.uri;
          if (location.name !== undefined) item.sourceName = location.name;
          break;
        }
        case Tag.Meta:
          item.meta = this.meta();
          break;
        case Tag.Data:
          this.#data(item);
          break;
        case Tag.MoreData:
          item.moreData = true;
          this.skip();
          break;
        default:
          this.skip();
      }
    }
    return item;
  }

  #data(item: Mutable<Item>): void {
    const reader = this.reader;
    let data: Uint8Array | undefined;
    this.charge(Cost.view);
    while (this.problem === "") {
      switch (reader.next()) {
        case Token.text:
          if (data !== undefined && item.markup !== true && item.tree === undefined)
            this.fail("data in pieces");
          data = this.view();
          item.binary = reader.opaque;
          break;
        case Token.open:
          this.#markup(item);
          break;
        case Token.close:
          if (item.markup === true || item.tree !== undefined) {
            item.binary = false;
            delete item.data;
          } else item.data = data ?? new Uint8Array(0);
          return;
        default:
          this.fail(reader.problem);
      }
    }
  }

  /** The local name of the open element. */
  name(): string {
    const name = this.reader.name();
    this.charge(Cost.text + name.length);
    return name;
  }

  /** The text of the last token, where it is. */
  view(): Uint8Array {
    const { bytes, from, to } = this.reader;
    if (bytes !== this.#bytes) this.charge(Cost.bytes + bytes.length);
    return bytes.subarray(from, to);
  }

  /** A nonce in base64. Opaque bytes that are not base64 are the nonce itself. */
  #nonce(): string {
    const { reader } = this;
    const bytes = reader.bytes.slice(reader.from, reader.to);
    if (!reader.opaque || decodeBase64(bytes, 0, bytes.length) >= 0) return this.#characters();
    return base64(reader.bytes.subarray(reader.from, reader.to));
  }

  /** Elements inside Data: a tree description is kept, once; anything else is passed over. */
  #markup(item: Mutable<Item>): void {
    const first = this.reader.tag === TNDS_TAG && item.tree === undefined;
    const tree = first ? readTnds(this) : undefined;
    if (!first) this.skip();
    if (tree === undefined) item.markup = true;
    else item.tree = tree;
  }

  /**
   * The text without white space around it. A reader has checked that it is characters, but for
   * opaque bytes.
   */
  #characters(): string {
    const { bytes, from, to, opaque } = this.reader;
    this.charge(to - from);
    if (!opaque || checkUtf8(bytes, from, to) < 0) return text(bytes, from, to).trim();
    this.fail("not characters");
    return "";
  }
}
