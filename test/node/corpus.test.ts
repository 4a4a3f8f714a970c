/** The corpus with the tools and the rig's server (test/corpus/row.ts), and its files. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { corpusFile } from "../corpus/files.ts";
import type { Row } from "../corpus/row.ts";
import { ROWS } from "../corpus/table.ts";
import { convert, fromDump } from "../rig/decode/document.ts";
import { codecOf, decodeBody } from "../rig/server/codec.ts";
import { DmServer } from "../rig/server/dm-server.ts";
import { scenarioOf } from "../rig/server/scenario.ts";
import { root } from "../root.ts";

const TYPE = "application/vnd.syncml.dm+xml";

/** "read", or what is wrong and, after "lenient:", whether people see it all the same. */
function decoded({ file = "", hex = "" }: Row): string {
  const bytes =
    hex === "" ? corpusFile(file) : new Uint8Array(Buffer.from(hex.split(" ").join(""), "hex"));
  const dump = file.endsWith(".txt") ? fromDump(Buffer.from(bytes).toString()) : bytes;
  if (dump === undefined) return "no hexadecimal digits";
  const { problems } = convert(dump, "xml", false);
  const [problem] = problems;
  if (problem === undefined) return "read";
  const lenient = convert(dump, "xml", true);
  return `${problem.reason}; lenient: ${lenient.bytes.length > 0 ? "read" : "nothing"}`;
}

/** The alerts of the server's answer, or the first command that it sends. */
function asked({ file = "", text = "" }: Row): string {
  const server = new DmServer({
    url: "http://127.0.0.1/dm",
    scenario: () => scenarioOf("download", { data: new Uint8Array(1), url: "http://127.0.0.1/p" }),
  });
  const message = Buffer.from(corpusFile(file)).toString().replace("@SIZE@", text);
  const headers = new Map([["content-type", TYPE]]);
  const reply = server.handle({ method: "POST", url: "/dm", headers, body: Buffer.from(message) });
  const codec = codecOf(TYPE);
  ok(codec !== undefined);
  const answer = decodeBody(codec, reply.body);
  if ("problem" in answer) return answer.problem;
  const command = answer.commands.find(({ name }) => name !== "Status");
  return command?.name === "Alert" ? `Alert ${command.data}` : (command?.name ?? "nothing");
}

for (const [kind, way] of [
  ["decode", decoded],
  ["request", asked],
] as const) {
  test(`${kind}: what others send has its right outcome, situation by situation`, () => {
    for (const row of ROWS.filter((each) => each.kind === kind))
      strictEqual(way(row), row.outcome, `${row.what} (${row.section})`);
  });
}

test("every file of the corpus has a row, and every row its file", () => {
  const files = ["answers", "documents", "hosts"].flatMap((folder) =>
    readdirSync(join(root, "test/corpus", folder)).map((name) => `${folder}/${name}`),
  );
  const named = new Set(ROWS.flatMap(({ file }) => (file === undefined ? [] : [file])));
  deepStrictEqual([...named].sort(), files.sort());
});
