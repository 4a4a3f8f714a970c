/**
 * Runs the documents of test/golden. A case is a heading, prose, fences with the message, ```xml
 * and ```wbxml (hexadecimal), and one or two with what it must give: ```tokens, which has offsets
 * and so is of the first message, and ```log, which both must give. Each message is read whole and
 * cut at every position; what is not malformed is also written in both encodings and read again.
 * `GOLDEN=write` fills empty ```wbxml fences from the XML, and writes the logs as they are now, for
 * a person to read the difference.
 */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { TokenReader } from "../../../src/base/token.ts";
import { encodingOf, readerOf, writerOf } from "../../../src/session/encoding.ts";
import type { Item } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { MessageWriter } from "../../../src/syncml/encode.ts";
import { CASE, FENCE, fencesOf, messagesOf } from "../../golden/cases.ts";
import { commandLog, tokenLog } from "../../golden/log.ts";
import { encode, toDump } from "../../rig/decode/decode.ts";

const FOLDER = "test/golden";

function reader(bytes: Uint8Array): TokenReader {
  const copy = Uint8Array.from(bytes);
  return readerOf(encodingOf(copy, copy.length), copy, copy.length);
}

/** The log that a fence of this kind should hold. */
function logOf(kind: string, message: Uint8Array): string {
  const tokens = reader(message);
  const log =
    kind === "tokens"
      ? tokenLog(tokens)
      : commandLog(decodeMessage(tokens, new Budget(PEER_BYTES_MAX)));
  return `${log}\n`;
}

/** A case with its fences filled from its first message. */
function filled(body: string): string {
  const [message = new Uint8Array(0)] = messagesOf(body);
  return body.replace(FENCE, (fence: string, kind: string, content: string) => {
    if (kind === "xml" || (kind === "wbxml" && content !== "")) return fence;
    return (
      `\`\`\`${kind}\n` +
      `${kind === "wbxml" ? toDump(encode(message).bytes) : logOf(kind, message)}\`\`\``
    );
  });
}

function checkCuts(message: Uint8Array): void {
  for (let length = 0; length < message.length; length++) {
    const result = decodeMessage(reader(message.subarray(0, length)), new Budget(PEER_BYTES_MAX));
    ok("problem" in result && result.offset <= length, `cut at ${length}`);
  }
}

/** Written and read again, a message says the same; opaque bytes become base64 in XML. */
function checkRoundTrip(message: Uint8Array, encoding: "xml" | "wbxml"): void {
  const before = decodeMessage(reader(message), new Budget(PEER_BYTES_MAX));
  if ("problem" in before) return;
  const bytes = new Uint8Array(message.length * 20 + 1000);
  const writer = writerOf(encoding, bytes);
  const out = new MessageWriter(writer);
  ok(out.begin(before.header));
  for (const command of before.commands) ok(out.command(command));
  out.end(before.final);
  const after = decodeMessage(reader(bytes.subarray(0, writer.length)), new Budget(PEER_BYTES_MAX));
  ok(!("problem" in after), "problem" in after ? after.problem : "");
  const opaque = before.commands.some(
    (command) => "items" in command && command.items.some((item: Item) => item.binary),
  );
  if (encoding === "xml" && opaque) return;
  strictEqual(commandLog(after), commandLog(before));
}

for (const file of readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md"))
  .sort()) {
  const path = `${FOLDER}/${file}`;
  const document = readFileSync(path, "utf8");
  if (process.env.GOLDEN === "write") {
    writeFileSync(
      path,
      document.replace(CASE, (whole: string, _title: string, body: string) =>
        whole.replace(body, () => filled(body)),
      ),
    );
    continue;
  }
  for (const [, title, body = ""] of document.matchAll(CASE)) {
    test(`${file}: ${title}`, () => {
      const messages = messagesOf(body);
      const logs = fencesOf(body).filter(([kind]) => kind === "tokens" || kind === "log");
      ok(logs.length > 0, "a case needs a log");
      messages.forEach((message, index) => {
        for (const [kind, log] of logs) {
          if (kind === "log" || index === 0)
            deepStrictEqual(logOf(kind, message).split("\n"), log.split("\n"));
        }
        checkCuts(message);
        checkRoundTrip(message, "xml");
        checkRoundTrip(message, "wbxml");
      });
    });
  }
}
