/**
 * Documents in readable form: decode, encode, what is wrong with them, and the commands' exit
 * status.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ELEMENT_DEPTH_MAX } from "../../../src/base/limits.ts";
import { convert, fromDump, toDump } from "../../rig/decode/document.ts";
import { root } from "../../root.ts";

const HEADER =
  "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>" +
  "1</MsgID>" +
  "<Target><LocURI>t</LocURI></Target><Source><LocURI>s</LocURI></Source></SyncHdr>";

function message(body: string): string {
  return `<SyncML xmlns="SYNCML:SYNCML1.2">${HEADER}<SyncBody>${body}</SyncBody></SyncML>`;
}

function toWbxml(xml: string, lenient = false): ReturnType<typeof convert> {
  return convert(Buffer.from(xml), "wbxml", lenient);
}

function toXml(bytes: Uint8Array, lenient = false): string {
  return Buffer.from(convert(bytes, "xml", lenient).bytes).toString();
}

/** Without the line ends and indents that make it readable. */
function flat(xml: string): string {
  return xml.replace(/\n */g, "");
}

test("a message comes back as it went, indented", () => {
  const item = "<Item><Target><LocURI>./A</LocURI></Target><Data> a&lt;b é\t</Data></Item>";
  const xml = message(`<Replace><CmdID>1</CmdID>${item}</Replace><Final/>`);
  const back = toXml(toWbxml(xml).bytes);
  strictEqual(flat(back), xml);
  ok(back.includes("\n      <CmdID>1</CmdID>\n"), back);
  ok(back.endsWith("\n</SyncML>"));
});

test("bin Data is base64 in XML and opaque in WBXML, whoever states the format", () => {
  const meta = '<Meta><Format xmlns="syncml:metinf">bin</Format></Meta>';
  const data = "<Data>AAH/</Data>";
  for (const body of [`${meta}<Item>${data}</Item>`, `<Item>${meta}${data}</Item>`]) {
    const xml = message(`<Replace><CmdID>1</CmdID>${body}</Replace><Final/>`);
    const { bytes } = toWbxml(xml);
    ok(Buffer.from(bytes).toString("hex").includes("4fc3030001ff01"));
    strictEqual(flat(toXml(bytes)), xml);
  }
});

test("opaque Data that is text is shown as text, and other bytes as base64", () => {
  const opaque = (hex: string): string => {
    const digits = Buffer.from(
      toWbxml(message("<Exec><CmdID>1</CmdID><Item><Data>x</Data></Item></Exec>")).bytes,
    ).toString("hex");
    return toXml(fromDump(digits.replace("4f037800", `4fc302${hex}`)) ?? new Uint8Array(0));
  };
  ok(opaque("4142").includes("<Data>AB</Data>"));
  ok(opaque("00ff").includes("<Data>AP8=</Data>"));
});

test("a tree description alone is named in its header, with tags of its page", () => {
  const xml =
    '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>x</NodeName>' +
    "<DFProperties><AccessType><Get/><Add/>" +
    "</AccessType><DFFormat><chr/></DFFormat><Scope><Permanent/></Scope></DFProperties></Node>" +
    "</MgmtTree>";
  const { bytes, problems } = toWbxml(xml);
  deepStrictEqual(problems, []);
  ok(Buffer.from(bytes).includes("-//OMA//DTD-DM-DDF 1.2//EN\0"));
  ok(Buffer.from(bytes).toString("hex").includes("451d0701"), "AccessType, Get, Add of page 2");
  strictEqual(flat(toXml(bytes)), xml);
});

test("strict: the first thing that is wrong, with its byte", () => {
  deepStrictEqual(toWbxml("<!DOCTYPE SyncML [<!ENTITY a 'b'>]><SyncML/>").problems, [
    { offset: 18, reason: "a document type with declarations is refused" },
  ]);
  deepStrictEqual(toWbxml("<SyncML><Odd/></SyncML>").problems, [
    { offset: 8, reason: "an element that no DTD has: Odd" },
  ]);
  const short = `<SyncML>${HEADER}</SyncML>`;
  deepStrictEqual(toWbxml(short).problems, [{ offset: short.length, reason: "no SyncBody" }]);
  const { bytes, problems } = convert(
    fromDump("02a4016a00 6d6c 7103312e3200 01 44") ?? new Uint8Array(0),
    "xml",
    false,
  );
  deepStrictEqual(problems, [{ offset: 14, reason: "literal tags are refused" }]);
  ok(bytes.length > 0, "what came before it is there");
});

