/**
 * A document from one encoding into the other, token by token, so that anything well-formed goes
 * through, whether or not it is a message: SyncML, MetInf, and the tree description (DDF, TNDS)
 * alone or in the Data of a message.
 *
 * What has no form in XML is kept by what stands around it: Data of format bin is base64 in XML and
 * opaque in WBXML; a tree of type …dmtnds+wbxml is a WBXML document of its own inside opaque
 * Data, and elements of type …dmtnds+xml in XML.
 */
import { fromBase64 } from "../../../src/base/base64.ts";
import { ELEMENT_DEPTH_MAX } from "../../../src/base/limits.ts";
import {
  Token,
  type TokenKind,
  type TokenReader,
  type TokenWriter,
} from "../../../src/base/token.ts";
import { encodingOf } from "../../../src/session/encoding.ts";
import { SYNCML, Tag } from "../../../src/syncml/vocabulary.ts";
import { DDF_HEADER } from "../../../src/wbxml/prolog.ts";
import { WbxmlReader } from "../../../src/wbxml/wbxmlreader.ts";
import { WbxmlWriter } from "../../../src/wbxml/wbxmlwriter.ts";
import { XmlWriter } from "../../../src/xmllite/xmlwriter.ts";
import { utf8Text } from "./bytetext.ts";

/** What is wrong with a document, and at which byte of it. */
export interface Problem {
  readonly offset: number;
  readonly reason: string;
}

/** A document in the other encoding. */
export interface Converted {
  /** What could be read, whole or not. */
  readonly bytes: Uint8Array;
  readonly problems: readonly Problem[];
}

const MGMT_TREE = 0x220;
const DDF_PAGE = 2;
const TREE_TYPE = "application/vnd.syncml.dmtnds";
/** In a tree the names mean those of its own page, which other pages have too. */
const DDF_TAGS = new Map(
  Array.from(SYNCML.pages[DDF_PAGE]?.names ?? [], (name, code) => [name, (DDF_PAGE << 8) | code]),
);

interface Element {
  readonly tag: number;
  /** Format of the Data in it; that of a command holds for its items. */
  format: string;
  /** Its Data is said to be a tree description. */
  tree: boolean;
}

export interface TranscodeOptions {
  /** What is written. */
  readonly encoding: "xml" | "wbxml";
  /** Leave out elements that no DTD has, and go on; else they end it. */
  readonly lenient: boolean;
  /** Elements that are open around the root. */
  readonly depth?: number;
}

/**
 * Writes what `reader` reads until its end, or until it can go no further: what is wrong. Every
 * element is closed.
 */
export function transcode(
  reader: TokenReader,
  writer: TokenWriter,
  options: TranscodeOptions,
): readonly Problem[] {
  const transcoder = new Transcoder(reader, writer, options);
  transcoder.run();
  return transcoder.problems;
}

/** A token that has been read, so that a Type can be written that fits the Data behind it. */
interface Read {
  readonly kind: TokenKind;
  readonly tag: number;
  /** Of an open, and what is wrong of an error. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly opaque: boolean;
  readonly offset: number;
}

const NO_BYTES = new Uint8Array(0);
const END: Read = {
  kind: Token.end,
  tag: 0,
  name: "",
  bytes: NO_BYTES,
  opaque: false,
  offset: 0,
};

/** All tokens of a document: the last one is its end, or what is wrong. */
function tokensOf(reader: TokenReader): readonly Read[] {
  const tokens: Read[] = [];
  for (;;) {
    const kind = reader.next();
    const { tag, offset, opaque, bytes, from, to } = reader;
    const name = kind === Token.open ? reader.name() : kind === Token.error ? reader.problem : "";
    const text = kind === Token.text ? bytes.slice(from, to) : NO_BYTES;
    tokens.push({ kind, tag, name, bytes: text, opaque, offset });
    if (kind === Token.end || kind === Token.error) return tokens;
  }
}

class Transcoder {
  readonly problems: Problem[] = [];
  readonly #tokens: readonly Read[];
  #at = 0;
  readonly #options: TranscodeOptions;
  readonly #open: Element[] = [];
  #writer: TokenWriter;
  /** While a tree is being embedded: what it goes into, and its buffer. */
  #outer: { readonly writer: TokenWriter; readonly bytes: Uint8Array } | undefined;
  /** Depth of an element that is left out, and all in it. */
  #skipping = 0;
  #text: { readonly bytes: Uint8Array; readonly opaque: boolean }[] = [];
  #afterOpen = false;

