/**
 * Descriptions of trees (TNDS): read in either encoding, added to a tree, and what the tree then
 * says written and read again.
 */
import { fromHex, hex } from "../../../src/base/bytes.ts";
import { Budget, Cost } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import type { SubtreeNode } from "../../../src/base/subtreenode.ts";
import { Token } from "../../../src/base/token.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { type Encoding, encodingOf, readerOf, writerOf } from "../../../src/session/encoding.ts";
import { DdfTag } from "../../../src/syncml/ddftag.ts";
import { ElementReader } from "../../../src/syncml/elements.ts";
import { readTnds, TndsWriter } from "../../../src/syncml/tnds.ts";
import { Garden, OWNER } from "../tree/garden.ts";
import { MapStore } from "../tree/mapstore.ts";
import type { Choices } from "./choices.ts";
import { must, type Parser } from "./parser.ts";

const TARGET = "./Garden/Beds";
/** What an Add of a description may be answered (OMA-TS-DM-RepPro, Add). */
const STATUSES: readonly number[] = [
  200, 400, 403, 404, 405, 406, 413, 414, 415, 418, 420, 425, 500,
];
const WRITTEN_BYTES = 65536;

/** The nodes of a document that is nothing but a description. */
function read(document: Uint8Array): readonly SubtreeNode[] | undefined {
  const reader = readerOf(encodingOf(document, document.length), document, document.length);
  const elements = new ElementReader(reader, new Budget(PEER_BYTES_MAX));
  if (reader.next() !== Token.open || reader.tag !== DdfTag.MgmtTree) return undefined;
  const nodes = readTnds(elements);
  return nodes === undefined || reader.next() !== Token.end ? undefined : nodes;
}

function write(encoding: Encoding, nodes: readonly SubtreeNode[]): Uint8Array {
  const bytes = new Uint8Array(WRITTEN_BYTES);
  const tokens = writerOf(encoding, bytes);
  const writer = new TndsWriter(tokens);
  writer.begin();
  for (const node of nodes) must(writer.node(node), "a description of the tree cannot be written");
  writer.end();
  return bytes.subarray(0, tokens.length);
}

function line({ path, format, type, acl = "", title = "", value }: SubtreeNode): string {
  const shown = value === undefined ? "-" : `=${hex(value)}`;
  return [path, format === "b64" ? "bin" : format, type, acl, title, shown].join("|");
}

function stateOf(store: MapStore): string {
  return [...store.values]
    .map(([key, value]) => `${key}=${hex(value)}`)
    .sort()
    .join("\n");
}

function check(input: Uint8Array): boolean {
  const nodes = read(input);
  if (nodes === undefined) return false;
  must(nodes.length * Cost.node <= PEER_BYTES_MAX, "too many nodes");
  const store = new MapStore();
  const { tree } = new Garden(store);
  const before = stateOf(store);
  const status = tree.addSubtree(TARGET, nodes, OWNER);
  must(STATUSES.includes(status), `a status that Add does not have: ${status}`);
  if (status !== 200) {
    must(stateOf(store) === before, `${status}, and something has changed`);
    return false;
  }
  const said: SubtreeNode[] = [];
  tree.get(`${TARGET}?list=TNDS-VerNo`, OWNER).subtree?.((node) => {
    said.push(node);
    return true;
  });
  for (const encoding of ["xml", "wbxml"] as const) {
    const again = read(write(encoding, said));
    must(
      again !== undefined && again.map(line).join("\n") === said.map(line).join("\n"),
      `${encoding}: it does not come back as it was`,
    );
  }
  return true;
}

function leaf(name: string, value: string): string {
  return (
    `<Node><NodeName>${name}</NodeName><RTProperties><Format><chr/></Format><Type><MIME>` +
    `text/plain</MIME></Type></RTProperties>` +
    `<Value>${value}</Value></Node>`
  );
}

