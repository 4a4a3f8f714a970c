/** Descriptions of trees (OMA-TS-DM-TNDS): read, written, and written again. */
import { Budget, Cost } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX, SUBTREE_NESTING_MAX } from "../../../src/base/limits.ts";
import type { SubtreeNode } from "../../../src/base/subtreenode.ts";
import { Token } from "../../../src/base/token.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { readerOf, writerOf } from "../../../src/session/encoding.ts";
import { ElementReader } from "../../../src/syncml/elements.ts";
import { isTnds, readTnds, TndsWriter } from "../../../src/syncml/tnds.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

function read(document: string): readonly SubtreeNode[] | undefined {
  const bytes = utf8(document);
  const reader = readerOf("xml", bytes, bytes.length);
  const elements = new ElementReader(reader, new Budget(PEER_BYTES_MAX));
  equal(reader.next(), Token.open);
  const nodes = readTnds(elements);
  return elements.problem === "" ? nodes : undefined;
}

function tree(content: string): string {
  return `<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>${content}</MgmtTree>`;
}

function paths(document: string): readonly string[] | undefined {
  return read(document)?.map((node) => node.path);
}

function write(nodes: readonly SubtreeNode[]): string {
  const bytes = new Uint8Array(4000);
  const tokens = writerOf("xml", bytes);
  const writer = new TndsWriter(tokens);
  writer.begin();
  for (const node of nodes) ok(writer.node(node));
  writer.end();
  return text(bytes, 0, tokens.length);
}

function node(name: string, inner = ""): string {
  return `<Node><NodeName>${name}</NodeName>${inner}</Node>`;
}

test("nested nodes and nodes with a Path say the same (§6.3.1.5, §6.3.1.7)", () => {
  deepEqual(paths(tree(node("V", node("I", node("G"))))), ["V", "V/I", "V/I/G"]);
  deepEqual(
    paths(tree(`${node("V")}${node("I", "<Path>V</Path>")}${node("G", "<Path>./V/I</Path>")}`)),
    ["V", "V/I", "V/I/G"],
  );
  deepEqual(paths(tree(node("", node("a")))), ["", "a"]);
});

test("Format, Type, ACL, Title and Value are read", () => {
  const [leaf] =
    read(
      tree(
        node(
          "a",
          "<RTProperties><ACL>Get=*</ACL><Format><chr/></Format><Title>T</Title>" +
            "<Type><MIME>text/plain</MIME></Type><VerNo>7</VerNo></RTProperties><Value>x &amp; " +
            "y</Value>",
        ),
      ),
    ) ?? [];
  equal(leaf?.format, "chr");
  equal(leaf?.type, "text/plain");
  equal(leaf?.acl, "Get=*");
  equal(leaf?.title, "T");
  equal(text(leaf?.value ?? utf8(""), 0, leaf?.value?.length ?? 0), "x & y");
  const [mo] =
    read(
      tree(
        node(
          "a",
          "<RTProperties><Format><node/></Format><Type><DDFName>urn:x</DDFName></Type>" +
            "</RTProperties>",
        ),
      ),
    ) ?? [];
  equal(mo?.format, "node");
  equal(mo?.type, "urn:x");
  equal(mo?.value, undefined);
});

test("a binary value is base64 in XML", () => {
  const binary = (value: string): string =>
    tree(node("a", `<RTProperties><Format><b64/></Format></RTProperties><Value>${value}</Value>`));
  deepEqual([...(read(binary("AQID"))?.[0]?.value ?? [])], [1, 2, 3]);
  equal(read(binary("A*")), undefined);
});

test("a value that came as base64 goes on as what the encoding has for bytes", () => {
  const node = { path: "a", format: "b64", type: "", value: Uint8Array.from([1, 2, 3]) };
  ok(write([node]).includes("<Format><b64/></Format></RTProperties><Value>AQID</Value>"));
  deepEqual([...(read(write([node]))?.[0]?.value ?? [])], [1, 2, 3]);
  const bytes = new Uint8Array(200);
  const tokens = writerOf("wbxml", bytes);
  const writer = new TndsWriter(tokens);
  writer.begin();
  ok(writer.node(node));
  writer.end();
  const reader = readerOf("wbxml", bytes.subarray(0, tokens.length), tokens.length);
  const elements = new ElementReader(reader, new Budget(PEER_BYTES_MAX));
  reader.next();
  const [back] = readTnds(elements) ?? [];
  equal(back?.format, "bin");
  deepEqual([...(back?.value ?? [])], [1, 2, 3]);
});

