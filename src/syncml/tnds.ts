/**
 * A part of the management tree as a document (OMA-TS-DM-TNDS): read from an open MgmtTree element,
 * written to any TokenWriter.
 *
 * Nodes may be nested, or stand beside each other with a Path. Both are relative to the Target of
 * the command (OMA-TS-DM-RepPro, Add and Get); an empty NodeName is that Target itself.
 */
import { base64Length, decodeBase64 } from "../base/base64.ts";
import { Cost } from "../base/budget.ts";
import { SUBTREE_NESTING_MAX } from "../base/limits.ts";
import type { SubtreeNode } from "../base/subtreenode.ts";
import { Token, type TokenReader, type TokenWriter } from "../base/token.ts";
import { utf8 } from "../base/utf8.ts";
import { DDF_VERSION, DdfTag, formatTag } from "./ddftag.ts";
import type { Mutable } from "./command.ts";
import { CLOSED, Tag } from "./vocabulary.ts";

/** The tag that begins a description. */
export const TNDS_TAG: number = DdfTag.MgmtTree;
export const TNDS_XML = "application/vnd.syncml.dmtnds+xml";
export const TNDS_WBXML = "application/vnd.syncml.dmtnds+wbxml";

/** True for the MIME type of a serialised tree, in either encoding. */
export function isTnds(type: string): boolean {
  const name = type.toLowerCase();
  return name === TNDS_XML || name === TNDS_WBXML;
}

const NOTHING = new Uint8Array(0);

/** True for a value that is not characters; "b64" says how it has travelled. */
function isBinary({ format }: SubtreeNode): boolean {
  return format === "bin" || format === "b64";
}

/** What a description is read from: the elements of a message or of a document (elements.ts). */
export interface NodeElements {
  readonly reader: TokenReader;
  /** Not empty after a failure. */
  readonly problem: string;
  child(): number;
  skip(): void;
  identifier(): string;
  name(): string;
  string(): string;
  view(): Uint8Array;
  charge(bytes: number): void;
  fail(problem: string): void;
}

interface OpenNode {
  readonly node: Mutable<SubtreeNode>;
  /** Path of the node around it, its own Path, its own name. */
  readonly base: string;
  middle: string;
  name: string;
}

/** `a` and `b` as one path; either may be empty, `b` may begin with "./" or "/". */
function joined(a: string, b: string): string {
  const below =
    b === "." ? "" : b.startsWith("./") ? b.slice(2) : b.startsWith("/") ? b.slice(1) : b;
  return a === "" ? below : below === "" ? a : `${a}/${below}`;
}

/**
 * Reads the open MgmtTree to its end: its nodes in the order of the document, values as views of
 * the reader's bytes. undefined when it is no tree of version 1.2: no VerDTD, values that are
 * markup or not the base64 they should be, a Node without NodeName.
 */
export function readTnds(elements: NodeElements): readonly SubtreeNode[] | undefined {
  const nodes: SubtreeNode[] = [];
  const open: OpenNode[] = [];
  let version = "";
  let good = true;
  while (elements.problem === "") {
    const tag = elements.child();
    const inner = open[open.length - 1];
    if (tag === CLOSED) {
      if (open.pop() === undefined) return good && version === DDF_VERSION ? nodes : undefined;
    } else if (tag === DdfTag.Node) {
      elements.charge(Cost.node);
      const node = { path: "", format: "", type: "" };
      nodes.push(node);
      open.push({ node, base: inner?.node.path ?? "", middle: "", name: "" });
    } else if (inner === undefined) {
      if (tag === Tag.VerDTD || tag === DdfTag.VerDTD) version = elements.identifier();
      else elements.skip();
    } else if (!readPart(elements, tag, inner)) good = false;
  }
  return undefined;
}

/** Reads one child of a Node: false when it cannot be. */
function readPart(elements: NodeElements, tag: number, open: OpenNode): boolean {
  switch (tag) {
    case DdfTag.NodeName:
      open.name = elements.string();
      break;
    case DdfTag.Path:
      open.middle = elements.string();
      break;
    case DdfTag.RTProperties:
      readProperties(elements, open.node);
      return true;
    case DdfTag.Value:
      return readValue(elements, open.node);
    default:
      elements.skip();
      return true;
  }
  open.node.path = joined(joined(open.base, open.middle), open.name);
  elements.charge(Cost.text + utf8(open.node.path).length);
  return true;
}