function interior(name: string, inner: string): string {
  return (
    `<Node><NodeName>${name}</NodeName><RTProperties><Format><node/></Format><Type>` +
    `<DDFName/></Type></RTProperties>${inner}</Node>`
  );
}

function tree(content: string, version = "1.2"): Uint8Array {
  return utf8(`<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>${version}</VerDTD>${content}</MgmtTree>`);
}

const CORPUS: readonly Uint8Array[] = [
  tree(""),
  tree(leaf("a", "b"), "1.1"),
  tree(interior("b1", leaf("Label", "roses") + interior("Pots", leaf("p1", "red")))),
  tree(
    `${interior("b1", "")}<Node><NodeName>p1</NodeName><Path>b1/Pots</Path><Value>x</Value></Node>`,
  ),
  tree(
    "<Node><NodeName>b1</NodeName><RTProperties><ACL>Get=*&amp;Replace=owner</ACL><Format>" +
      "<node/></Format><Title>T</Title>" +
      "</RTProperties><Node><NodeName>Label</NodeName><RTProperties><Format><b64/></Format>" +
      "<VerNo>3</VerNo></RTProperties>" +
      "<Value>QUI=</Value></Node></Node>",
  ),
  // Base64 of bytes that are no characters, for a node of characters.
  tree(
    interior(
      "b1",
      "<Node><NodeName>Label</NodeName><RTProperties><Format><b64/></Format></RTProperties>" +
        "<Value>xxxx</Value></Node>",
    ),
  ),
  tree(
    interior("b1", interior("Pots", leaf("../x", "") + leaf("p".repeat(70), "") + leaf("", ""))),
  ),
  tree(`<Man>m</Man><Mod/>${"<Node>".repeat(12)}<NodeName/>${"</Node>".repeat(12)}`),
  tree(leaf("b1", "<chr/>")),
  // Page 2: MgmtTree, VerDTD 1.2, Node with NodeName b1, RTProperties with Format node, Node with
  // NodeName Label and a Value.
  fromHex(
    "02016a000002607703312e3200016466036231" +
      "00016f5c2501016466034c6162656c000176037800" +
      "01010101",
  ) ?? utf8(""),
];

const NAMES: readonly string[] = [
  "b1",
  "b2",
  "Label",
  "Size",
  "Pots",
  "p1",
  ".",
  "..",
  "",
  "a/b",
  "a?b",
  "./b1",
  "é",
  "x".repeat(64),
];
const FORMATS: readonly string[] = [
  "chr",
  "node",
  "bin",
  "b64",
  "int",
  "bool",
  "xml",
  "null",
  "float",
  "nonsense",
];

/** Nodes within nodes, beside each other, with a Path or without. */
function make(choices: Choices): Uint8Array {
  let text = "";
  let depth = 0;
  for (let steps = choices.of(24); steps > 0; steps--) {
    if (choices.of(3) === 0 && depth > 0) {
      text += "</Node>";
      depth--;
      continue;
    }
    depth++;
    text += `<Node><NodeName>${choices.from(NAMES)}</NodeName>`;
    if (choices.of(4) === 0) text += `<Path>${choices.from(NAMES)}/${choices.from(NAMES)}</Path>`;
    if (choices.of(2) === 0) {
      const acl = choices.of(4) === 0 ? "<ACL>Get=*&amp;Add=*</ACL>" : "";
      text += `<RTProperties>${acl}<Format><${choices.from(FORMATS)}/></Format></RTProperties>`;
    }
    if (choices.of(3) === 0) text += `<Value>${choices.from(NAMES)}</Value>`;
  }
  return tree(text + "</Node>".repeat(depth));
}

export const TREES: Parser = {
  name: "descriptions of trees",
  weight: 12,
  corpus: CORPUS,
  check,
  make,
  words: [
    "<Node>",
    "</Node>",
    "<NodeName>",
    "<Path>",
    "<Value>",
    "<Format><bin/></Format>",
    "<RTProperties>",
    "</RTProperties>",
  ].map((word) => utf8(word)),
};
