/**
 * Each command with each Status that the tables of OMA-TS-DM-RepPro §4.1.6 give it, as far as this client has a reason for it:
 * the same commands in XML and in WBXML, over a real tree, with the same answers.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import type { Answer } from "../../../src/session/interaction.ts";
import type { Command, Item } from "../../../src/syncml/command.ts";
import { equal, test } from "../../check.ts";
import { Garden, GUEST, OWNER } from "../tree/garden.ts";
import { MapStore } from "../tree/mapstore.ts";
import { Bench, command, item } from "./bench.ts";

interface Setting {
  readonly server?: string;
  readonly answer?: Answer;
  readonly maxObjSize?: number;
  readonly room?: number;
}

function container(name: "Atomic" | "Sequence", ...commands: readonly Command[]): Command {
  return { name, cmdID: "", commands: commands.map((one, index) => ({ ...one, cmdID: `c${index}` })) };
}

function asking(code: number, ...texts: readonly string[]): Command {
  const data = (text: string): Item => ({ data: utf8(text), binary: false, moreData: false });
  return { name: "Alert", cmdID: "", data: code, items: texts.map(data) };
}

function answers(encoding: Encoding, commands: readonly Command[], { server = OWNER, answer, room, ...more }: Setting): string {
  const store = new MapStore(), garden = new Garden(store), wbxml = encoding === "wbxml";
  garden.add("./Garden/Leaves/leaf", "green");
  garden.tree.add("./Garden/Beds/bed", undefined, OWNER);
  garden.replace("./Garden/Name", "rose");
  garden.replace("./Garden/Weather?prop=ACL", `Get=${OWNER}`);
  garden.replace("./Garden?prop=ACL", `Add=${OWNER}&Delete=${OWNER}&Exec=${OWNER}&Get=*&Replace=${OWNER}`);
  if (room !== undefined) store.room = room;
  const userInterface = answer === undefined ? {} : { userInterface: { ask: () => answer, clear: () => undefined } };
  const bench = new Bench({ tree: garden.tree, serverID: server, encoding, ...userInterface, ...more });
  bench.next();
  bench.reply([bench.header(200), ...commands], { wbxml });
  for (let now = 0; bench.session.waiting; now++) bench.session.resume(now);
  bench.next();
  return bench.statuses().slice("200 SyncHdr, ".length);
}

function same(commands: readonly Command[], expected: string, setting: Setting = {}): void {
  for (const encoding of ["xml", "wbxml"] as const) equal(answers(encoding, commands, setting), expected, encoding);
}

const LEAF = "./Garden/Leaves/new", LONG = `./Garden/${"n".repeat(65)}`, NOTHING = "./Garden/Nothing";
const chunk = (uri: string, size: number): Item => item(uri, "x", { moreData: true, meta: { size } });
const last = (uri: string, data: string): Item => item(uri, data);
const int = (uri: string): Item => item(uri, "1", { meta: { format: "int" } });
const FAILS = command("Delete", item(NOTHING));

test("Add: 200, 213, 404, 405, 413, 414, 415, 418, 420, 424, 425, 500", () => {
  same([command("Add", item(LEAF, "x"))], "200 Add 2");
  same([command("Add", chunk(LEAF, 2))], "213 Add 2");
  same([command("Add", item(NOTHING, "x"))], "404 Add 2");
  same([command("Add", item("./Garden/Name/below", "x"))], "405 Add 2");
  same([command("Add", chunk(LEAF, 5000))], "413 Add 2");
  same([command("Add", item(LEAF, "xx"))], "413 Add 2", { maxObjSize: 1 });
  same([command("Add", item(LONG, "x"))], "414 Add 2");
  same([command("Add", int(LEAF))], "415 Add 2");
  same([command("Add", item("./Garden/Leaves/leaf", "x"))], "418 Add 2");
  same([command("Add", item(LEAF, "x"))], "420 Add 2", { room: 1 });
  same([command("Add", chunk(LEAF, 2)), command("Add", last(LEAF, "xx"))], "213 Add 2, 424 Add 3");
  same([command("Add", item(LEAF, "x"))], "425 Add 2", { server: GUEST });
  same([container("Sequence", command("Add", chunk(LEAF, 2)))], "200 Sequence 2, 500 Add c0");
});

test("an Add that fails above its target names the node that could not be made (OMA-TS-DM-RepPro, Add)", () => {
  for (const [uri, server, blamed] of [
    ["./Garden/Nothing/a", OWNER, "./Garden/Nothing"], ["./Garden/Beds/new/Nothing/a", OWNER, "./Garden/Beds/new/Nothing"],
    ["./Garden/Beds/new/Pots/p", GUEST, "./Garden/Beds/new"], ["./Garden/Leaves/a", GUEST, undefined],
    ["./Garden/Leaves/leaf/a/b", OWNER, "./Garden/Leaves/leaf/a"],
  ] as const) {
    const garden = new Garden(new MapStore());
    garden.add("./Garden/Leaves/leaf", "green");
    garden.replace("./Garden?prop=ACL", `Add=${OWNER}&Get=*&Replace=${OWNER}`);
    const bench = new Bench({ tree: garden.tree, serverID: server });
    bench.next();
    bench.reply([bench.header(200), command("Add", item(uri, "x"))]);
    const last = bench.next().commands[1];
    equal(last?.name === "Status" ? last.items[0]?.target : "no Status", blamed, uri);
  }
});

test("Replace: 200, 213, 404, 405, 413, 414, 415, 418, 420, 424, 425, 500", () => {
  same([command("Replace", item("./Garden/Name", "x"))], "200 Replace 2");
  same([command("Replace", chunk("./Garden/Name", 2))], "213 Replace 2");
  same([command("Replace", item(LEAF, "x"))], "404 Replace 2");
  same([command("Replace", item("./Garden/Bell", "x"))], "405 Replace 2");
  same([command("Replace", item("./Garden?prop=Type", "x"))], "405 Replace 2");
  same([command("Replace", item("./Garden?prop=Name", "x"))], "405 Replace 2");
  same([command("Replace", chunk("./Garden/Name", 5000))], "413 Replace 2");
  same([command("Replace", item(LONG, "x"))], "414 Replace 2");
  same([command("Replace", int("./Garden/Name"))], "415 Replace 2");
  same([command("Add", item("./Garden/Beds/other", "", { meta: { format: "node" } })),
    command("Replace", item("./Garden/Beds/other?prop=Name", "bed"))], "200 Add 2, 418 Replace 3");
  same([command("Replace", item("./Garden/Name", "x".repeat(99)))], "420 Replace 2", { room: 1 });
  same([command("Replace", chunk("./Garden/Name", 3)), command("Replace", last("./Garden/Name", "x"))], "213 Replace 2, 424 Replace 3");
  same([command("Replace", item("./Garden/Name", "x"))], "425 Replace 2", { server: GUEST });
  same([command("Replace", item("./Garden?prop=ACL", "Get"))], "500 Replace 2");
});

test("Delete: 200, 404, 405, 414, 425", () => {
  same([command("Delete", item("./Garden/Leaves/leaf"))], "200 Delete 2");
  same([command("Delete", item(LEAF))], "404 Delete 2");
  same([command("Delete", item("./Garden")), command("Delete", item("."))], "405 Delete 2, 405 Delete 3");
  same([command("Delete", item(LONG))], "414 Delete 2");
  same([command("Delete", item("./Garden/Leaves/leaf"))], "425 Delete 2", { server: GUEST });
});

test("Get: 200, 404, 405, 406, 414, 425, 500", () => {
  for (const uri of ["./Garden/Name", "./Garden", "./Garden?list=Struct", "./Garden?list=StructData", "./Garden?list=TNDS",
    "./Garden?prop=ACL"]) same([command("Get", item(uri))], "200 Get 2");
  same([command("Get", item(NOTHING))], "404 Get 2");
  same([command("Get", item("./Garden/Key"))], "405 Get 2");
  for (const uri of ["./Garden?list=Other", "./Garden/Name?prop=TStamp", "./Garden?list=TNDS+TStamp"]) {
    same([command("Get", item(uri))], "406 Get 2");
  }
  same([command("Get", item(LONG))], "414 Get 2");
  same([command("Get", item("./Garden/Weather"))], "425 Get 2", { server: GUEST });
  same([container("Atomic", command("Get", item("./Garden/Name")))], "507 Atomic 2, 500 Get c0");
});

test("Copy: 200, 403, 404, 405, 414, 415, 420, 425", () => {
  const copy = (source: string, target: string): Command => command("Copy", { ...item(target), source });
  same([copy("./Garden/Name", LEAF)], "200 Copy 2");
  same([copy("./Garden", LEAF)], "403 Copy 2");
  same([copy(NOTHING, LEAF)], "404 Copy 2");
  same([copy("./Garden/Key", LEAF)], "405 Copy 2");
  same([copy("./Garden/Name", LONG)], "414 Copy 2");
  same([copy("./Garden/Beds/bed/Size", LEAF)], "415 Copy 2");
  same([copy("./Garden/Name", LEAF)], "420 Copy 2", { room: 1 });
  same([copy("./Garden/Name", LEAF)], "425 Copy 2", { server: GUEST });
});

test("Exec: 202, 404, 405, 414, 425, 500", () => {
  same([command("Exec", item("./Garden/Bell"))], "202 Exec 2");
  same([command("Exec", item(NOTHING))], "404 Exec 2");
  same([command("Exec", item("./Garden/Name"))], "405 Exec 2");
  same([command("Exec", item(LONG))], "414 Exec 2");
  same([command("Exec", item("./Garden/Bell"))], "425 Exec 2", { server: GUEST });
  same([container("Atomic", command("Exec", item("./Garden/Bell")))], "507 Atomic 2, 500 Exec c0");
});

test("Alert: 200, 214, 304, 406, 408, 412, 416", () => {
  const confirm = asking(1101, "", "?");
  same([asking(1222)], "200 Alert 2");
  same([confirm], "200 Alert 2", { answer: { kind: "yes" } });
  same([confirm], "304 Alert 2", { answer: { kind: "no" } });
  same([confirm], "214 Alert 2", { answer: { kind: "cancelled" } });
  same([confirm], "408 Alert 2", { answer: { kind: "timeout" } });
  same([confirm], "416 Alert 2", { answer: { kind: "unable" } });
  same([asking(1101, "")], "412 Alert 2", { answer: { kind: "yes" } });
  same([confirm, asking(1226), asking(1200)], "406 Alert 2, 406 Alert 3, 406 Alert 4");
});

test("Atomic: 200, and 507 with 216 for what was undone and 215 for what was not begun, of every command", () => {
  const inside = [
    command("Add", item(LEAF, "x")), command("Replace", item("./Garden/Name", "x")),
    command("Copy", { ...item(LEAF), source: "./Garden/Name" }), command("Delete", item("./Garden/Leaves/leaf")), asking(1101, "", "?"),
  ];
  const yes: Setting = { answer: { kind: "yes" } };
  same([container("Atomic", ...inside)], "200 Atomic 2, 200 Add c0, 200 Replace c1, 200 Copy c2, 200 Delete c3, 200 Alert c4", yes);
  same([container("Atomic", ...inside, FAILS)],
    "507 Atomic 2, 216 Add c0, 216 Replace c1, 216 Copy c2, 216 Delete c3, 216 Alert c4, 404 Delete c5", yes);
  same([container("Atomic", FAILS, ...inside)],
    "507 Atomic 2, 404 Delete c0, 215 Add c1, 215 Replace c2, 215 Copy c3, 215 Delete c4, 215 Alert c5", yes);
});

test("Atomic: 516 when a live node has taken a value that it cannot give back", () => {
  const pipe = command("Replace", item("./Garden/Pipe", "AQID", { meta: { format: "b64" } }));
  same([container("Atomic", command("Add", item(LEAF, "x")), pipe, FAILS)], "507 Atomic 2, 516 Add c0, 516 Replace c1, 404 Delete c2");
});

test("Sequence: 200, and 215 for everything behind a No", () => {
  const inside = [
    command("Add", item(LEAF, "x")), command("Get", item("./Garden")), command("Exec", item("./Garden/Bell")), FAILS,
    command("Copy", { ...item(LEAF), source: "./Garden/Name" }), command("Replace", item("./Garden/Name", "x")), asking(1100, "", "!"),
  ];
  same([container("Sequence", asking(1101, "", "?"), ...inside)], "200 Sequence 2, 304 Alert c0, 215 Add c1, 215 Get c2, 215 Exec c3, "
    + "215 Delete c4, 215 Copy c5, 215 Replace c6, 215 Alert c7", { answer: { kind: "no" } });
});
