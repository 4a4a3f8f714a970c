/**
 * Bytes that nobody meant to be a message: the decoder answers with a value, whatever they are, and
 * in time.
 */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { ok } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { MESSAGE_BYTES_MAX } from "../../../src/base/limits.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { WbxmlReader } from "../../../src/wbxml/wbxmlreader.ts";
import { XmlReader } from "../../../src/xmllite/xmlreader.ts";
import { cpuMs } from "../cpu.ts";
import { messageText } from "../../unit/session/bench.ts";

const FOLDER = "test/golden";
const MESSAGES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) => [
    ...readFileSync(`${FOLDER}/${name}`, "utf8").matchAll(/^```xml\n([^]*?)\n```$/gm),
  ])
  .map((match) => Buffer.from(match[1] ?? ""));
/** A description of a tree as elements in Data, which is read element by element. */
MESSAGES.push(
  Buffer.from(
    messageText(
      "<Add><CmdID>1</CmdID><Item><Target><LocURI>./A</LocURI></Target><Data>" +
        '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>a</NodeName>' +
        "<Path>x/y</Path><RTProperties><ACL>Get=*</ACL>" +
        "<Format><node/></Format><Type><DDFName>t</DDFName></Type></RTProperties><Node>" +
        "<NodeName>b</NodeName><RTProperties><Format><b64/>" +
        "</Format><Type><MIME>m</MIME></Type></RTProperties><Value>QUJD</Value></Node></Node>" +
        "</MgmtTree></Data></Item></Add><Final/>",
    ),
  ),
);

const PIECES = [
  "<",
  ">",
  "/>",
  "&",
  "&#0;",
  "]]>",
  "<![CDATA[",
  "]]",
  "<!--",
  "-->",
  "--",
  "<?",
  "?>",
  '"',
  "'",
  "=",
  ":",
  "\r\n",
  "é",
  "<Data>",
  "</Data>",
  "<Node>",
  "</Node>",
  "<NodeName/>",
  "<Value>",
  "<MgmtTree>",
  "<Item/>",
  "<Atomic>",
  "</Atomic>",
  "<Final/>",
  "<MoreData/>",
];

/** Decodes, and checks what must hold of every result. */
function decode(bytes: Uint8Array): void {
  const result = decodeMessage(
    new XmlReader(bytes, bytes.length, SYNCML),
    new Budget(PEER_BYTES_MAX),
  );
  if ("problem" in result)
    ok(result.problem !== "" && result.offset >= 0 && result.offset <= bytes.length);
  else ok(result.header.sessionID !== "");
}

/** One change of some bytes of a message. */
const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat(12),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom(...PIECES).map((text) => Buffer.from(text)),
  ),
});

test("a message with a few bytes changed is decoded or malformed, never thrown", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...MESSAGES),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (message, edits) => {
        let bytes = message;
        for (const { at, remove, insert } of edits) {
          const from = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
        }
        decode(Uint8Array.from(bytes));
      },
    ),
    { numRuns: 3000 },
  );
});

test("bytes at random are malformed", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decode(bytes);
    }),
    { numRuns: 500 },
  );
});

test("the costliest full-length messages take no longer than a few of the plain ones", () => {
  const open = "<SyncML><SyncBody>";
  const pieces = [
    "<a>",
    "<a/>",
    "<a b='c'/>",
    "<!---->",
    "&amp;",
    "]",
    "]]",
    "\r",
    "<![CDATA[]]>",
    "<?p?>",
    "<a b=' ",
    "<!--",
    ">",
  ];
  for (const piece of pieces) {
    const bytes = Buffer.from(
      (open + piece.repeat(MESSAGE_BYTES_MAX / piece.length)).slice(0, MESSAGE_BYTES_MAX),
    );
    const tookMs = cpuMs(() => {
      decode(bytes);
    });
    ok(tookMs < 500, `${piece} takes ${tookMs} ms`);
  }
});

test("and in WBXML: strings of a long table, pieces, entities, switches, nothing at all", () => {
  const table = new Uint8Array(4096).fill(0x61);
  const head = [2, 0xa4, 1, 0x6a, 0xa0, 0, ...table, 0x6d, 0x6b, 0x4f];
  const pieces = [
    [0x83, 0],
    [0x83, 0x9f, 0x7f],
    [2, 0x41],
    [3, 0],
    [3, 0x41, 0],
    [0, 0],
    [5],
    [0x45],
    [0x45, 1],
    [0xc3, 0],
    [3, 0x41, 0, 0xc3, 1, 0],
  ];
  for (const piece of pieces) {
    const bytes = new Uint8Array(MESSAGE_BYTES_MAX);
    bytes.set(head);
    for (let at = head.length; at + piece.length <= bytes.length; at += piece.length)
      bytes.set(piece, at);
    const tookMs = cpuMs(() => {
      ok(
        "problem" in
          decodeMessage(new WbxmlReader(bytes, bytes.length, SYNCML), new Budget(PEER_BYTES_MAX)),
      );
    });
    ok(tookMs < 500, `${piece.join()} takes ${tookMs} ms`);
  }
});