  constructor(reader: TokenReader, writer: TokenWriter, options: TranscodeOptions) {
    this.#tokens = tokensOf(reader);
    this.#writer = writer;
    this.#options = options;
  }

  run(): void {
    for (this.#at = 0; this.#token.kind !== Token.end; this.#at++) {
      const token = this.#token;
      if (token.kind === Token.error) this.#problem(token.name);
      if (token.kind === Token.error || (this.problems.length > 0 && !this.#options.lenient)) break;
      if (token.kind === Token.text) this.#text.push(token);
      else if (token.kind === Token.open) this.#opened(token);
      else this.#closed();
    }
    this.#text = [];
    while (this.#open.length > 0) this.#close();
  }

  get #token(): Read {
    return this.#tokens[this.#at] ?? END;
  }

  #problem(reason: string): void {
    this.problems.push({ offset: this.#token.offset, reason });
  }

  #opened(token: Read): void {
    const tag = this.#tag(token);
    const deep = this.#open.length + (this.#options.depth ?? 0) >= ELEMENT_DEPTH_MAX;
    this.#flush(false);
    if (this.#skipping > 0 || tag === 0 || deep) {
      if (this.#skipping === 0)
        this.#problem(
          deep ? "too many open elements" : `an element that no DTD has: ${token.name}`,
        );
      this.#skipping++;
      return;
    }
    if (
      tag === MGMT_TREE &&
      this.#open.at(-1)?.tag === Tag.Data &&
      this.#options.encoding === "wbxml"
    )
      this.#embed();
    this.#line();
    this.#writer.open(tag);
    this.#open.push({ tag, format: "", tree: false });
    this.#afterOpen = true;
  }

  #tag({ name, tag }: Read): number {
    const inTree = this.#open.some((element) => element.tag === MGMT_TREE);
    return inTree ? (DDF_TAGS.get(name) ?? 0) : tag;
  }

  /** The tree that begins is a document of its own. */
  #embed(): void {
    const bytes = new Uint8Array(this.#writer.capacity);
    this.#outer = { writer: this.#writer, bytes };
    this.#writer = new WbxmlWriter(bytes, SYNCML, DDF_HEADER);
  }

  #closed(): void {
    if (this.#skipping > 0) {
      this.#text = [];
      this.#skipping--;
      return;
    }
    this.#flush(this.#afterOpen);
    if (!this.#afterOpen) this.#line(-1);
    this.#close();
  }

  #close(): void {
    const tag = this.#open.pop()?.tag;
    this.#writer.close();
    this.#afterOpen = false;
    if (tag !== MGMT_TREE || this.#outer === undefined || this.#open.at(-1)?.tag !== Tag.Data)
      return;
    const { writer, bytes } = this.#outer;
    this.#outer = undefined;
    writer.binary(bytes.subarray(0, this.#writer.length));
    this.#writer = writer;
  }

  /**
   * Writes the text that has been read. White space between elements is left out, and put where it
   * is easy to read.
   */
  #flush(leaf: boolean): void {
    const text = this.#text;
    this.#text = [];
    if (this.#skipping > 0) return;
    if (!leaf && text.every((part) => !part.opaque && utf8Text(part.bytes).trim() === "")) return;
    for (const part of text) this.#value(part.bytes, part.opaque);
  }

  #value(bytes: Uint8Array, opaque: boolean): void {
    const element = this.#open.at(-1);
    const parent = this.#open.at(-3);
    const value = utf8Text(bytes).trim();
    if (element?.tag === Tag.Format && parent !== undefined) parent.format = value;
    if (element?.tag === Tag.Type && value.startsWith(TREE_TYPE) && parent !== undefined)
      parent.tree = true;
    if (element?.tag === Tag.Type && value.startsWith(TREE_TYPE) && this.#treeFollows())
      this.#writer.text(`${TREE_TYPE}+${this.#options.encoding}`);
    else if (element?.tag !== Tag.Data) this.#characters(bytes, opaque);
    else if (this.#options.encoding === "xml") this.#dataToXml(bytes, opaque);
    else this.#dataToWbxml(bytes, opaque, value);
  }

  /**
   * True when the next Data holds a whole description, which goes into the other encoding. A chunk
   * of one, and one that is text, stay what they are.
   */
  #treeFollows(): boolean {
    const data = this.#tokens.findIndex(
      ({ kind, tag }, index) => index > this.#at && kind === Token.open && tag === Tag.Data,
    );
    if (data < 0) return false;
    const blank = ({ kind, bytes, opaque }: Read): boolean =>
      kind === Token.text && !opaque && utf8Text(bytes).trim() === "";
    const first = this.#tokens.slice(data + 1).find((token) => !blank(token)) ?? END;
    if (first.kind === Token.open) return first.tag === MGMT_TREE;
    if (first.kind !== Token.text || !first.opaque || this.#options.encoding === "wbxml")
      return false;
    const scratch = new XmlWriter(new Uint8Array(this.#writer.capacity), SYNCML);
    return this.#convertible(first.bytes, scratch);
  }

  /** Of the item, or else of its command. */
  #format(): string {
    return (
      this.#open
        .slice(0, -1)
        .reverse()
        .find((element) => element.format !== "")?.format ?? ""
    );
  }

  #dataToXml(bytes: Uint8Array, opaque: boolean): void {
    if (opaque && this.#open.some(({ tree }) => tree) && this.#document(bytes)) return;
    if (opaque && this.#format() === "bin") this.#writer.binary(bytes);
    else if (!opaque || !this.#document(bytes)) this.#characters(bytes, opaque);
  }

  #dataToWbxml(bytes: Uint8Array, opaque: boolean, value: string): void {
    const binary = opaque ? bytes : this.#format() === "bin" ? fromBase64(value) : undefined;
    if (binary !== undefined) this.#writer.binary(binary);
    else this.#characters(bytes, opaque);
  }

  /** Writes opaque Data that is a WBXML document as elements: false when it is none. */
  #document(bytes: Uint8Array): boolean {
    const mark = this.#writer.mark();
    if (this.#convertible(bytes, this.#writer)) {
      this.#afterOpen = false;
      return true;
    }
    this.#writer.rewind(mark);
    return false;
  }

  /** Writes a WBXML document as elements: false when it is none. */
  #convertible(bytes: Uint8Array, writer: TokenWriter): boolean {
    if (encodingOf(bytes, bytes.length) !== "wbxml") return false;
    const reader = new WbxmlReader(Uint8Array.from(bytes), bytes.length, SYNCML);
    const depth = (this.#options.depth ?? 0) + this.#open.length;
    return transcode(reader, writer, { ...this.#options, depth }).length === 0;
  }

  /** Bytes that are no text go as base64 in XML, and as they are in WBXML. */
  #characters(bytes: Uint8Array, opaque: boolean): void {
    if (!opaque) this.#writer.utf8(bytes);
    else if (this.#options.encoding === "wbxml" || !isText(bytes)) this.#writer.binary(bytes);
    else this.#writer.utf8(bytes);
  }

  #line(more = 0): void {
    if (this.#options.encoding !== "xml") return;
    const depth = this.#open.length + (this.#options.depth ?? 0) + more;
    if (depth > 0 || more < 0) this.#writer.text(`\n${"  ".repeat(depth)}`);
  }
}

function isText(bytes: Uint8Array): boolean {
  try {
    return !/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    );
  } catch {
    return false;
  }
}