test("lenient: what can be read, and all that is wrong", () => {
  const odd = toWbxml(`<!DOCTYPE SyncML>${message("<Odd><Get/></Odd><Final/>")}`, true);
  deepStrictEqual(
    odd.problems.map(({ reason }) => reason),
    ["an element that no DTD has: Odd"],
  );
  strictEqual(flat(toXml(odd.bytes)), message("<Final/>"));
  const broken = convert(
    fromDump("02a4016a00 6d6c 7103312e3200 01 44") ?? new Uint8Array(0),
    "xml",
    true,
  );
  const start = '<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD></SyncHdr></SyncML>';
  strictEqual(flat(Buffer.from(broken.bytes).toString()), start);
});

test("a tree in a message nests no deeper than a message may", () => {
  const deep =
    `<MgmtTree>${"<Node>".repeat(ELEMENT_DEPTH_MAX)}` +
    `${"</Node>".repeat(ELEMENT_DEPTH_MAX)}</MgmtTree>`;
  const xml = message(`<Add><CmdID>1</CmdID><Item><Data>${deep}</Data></Item></Add>`);
  match(toWbxml(xml).problems[0]?.reason ?? "", /too many open elements/);
});

test("hexadecimal digits are taken as tools print them", () => {
  deepStrictEqual(fromDump("0x02, 0xa4\n01:6A 00"), Uint8Array.of(2, 0xa4, 1, 0x6a, 0));
  strictEqual(fromDump("02a"), undefined);
  strictEqual(fromDump("zz"), undefined);
  strictEqual(toDump(new Uint8Array(33)), `${"00".repeat(32)}\n00\n`);
});

test("hexadecimal digits are taken with offsets before and characters behind them", () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, index) => index + 0x40);
  const lines = [bytes.subarray(0, 16), bytes.subarray(16)];
  const pairs = (line: Uint8Array): string[] => [...line].map((byte) => byte.toString(16));
  const text = (line: Uint8Array): string => Buffer.from(line).toString("latin1");
  const dump = (show: (line: Uint8Array, at: string) => string): string =>
    lines.map((line, index) => show(line, (index * 16).toString(16).padStart(8, "0"))).join("\n");
  for (const one of [
    dump(
      (line, at) => `${at}: ${pairs(line).join("").replace(/..../g, "$& ").trim()}  ${text(line)}`,
    ),
    dump((line, at) => `${at}: ${pairs(line).join(" ")}`),
    `${dump((line, at) =>
      [
        at,
        pairs(line).slice(0, 8).join(" "),
        pairs(line).slice(8).join(" "),
        `|${text(line)}|`,
      ].join("  "),
    )}\n00000014\n`,
    dump((line, at) => `${at.slice(4)}   ${pairs(line).join(" ")}   ${text(line)}`),
  ])
    deepStrictEqual(fromDump(one), bytes, one);
});

