/**
 * Descriptions of trees (OMA-TS-DM-TNDS) between a message and the tree. In a message they are
 * elements inside Data, or a document of its own: text in CDATA, or WBXML as opaque bytes. They are
 * sent as documents: those can be cut into chunks.
 */
import { type Budget, Cost } from "../base/budget.ts";
import { SUBTREE_BYTES_MAX } from "../base/limits.ts";
import type { SubtreeNode } from "../base/subtreenode.ts";
import { Token } from "../base/token.ts";
import type { Item } from "../syncml/command.ts";
import { DdfTag } from "../syncml/ddftag.ts";
import { ElementReader } from "../syncml/elements.ts";
import { Status } from "../syncml/status.ts";
import { readTnds, TNDS_WBXML, TNDS_XML, TndsWriter } from "../syncml/tnds.ts";
import type { GetAnswer } from "../tree/get.ts";
import { Collector } from "../tree/stream.ts";
import type { Sink } from "../tree/stream.ts";
import { type Encoding, encodingOf, readerOf, treeWriterOf } from "./encoding.ts";
import type { TreeAccess } from "./ports.ts";

type Put = "Add" | "Replace";

export function putSubtree(
  name: Put,
  uri: string,
  subtree: readonly SubtreeNode[],
  { tree, server }: Pick<TreeAccess, "tree" | "server">,
): number {
  return name === "Add"
    ? tree.addSubtree(uri, subtree, server)
    : tree.replaceSubtree(uri, subtree, server);
}

/**
 * Adds or replaces what a document says. The bytes are rewritten. 415: it is no description of a
 * tree.
 */
export function putDocument(
  name: Put,
  uri: string,
  bytes: Uint8Array,
  context: TreeAccess,
): number {
  const reader = readerOf(encodingOf(bytes, bytes.length), bytes, bytes.length);
  const elements = new ElementReader(reader, context.budget);
  if (reader.next() !== Token.open || reader.tag !== DdfTag.MgmtTree) return Status.unsupportedType;
  const subtree = readTnds(elements);
  if (elements.tooLarge) return Status.tooLarge;
  if (subtree === undefined || reader.next() !== Token.end) return Status.unsupportedType;
  return putSubtree(name, uri, subtree, context);
}

/** Where the chunks of a document go, or 413. */
export function documentSink(
  name: Put,
  uri: string,
  size: number | undefined,
  context: TreeAccess,
): Sink | number {
  if (size !== undefined && size > SUBTREE_BYTES_MAX) return Status.tooLarge;
  return new Collector(size, SUBTREE_BYTES_MAX, (bytes) => putDocument(name, uri, bytes, context));
}

/**
 * The Item of a result, written into `scratch` first, for nobody knows how long it will be; `later`
 * when that is too short for it. 413 when there are too many nodes, or no memory for it.
 */
export function subtreeItem(
  target: string,
  subtree: NonNullable<GetAnswer["subtree"]>,
  encoding: Encoding,
  scratch: Uint8Array,
  budget: Budget,
): Item | "later" | number {
  const tokens = treeWriterOf(encoding, scratch);
  const writer = new TndsWriter(tokens);
  writer.begin();
  const status = subtree((node) => writer.node(node));
  writer.end();
  if (tokens.full) return "later";
  if (status !== Status.ok || !budget.charge(Cost.bytes + tokens.length)) return Status.tooLarge;
  const question = target.indexOf("?");
  const source = question < 0 ? target : target.slice(0, question);
  const meta =
    encoding === "xml" ? { format: "xml", type: TNDS_XML } : { format: "bin", type: TNDS_WBXML };
  return {
    source,
    meta,
    data: scratch.slice(0, tokens.length),
    binary: encoding === "wbxml",
    moreData: false,
  };
}