test("what is no description of version 1.2 is refused", () => {
  equal(read("<MgmtTree><VerDTD>1.1</VerDTD></MgmtTree>"), undefined);
  equal(read("<MgmtTree></MgmtTree>"), undefined);
  equal(read(tree(node("a", "<Value><x/></Value>"))), undefined);
});

/** How many nodes, of those that `tree` describes, there is memory for. */
function most(describe: (count: number) => string): number {
  let count = 1;
  while (read(describe(count + 1)) !== undefined) count++;
  equal(read(describe(count))?.length, count);
  equal(read(describe(count + 1)), undefined);
  return count;
}

test("so many nodes are read as there is memory for", () => {
  const each = Cost.node + 2 * (Cost.text + 1);
  equal(
    most((count) => tree(node("a").repeat(count))),
    ((PEER_BYTES_MAX - Cost.text - 3) / each) | 0,
  );
});

test("a long name that many nodes are below counts for each of them", () => {
  const long = "é".repeat(1000);
  const many = most((count) => tree(node("a").repeat(count)));
  const few = most((count) => tree(node(long, node("a").repeat(count - 1))));
  ok(few < many / 8, `${few} below a long name, ${many} else`);
});

test("a description is nested, with base64 where needed, and nothing unknown", () => {
  const document = write([
    { path: "", format: "node", type: "urn:x", acl: "", verNo: 3 },
    { path: "a", format: "chr", type: "text/plain", value: utf8("v") },
    { path: "b", format: "bin", type: "", value: Uint8Array.from([1, 2, 3]) },
    { path: "c", format: "", type: "", title: "T", acl: "Get=*" },
  ]);
  equal(
    document,
    tree(
      "<Node><NodeName/><RTProperties><Format><node/></Format><Type><DDFName>urn:x</DDFName>" +
        "</Type><VerNo>3</VerNo>" +
        "</RTProperties>" +
        node(
          "a",
          "<RTProperties><Format><chr/></Format><Type><MIME>text/plain</MIME></Type>" +
            "</RTProperties>" +
            "<Value>v</Value>",
        ) +
        node("b", "<RTProperties><Format><b64/></Format></RTProperties><Value>AQID</Value>") +
        node("c", "<RTProperties><ACL>Get=*</ACL><Title>T</Title></RTProperties>") +
        "</Node>",
    ),
  );
});

test("a node whose parent is not described, or that is nested too deep, has a Path", () => {
  equal(
    write([
      { path: "", format: "", type: "" },
      { path: "a/b", format: "", type: "" },
    ]),
    tree(
      "<Node><NodeName/><RTProperties/></Node><Node><NodeName>b</NodeName><Path>a</Path>" +
        "<RTProperties/></Node>",
    ),
  );
  const deep = Array.from({ length: SUBTREE_NESTING_MAX + 2 }, (_, depth) =>
    Array.from({ length: depth + 1 }, () => "n").join("/"),
  );
  const described = (depth: number): string =>
    write(
      deep
        .slice(0, depth)
        .map((path) => ({ path, format: "chr", type: "", value: utf8("x") }) as const),
    );
  equal(described(SUBTREE_NESTING_MAX).includes("<Path>"), false);
  ok(described(SUBTREE_NESTING_MAX + 1).includes("<Path>"));
  deepEqual(paths(described(deep.length)), deep);
});

test("a description that does not fit its buffer says so", () => {
  const tokens = writerOf("xml", new Uint8Array(120));
  const writer = new TndsWriter(tokens);
  writer.begin();
  ok(!writer.node({ path: "n".repeat(60), format: "chr", type: "text/plain" }));
});

test("the MIME types of both encodings are known", () => {
  ok(
    isTnds("application/vnd.syncml.dmtnds+xml") &&
      isTnds("application/vnd.syncml.dmtnds+WBXML") &&
      !isTnds("text/plain"),
  );
});
