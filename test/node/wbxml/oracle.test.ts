/**
 * Debian's libwbxml reads what we write, and we read what it writes: the messages of test/golden
 * and published ones, as XML and as WBXML of each version, with and without a string table. A
 * machine without it is said so; in CI that is a failure.
 */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodingOf, readerOf, writerOf } from "../../../src/session/encoding.ts";
import { subtreeItem } from "../../../src/session/subtrees.ts";
import type { Malformed, Message } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { commandLog } from "../../golden/log.ts";
import { convert } from "../../rig/decode/document.ts";
import { Device, SERVER } from "../../unit/objects/device.ts";

const EXAMPLES = "../shared/fixtures/spec-examples";
const CAPTURES = "../shared/fixtures/scts/dm12";
const DOCTYPE =
  '<!DOCTYPE SyncML PUBLIC "-//SYNCML//DTD SyncML 1.2//EN" ' +
  '"http://www.openmobilealliance.org/tech/DTD/OMA-TS-SyncML_RepPro_DTD-V1_2.dtd">';
const present = spawnSync("wbxml2xml", ["-h"]).error === undefined;
const skip = present ? false : "libwbxml is not here: sudo apt-get install -y libwbxml2-utils";
const folder = mkdtempSync(join(tmpdir(), "wbxml-"));
after(() => {
  rmSync(folder, { recursive: true });
});

test("libwbxml is here, where CI counts on it", {
  skip: process.env.CI === undefined ? skip : false,
}, () => {
  ok(present, String(skip));
});

function tool(
  program: "wbxml2xml" | "xml2wbxml",
  options: readonly string[],
  input: Uint8Array,
): Uint8Array {
  const from = join(folder, "in");
  const to = join(folder, "out");
  writeFileSync(from, input);
  const { status, stderr } = spawnSync(program, [...options, "-o", to, from], { encoding: "utf8" });
  strictEqual(status, 0, `${program}: ${stderr}`);
  return readFileSync(to);
}

function decode(bytes: Uint8Array): Message | Malformed {
  const copy = Uint8Array.from(bytes);
  return decodeMessage(
    readerOf(encodingOf(copy, copy.length), copy, copy.length),
    new Budget(PEER_BYTES_MAX),
  );
}

/**
 * What a message says, but for the form in which its data came, its line ends, and white space
 * around it, which libwbxml drops.
 */
function said(bytes: Uint8Array): string {
  return commandLog(decode(bytes))
    .replaceAll('"binary":true,', "")
    .replaceAll("\\r\\n", "\\n")
    .replace(/"(data|type)":"(?:\\n|\s)*(.*?)(?:\\n|\s)*"/g, '"$1":"$2"');
}

/** XML as libwbxml wants it. */
function withDoctype(xml: string): Uint8Array {
  const bare = xml.replace(/^\s*<\?xml.*?\?>/, "").replace(/^\s*<!DOCTYPE[^>]*>/, "");
  return Buffer.from(`<?xml version="1.0"?>${DOCTYPE}${bare}`);
}

function withoutDoctype(xml: Uint8Array): Uint8Array {
  return Buffer.from(
    Buffer.from(xml)
      .toString()
      .replace(/<!DOCTYPE[^>]*>/, ""),
  );
}

function goldenMessages(): (readonly [string, string])[] {
  return readdirSync("test/golden")
    .filter((name) => name.endsWith(".md"))
    .flatMap((name) =>
      [
        ...readFileSync(`test/golden/${name}`, "utf8").matchAll(
          /^## (.+)\n[^]*?^```xml\n([^]*?)^```$/gm,
        ),
      ].map(([, title, xml]) => [`${name}: ${title}`, xml ?? ""] as const),
    );
}

function publishedMessages(): (readonly [string, string])[] {
  if (!existsSync(EXAMPLES)) return [];
  return readdirSync(EXAMPLES)
    .filter((name) => name.endsWith(".msg.xml"))
    .map(
      (name) =>
        [name, readFileSync(join(EXAMPLES, name), "utf8").replace(/^<!--.*-->\n/, "")] as const,
    );
}

const MESSAGES = [...goldenMessages(), ...publishedMessages()].filter(
  ([, xml]) => !("problem" in decode(Buffer.from(xml.trim()))),
);

