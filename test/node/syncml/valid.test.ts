/**
 * Every message that the client sends is valid XML by the content models of the standard: libxml2
 * judges, with golden/dm.dtd.
 */
import { ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Command } from "../../../src/syncml/command.ts";
import { TNDS_XML } from "../../../src/syncml/tnds.ts";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { Bench } from "../../simulation/bench.ts";
import { Bench as SessionBench, command, item } from "../../unit/session/bench.ts";
import { Garden, OWNER } from "../../unit/tree/garden.ts";
import { MapStore } from "../../unit/tree/mapstore.ts";

const HERE = spawnSync("xmllint", ["--version"]).error === undefined;
/** CI counts on it: there a test fails rather than being skipped. */
const MISSING =
  HERE || process.env.CI !== undefined ? false : "needs xmllint (Debian package libxml2-utils)";

/** What libxml2 has against these documents; empty when all are valid. */
function objections(documents: readonly Uint8Array[]): string {
  const folder = mkdtempSync(join(tmpdir(), "xs-fumo-"));
  try {
    const files = documents.map((document, index) => {
      const file = join(folder, `${index}.xml`);
      writeFileSync(file, document);
      return file;
    });
    const { status, stderr } = spawnSync("xmllint", [
      "--noout",
      "--dtdvalid",
      "test/golden/dm.dtd",
      ...files,
    ]);
    return status === 0 ? "" : `${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const scenario of SCENARIOS) {
  for (const maxMsgSize of [undefined, 1500]) {
    test(`${scenario}: each message of an update is valid, ${maxMsgSize ?? "of any size"}`, {
      skip: MISSING,
    }, () => {
      const bench = new Bench({
        scenario,
        server: { chunkBytes: 8000, ...(maxMsgSize === undefined ? {} : { maxMsgSize }) },
      });
      ok(bench.run()?.ok);
      const messages = bench.events.flatMap((event) =>
        event.kind === "message" && event.direction === "received" ? [event.body] : [],
      );
      ok(messages.length >= 5, `${messages.length} messages`);
      strictEqual(objections(messages), "");
    });
  }
}

/** Every message of a session in which the server sends these commands, one after the other. */
function sent(commands: readonly Command[], maxMsgSize: number): readonly Uint8Array[] {
  const garden = new Garden(new MapStore());
  const messages: Uint8Array[] = [];
  for (let pot = 0; pot < 3; pot++)
    garden.add(`./Garden/Beds/b1/Pots/p${pot}`, `<${"&".repeat(500)}]]>`);
  const bench = new SessionBench({
    tree: garden.tree,
    serverID: OWNER,
    userInterface: { ask: () => ({ kind: "text", text: "<&>" }), clear: () => undefined },
    alerts: [
      {
        id: 1,
        type: "t",
        source: "./X",
        correlator: "<c>",
        data: "200",
        mark: "critical",
        format: "int",
      },
    ],
  });
  const keep = (): void => {
    const post = bench.session.next();
    if (post === undefined) return;
    messages.push(post.body.slice());
    bench.next();
  };
  keep();
  bench.reply([bench.header(200), ...commands], { header: { maxMsgSize } });
  while (bench.session.waiting) bench.session.resume(0);
  for (let turn = 0; turn < 40; turn++) {
    keep();
    if (bench.last.final) return messages;
    bench.reply([bench.header(200), { name: "Alert", cmdID: "", data: 1222, items: [] }]);
  }
  return messages;
}

test("whatever a server asks for, the answers are valid, whole or in chunks", {
  skip: MISSING,
}, () => {
  const data = (text: string): ReturnType<typeof item> => ({
    data: utf8(text),
    binary: false,
    moreData: false,
  });
  const commands: readonly Command[] = [
    command(
      "Get",
      item("./Garden?list=TNDS"),
      item("./Garden?list=StructData"),
      item("./Garden/Nothing"),
      item("./Garden?prop=ACL"),
    ),
    command("Add", item("./Garden/Beds", "<x/>", { meta: { type: TNDS_XML } })),
    command("Delete", item("./Garden")),
    { name: "Alert", cmdID: "", data: 1102, items: [data(""), data("Name?")] },
    {
      name: "Atomic",
      cmdID: "",
      commands: [{ ...command("Replace", item("./Garden/Name", "x")), cmdID: "a" }],
    },
    {
      name: "Sequence",
      cmdID: "",
      commands: [{ ...command("Exec", item("./Garden/Bell")), cmdID: "b" }],
    },
  ];
  for (const maxMsgSize of [16384, 2000]) {
    const messages = sent(commands, maxMsgSize);
    ok(messages.length > (maxMsgSize < 16384 ? 4 : 1), `${messages.length} messages`);
    strictEqual(objections(messages), "");
  }
});

test("the judge finds a fault", { skip: MISSING }, () => {
  const [first] = sent([], 16384);
  ok(
    objections([
      Buffer.from(
        Buffer.from(first ?? [])
          .toString()
          .replace("<MsgID>", "<MsgRef>1</MsgRef><MsgID>"),
      ),
    ]) !== "",
  );
});