test("lenient: other character sets and declared entities are read, and named", () => {
  const xml = message("<Final/>");
  for (const [bytes, reason] of [
    [
      Buffer.from(`<?xml version="1.0" encoding="utf-16"?>${xml}`),
      "it names the character set utf-16",
    ],
    [Buffer.from(`\ufeff${xml}`, "utf16le"), "utf-16le, where a device reads UTF-8"],
    [Buffer.from(`\ufeff${xml}`, "utf16le").swap16(), "utf-16be, where a device reads UTF-8"],
    [
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${xml}<!-- \xe9 -->`, "latin1"),
      "it names the character set ISO-8859-1",
    ],
    [
      Buffer.from(`<!DOCTYPE SyncML [<!ENTITY a "b">]>${xml}`),
      "a document type with declarations is refused",
    ],
  ] as const) {
    const strict = convert(bytes, "xml", false);
    ok(strict.problems.length > 0, reason);
    const { bytes: shown, problems } = convert(bytes, "xml", true);
    strictEqual(flat(Buffer.from(shown).toString()), xml, reason);
    ok(problems[0]?.reason.startsWith(reason), problems[0]?.reason);
  }
});

test("WBXML of another kind is named, and shown only with --lenient", () => {
  for (const [hex, named] of [
    [
      "01 01 6a 00 5e 5d 01 01",
      "its public identifier is unknown (1), whose root would be NoResults",
    ],
    ["03 0a 6a 00 7f 01", "WML 1.3"],
    ["03 8f51 6a 00 7f 01", "public identifier 0x7d1"],
    [
      `03 00 00 6a 08 ${Buffer.from("-//X//Y\0").toString("hex")} 45 01`,
      'public identifier "-//X//Y"',
    ],
  ] as const) {
    const { problems } = convert(fromDump(hex) ?? new Uint8Array(0), "xml", false);
    strictEqual(problems.length, 1);
    match(problems[0]?.reason ?? "", /^a document of another kind: /);
    ok(problems[0]?.reason.includes(named), problems[0]?.reason);
  }
});

test("the Type of a description says what its Data is: elements, WBXML or text in chunks", () => {
  const type = (encoding: string): string =>
    `<Type xmlns="syncml:metinf">application/vnd.syncml.dmtnds+${encoding}</Type>`;
  const chunk = (encoding: string, data: string): string =>
    message(
      `<Add><CmdID>1</CmdID><Meta>${type(encoding)}</Meta><Item>${data}<MoreData/></Item></Add>` +
        `<Final/>`,
    );
  const opaque = toWbxml(
    chunk("wbxml", '<Meta><Format xmlns="syncml:metinf">bin</Format></Meta><Data>AgAA</Data>'),
  ).bytes;
  ok(toXml(opaque).includes("dmtnds+wbxml"), toXml(opaque));
  const text = toWbxml(chunk("xml", "<Data>&lt;MgmtTree</Data>")).bytes;
  ok(toXml(text).includes("dmtnds+xml"), toXml(text));
  ok(Buffer.from(text).includes("dmtnds+xml"));
});

test("the commands end with status 5 for a malformed document, and say where and why", () => {
  const folder = mkdtempSync(join(tmpdir(), "convert-"));
  const xml = join(folder, "a.xml");
  const wbxml = join(folder, "a.wbxml");
  const run = (...words: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(root, "build/js/test/rig/cli.js"), ...words], {
      encoding: "utf8",
    });
  writeFileSync(xml, message("<Final/>"));
  strictEqual(run("encode", xml, "-o", wbxml).status, 0);
  deepStrictEqual(readFileSync(wbxml), Buffer.from(toWbxml(message("<Final/>")).bytes));
  strictEqual(flat(run("decode", wbxml).stdout), message("<Final/>"));
  writeFileSync(xml, message("<Get/>"));
  const bad = run("encode", xml);
  strictEqual(bad.status, 5);
  match(bad.stderr, /malformed at byte \d+: Get without CmdID/);
  strictEqual(bad.stdout, "");
  strictEqual(run("encode", xml, "--lenient", "--hex").status, 0);
  strictEqual(run("decode", "--hex", xml).status, 2);
  writeFileSync(xml, toDump(toWbxml(message("<Final/>")).bytes));
  match(run("decode", xml).stderr, /the file holds hexadecimal digits: --hex reads them/);
  strictEqual(flat(run("decode", "--hex", xml).stdout), message("<Final/>"));
  strictEqual(run("decode", join(folder, "none")).status, 2);
  rmSync(folder, { recursive: true });
});

test("a descriptor is shown indented, with a device's objections; it has no WBXML", () => {
  const wrap = (inside: string): Buffer =>
    Buffer.from(
      `<?xml version="1.0"?><media xmlns="http://www.openmobilealliance.org/xmlns/dd">` +
        `${inside}</media>`,
    );
  const needed =
    "<objectURI>fw</objectURI><size>1</size><type>a/b</type><installParam>x</installParam>";
  const shown = convert(wrap(needed), "xml", false);
  const { problems } = convert(wrap(needed), "wbxml", false);
  ok(
    Buffer.from(shown.bytes).toString().includes("\n  <objectURI>fw</objectURI>\n"),
    Buffer.from(shown.bytes).toString(),
  );
  deepStrictEqual(
    [shown.problems, problems.map(({ reason }) => reason)],
    [[], ["a descriptor has no WBXML"]],
  );
  const reasons = (inside: string): readonly string[] =>
    convert(wrap(inside), "xml", false).problems.map(({ reason }) => reason);
  deepStrictEqual(reasons("<size>1</size>"), ["no objectURI"]);
  deepStrictEqual(reasons(`${needed}<DDVersion>2.0</DDVersion>`), ["DDVersion 2.0"]);
  deepStrictEqual(reasons(`${needed}<extra/>`), ["an element that no DTD has: extra"]);
  deepStrictEqual(reasons(`${needed}<size>`), ["an end tag that does not match"]);
});