for (const [name, xml] of MESSAGES) {
  const expected = said(Buffer.from(xml.trim()));

  test(`what libwbxml makes of it says the same: ${name}`, { skip }, () => {
    for (const options of [
      ["-v", "1.1"],
      ["-v", "1.2", "-n"],
      ["-v", "1.3"],
      ["-v", "1.3", "-n"],
    ]) {
      const bytes = tool("xml2wbxml", options, withDoctype(xml.trim()));
      strictEqual(encodingOf(bytes, bytes.length), "wbxml");
      strictEqual(said(bytes), expected, options.join(" "));
    }
  });

  test(`libwbxml reads what we write: ${name}`, { skip }, () => {
    const message = decode(Buffer.from(xml.trim()));
    const bytes = new Uint8Array(16384);
    const tokens = writerOf("wbxml", bytes);
    ok(!("problem" in message));
    const writer = new MessageWriter(tokens);
    ok(writer.begin(message.header));
    for (const command of message.commands) ok(writer.command(command));
    writer.end(message.final);
    strictEqual(
      said(withoutDoctype(tool("wbxml2xml", ["-m", "0"], bytes.subarray(0, tokens.length)))),
      expected,
    );
    const { bytes: encoded, problems } = convert(Buffer.from(xml.trim()), "wbxml", false);
    strictEqual(problems.length, 0);
    strictEqual(
      said(withoutDoctype(tool("wbxml2xml", ["-m", "0"], encoded))),
      expected,
      "token by token",
    );
  });
}

test("there are messages to compare", () => {
  ok(MESSAGES.length >= 4, `${MESSAGES.length}`);
});

test("trees in messages go both ways as documents of their own", { skip }, () => {
  const tree =
    "<MgmtTree xmlns='syncml:dmddf1.2'><VerDTD>1.2</VerDTD><Node><NodeName>a</NodeName>" +
    "<RTProperties><Format><node/></Format>" +
    "<Type><DDFName/></Type></RTProperties><Node><NodeName>b</NodeName><RTProperties><ACL>Get=*&" +
    "amp;Add=x</ACL><Format><chr/></Format>" +
    "<Type><MIME>text/plain</MIME></Type></RTProperties><Value>v</Value></Node></Node></MgmtTree>";
  const xml =
    "<SyncML xmlns='SYNCML:SYNCML1.2'><SyncHdr/><SyncBody><Add><CmdID>1</CmdID><Item><Target>" +
    "<LocURI>./x</LocURI></Target>" +
    "<Meta><Type xmlns='syncml:metinf'>application/vnd.syncml.dmtnds+xml</Type></Meta>" +
    `<Data>${tree}</Data></Item></Add></SyncBody></SyncML>`;
  const theirs = tool("xml2wbxml", ["-n", "-v", "1.2"], withDoctype(xml));
  const ours = convert(Buffer.from(xml), "wbxml", true).bytes;
  strictEqual(Buffer.from(ours).toString("hex"), Buffer.from(theirs).toString("hex"));
  const back = Buffer.from(convert(theirs, "xml", true).bytes).toString();
  strictEqual(back.replace(/\n */g, ""), xml.replaceAll("'", '"'));
});

test("captures from a conformance server are messages", {
  skip: existsSync(CAPTURES) ? false : "the captures are not here",
}, () => {
  const names = readdirSync(CAPTURES).filter((name) => name.endsWith(".wbxml"));
  ok(names.length > 0);
  const found = Object.fromEntries(
    names.map((name) => {
      const message = decode(readFileSync(join(CAPTURES, name)));
      ok(!("problem" in message), "problem" in message ? `${name}: ${message.problem}` : "");
      ok(
        message.final &&
          message.header.verProto === "DM/1.2" &&
          message.header.cred?.type === "syncml:auth-basic",
      );
      return [name, message.commands.map((command) => command.name).join(" ")];
    }),
  );
  strictEqual(found["testadd.wbxml"], "Status Status Status Add");
  strictEqual(found["testget.wbxml"], "Status Status Status Get");
  strictEqual(found["testdelete.wbxml"], "Status Status Status Delete Delete");
  strictEqual(found["testreplace.wbxml"], "Alert Replace");
});

test("libwbxml reads a tree description by the DTD that its header names (TND §8.6.1)", {
  skip,
}, () => {
  const answer = new Device().tree.get("./FwUpdate?list=TNDS", SERVER);
  ok(answer.subtree !== undefined);
  const budget = new Budget(PEER_BYTES_MAX);
  const scratch = new Uint8Array(16384);
  const item = subtreeItem("./FwUpdate?list=TNDS", answer.subtree, "wbxml", scratch, budget);
  ok(typeof item === "object" && item.data !== undefined);
  const xml = Buffer.from(tool("wbxml2xml", [], item.data)).toString();
  ok(xml.includes('<!DOCTYPE MgmtTree PUBLIC "-//OMA//DTD-DM-DDF 1.2//EN"'), xml.slice(0, 200));
  strictEqual(xml.match(/<Node>/g)?.length, answerNodes());
});

/** Nodes that ./FwUpdate has, itself included. */
function answerNodes(): number {
  let count = 0;
  new Device().tree.get("./FwUpdate?list=TNDS", SERVER).subtree?.(() => {
    count++;
    return true;
  });
  return count;
}