function readProperties(elements: NodeElements, node: Mutable<SubtreeNode>): void {
  for (let tag = elements.child(); tag !== CLOSED; tag = elements.child()) {
    switch (tag) {
      case DdfTag.ACL:
        node.acl = elements.string();
        break;
      case DdfTag.Title:
        node.title = elements.string();
        break;
      case Tag.Format:
      case DdfTag.Format:
        while (elements.child() !== CLOSED) {
          node.format = elements.name().toLowerCase();
          elements.skip();
        }
        break;
      case Tag.Type:
      case DdfTag.Type:
        for (let kind = elements.child(); kind !== CLOSED; kind = elements.child()) {
          if (kind === DdfTag.MIME || kind === DdfTag.DDFName) node.type = elements.string();
          else elements.skip();
        }
        break;
      default:
        elements.skip();
    }
  }
}

/**
 * The value: characters as they stand, base64 where the Format says so, or says binary and the
 * encoding cannot carry it.
 */
function readValue(elements: NodeElements, node: Mutable<SubtreeNode>): boolean {
  const { reader } = elements;
  let value: Uint8Array = NOTHING;
  let opaque = false;
  let good = true;
  elements.charge(Cost.view);
  for (;;) {
    const kind = reader.next();
    if (kind === Token.text) {
      good &&= value.length === 0;
      value = elements.view();
      opaque = reader.opaque;
    } else if (kind === Token.open) {
      good = false;
      elements.skip();
    } else if (kind === Token.close) break;
    else {
      elements.fail(reader.problem);
      return false;
    }
  }
  if (node.format === "b64" || (node.format === "bin" && !opaque)) {
    const length = decodeBase64(value, 0, value.length);
    if (length < 0) return false;
    value = value.subarray(0, length);
  }
  node.value = value;
  return good;
}

/** Writes a description node by node: parents before children, children together. */
export class TndsWriter {
  readonly #writer: TokenWriter;
  /** Binary values become base64, and their Format says so. */
  readonly #base64: boolean;
  /** Paths of the Node elements that are open. */
  readonly #open: string[] = [];

  constructor(writer: TokenWriter) {
    this.#writer = writer;
    this.#base64 = writer.binaryLength(3) === base64Length(3);
  }

  begin(): void {
    this.#writer.open(DdfTag.MgmtTree);
    this.#element(DdfTag.VerDTD, DDF_VERSION);
  }

  /**
   * False when the writer is full. Properties that are undefined or empty are not written; the
   * format "" likewise.
   */
  node(node: SubtreeNode): boolean {
    const writer = this.#writer;
    const parent = this.#parentOf(node.path);
    const slash = node.path.lastIndexOf("/");
    const nested = this.#open.length > 0 && this.#open[this.#open.length - 1] === parent;
    writer.open(DdfTag.Node);
    this.#element(DdfTag.NodeName, slash < 0 ? node.path : node.path.slice(slash + 1));
    if (!nested && parent !== "") this.#element(DdfTag.Path, parent);
    this.#properties(node);
    if (node.value !== undefined) this.#value(node, node.value);
    this.#open.push(node.path);
    return !writer.full;
  }

  end(): void {
    this.#closeTo(0);
    this.#writer.close();
  }

  /**
   * Closes what is not above `path`, or everything when it would be nested too deep: the path of
   * the parent.
   */
  #parentOf(path: string): string {
    const slash = path.lastIndexOf("/");
    const parent = slash < 0 ? "" : path.slice(0, slash);
    let depth = this.#open.length;
    while (depth > 0 && (this.#open[depth - 1] !== parent || path === "")) depth--;
    this.#closeTo(depth >= SUBTREE_NESTING_MAX ? 0 : depth);
    return parent;
  }

  #closeTo(depth: number): void {
    while (this.#open.length > depth) {
      this.#open.pop();
      this.#writer.close();
    }
  }

  #properties(node: SubtreeNode): void {
    const writer = this.#writer;
    const carried = this.#base64 ? DdfTag.b64 : DdfTag.bin;
    const format = isBinary(node) && node.value !== undefined ? carried : formatTag(node.format);
    writer.open(DdfTag.RTProperties);
    if (node.acl !== undefined && node.acl !== "") this.#element(DdfTag.ACL, node.acl);
    if (format !== undefined) {
      writer.open(DdfTag.Format);
      this.#element(format, "");
      writer.close();
    }
    if (node.title !== undefined && node.title !== "") this.#element(DdfTag.Title, node.title);
    if (node.type !== "" || node.format === "node") {
      writer.open(DdfTag.Type);
      this.#element(node.format === "node" ? DdfTag.DDFName : DdfTag.MIME, node.type);
      writer.close();
    }
    if (node.verNo !== undefined) this.#element(DdfTag.VerNo, String(node.verNo));
    writer.close();
  }

  #value(node: SubtreeNode, value: Uint8Array): void {
    this.#writer.open(DdfTag.Value);
    if (isBinary(node)) this.#writer.binary(value);
    else this.#writer.utf8(value);
    this.#writer.close();
  }

  #element(tag: number, value: string): void {
    this.#writer.open(tag);
    if (value !== "") this.#writer.text(value);
    this.#writer.close();
  }
}
