/**
 * Runs the documents of test/golden. A case is a heading, prose, a fence with the message and one or two with what it must
 * give: ```tokens and ```log. Each message is read whole and cut at every position; what is not malformed is also written and
 * read again. `GOLDEN=write` writes the logs as they are now, for a person to read the difference.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { text } from "../../../src/base/utf8.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { SYNCML } from "../../../src/syncml/vocabulary.ts";
import { XmlReader } from "../../../src/xmllite/reader.ts";
import { XmlWriter } from "../../../src/xmllite/writer.ts";
import { commandLog, tokenLog } from "../../golden/log.ts";

const FOLDER = "test/golden";
const CASE = /^## (.+)\n([^]*?)(?=^## |(?![^]))/gm;
const FENCE = /^```(xml|tokens|log)\n([^]*?)^```$/gm;

function reader(bytes: Uint8Array): XmlReader {
  const copy = Uint8Array.from(bytes);
  return new XmlReader(copy, copy.length, SYNCML);
}

/** The log that a fence of this kind should hold. */
function logOf(kind: string, message: Uint8Array): string {
  return `${kind === "tokens" ? tokenLog(reader(message)) : commandLog(decodeMessage(reader(message)))}\n`;
}

/** The message of a case, without the line end before the closing fence. */
function messageOf(body: string): Uint8Array {
  const fence = [...body.matchAll(FENCE)].find((match) => match[1] === "xml");
  ok(fence !== undefined, "a case needs a message");
  return Buffer.from((fence[2] ?? "").replace(/\n$/, ""));
}

function checkCuts(message: Uint8Array): void {
  for (let length = 0; length < message.length; length++) {
    const result = decodeMessage(reader(message.subarray(0, length)));
    ok("problem" in result && result.offset <= length, `cut at ${length}`);
  }
}

/** Written and read again, a message says the same. */
function checkRoundTrip(message: Uint8Array): void {
  const before = decodeMessage(reader(message));
  if ("problem" in before) return;
  const bytes = new Uint8Array(message.length * 2 + 1000), writer = new XmlWriter(bytes, SYNCML), out = new MessageWriter(writer);
  ok(out.begin(before.header));
  for (const command of before.commands) ok(out.command(command));
  out.end(before.final);
  const after = decodeMessage(reader(bytes.subarray(0, writer.length)));
  strictEqual(commandLog(after), commandLog(before), text(bytes, 0, writer.length));
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".md")).sort()) {
  const path = `${FOLDER}/${file}`, document = readFileSync(path, "utf8");
  if (process.env.GOLDEN === "write") {
    writeFileSync(path, document.replace(CASE, (whole: string, _title: string, body: string) => {
      const message = messageOf(body);
      const filled = (kind: string): string => `\`\`\`${kind}\n${logOf(kind, message)}\`\`\``;
      return whole.replace(FENCE, (fence: string, kind: string) => kind === "xml" ? fence : filled(kind));
    }));
    continue;
  }
  for (const [, title, body] of document.matchAll(CASE)) {
    test(`${file}: ${title}`, () => {
      const message = messageOf(body ?? "");
      const fences = [...(body ?? "").matchAll(FENCE)].filter((match) => match[1] !== "xml");
      ok(fences.length > 0, "a case needs a log");
      for (const [, kind, log] of fences) deepStrictEqual(logOf(kind ?? "", message).split("\n"), (log ?? "").split("\n"));
      checkCuts(message);
      checkRoundTrip(message);
    });
  }
}
