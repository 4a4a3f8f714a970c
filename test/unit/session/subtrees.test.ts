/**
 * Descriptions of trees in messages: both ways to carry one in, chunks, results, and what is
 * refused.
 */
import { LEAF_BYTES_MAX, SUBTREE_BYTES_MAX } from "../../../src/base/limits.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import type { Item } from "../../../src/syncml/command.ts";
import { TNDS_WBXML, TNDS_XML } from "../../../src/syncml/tnds.ts";
import { DDF_HEADER } from "../../../src/wbxml/prolog.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Garden, OWNER } from "../tree/garden.ts";
import { MapStore } from "../tree/mapstore.ts";
import { Bench, command, item, messageText, textOf } from "./bench.ts";

const META = { format: "xml", type: TNDS_XML };
const DOCUMENT =
  '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>b1</NodeName><Node>' +
  "<NodeName>Label</NodeName>" +
  "<RTProperties><Format><chr/></Format><Type><MIME>text/plain</MIME></Type></RTProperties>" +
  "<Value>roses</Value></Node></Node></MgmtTree>";

class GardenBench extends Bench {
  readonly garden: Garden;

  constructor(garden = new Garden(new MapStore()), more: { readonly maxObjSize?: number } = {}) {
    super({ tree: garden.tree, serverID: OWNER, ...more });
    this.garden = garden;
    this.next();
  }
}

test("a description as text is added and replaced", () => {
  const bench = new GardenBench();
  bench.reply([bench.header(200), command("Add", item("./Garden/Beds", DOCUMENT, { meta: META }))]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Add 2");
  equal(bench.garden.read("./Garden/Beds/b1/Label"), "roses");
  bench.reply([
    bench.header(200),
    command("Replace", item("./Garden/Beds", DOCUMENT.replace("roses", "lilies"), { meta: META })),
  ]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Replace 2");
  equal(bench.garden.read("./Garden/Beds/b1/Label"), "lilies");
});

test("a description as elements in Data is the same", () => {
  const bench = new GardenBench();
  bench.replyText(
    messageText(
      `<Add><CmdID>1</CmdID><Item><Target><LocURI>./Garden/Beds</LocURI></Target><Meta><Type>` +
        `${TNDS_XML}</Type>` +
        `</Meta><Data> ${DOCUMENT} </Data></Item></Add><Final/>`,
    ),
  );
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Add 1");
  equal(bench.garden.read("./Garden/Beds/b1/Label"), "roses");
});

test("what says that it is a description and is none is 415, in each form", () => {
  const bench = new GardenBench();
  bench.reply([
    bench.header(200),
    command("Add", item("./Garden/Beds", "nothing", { meta: META })),
    command("Replace", item("./Garden/Beds", DOCUMENT.replace(">1.2<", ">2.0<"), { meta: META })),
    command("Replace", item("./Garden/Beds", `${DOCUMENT}${DOCUMENT}`, { meta: META })),
  ]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 415 Add 2, 415 Replace 3, 415 Replace 4");
  const other = new GardenBench();
  for (const data of [
    "<Tree/>",
    DOCUMENT.replace(">1.2<", ">2.0<"),
    `${DOCUMENT}${DOCUMENT}`,
    `${DOCUMENT}<x/>`,
  ]) {
    const add =
      `<Add><CmdID>1</CmdID><Item><Target><LocURI>./Garden/Beds</LocURI></Target>` +
      `<Data>${data}</Data></Item></Add><Final/>`;
    other.replyText(
      messageText(add).replace("<MsgID>1", `<MsgID>${Number(other.last.header.msgID)}`),
    );
    other.next();
    ok(other.statuses().includes("415 Add 1"));
  }
});

test("a description in chunks is longer than a leaf may be, and is added whole (§2.2)", () => {
  const bench = new GardenBench();
  const label = "r".repeat(LEAF_BYTES_MAX - 1);
  const whole = utf8(DOCUMENT.replace("roses", label));
  const half = whole.length >> 1;
  ok(whole.length > LEAF_BYTES_MAX);
  const chunk = (data: Uint8Array, more: Partial<Item>): Item =>
    item("./Garden/Beds", data, { meta: META, ...more });
  bench.reply([
    bench.header(200),
    command(
      "Add",
      chunk(whole.slice(0, half), { moreData: true, meta: { ...META, size: whole.length } }),
    ),
  ]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 213 Add 2");
  bench.reply([bench.header(200), command("Add", chunk(whole.slice(half), {}))]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Add 2");
  equal(bench.garden.read("./Garden/Beds/b1/Label"), label);
});

test("a description past its limit is 413 before its first byte", () => {
  const bench = new GardenBench();
  const sized = (size: number): Item =>
    item("./Garden/Beds", "<", { moreData: true, meta: { ...META, size } });
  bench.reply([
    bench.header(200),
    command("Add", sized(SUBTREE_BYTES_MAX + 1)),
    command("Add", sized(SUBTREE_BYTES_MAX)),
  ]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 413 Add 2, 213 Add 3");
});

test("a Get of a subtree gives one object, typed, without the query in its URI", () => {
  const bench = new GardenBench();
  bench.garden.add("./Garden/Beds/b1/Pots/p1", "a < b");
  bench.reply([bench.header(200), command("Get", item("./Garden/Beds/b1/Pots?list=TNDS+Value"))]);
  bench.next();
  const results = bench.last.commands[2];
  ok(results?.name === "Results");
  const [one] = results.items;
  equal(one?.source, "./Garden/Beds/b1/Pots");
  deepEqual(one?.meta, META);
  equal(
    textOf(one),
    '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName/><RTProperties/>' +
      "<Node><NodeName>p1</NodeName><RTProperties/><Value>a &lt; b</Value></Node></Node>" +
      "</MgmtTree>",
  );
});

test("a description longer than a message comes in chunks; one too long is 413", () => {
  const garden = new Garden(new MapStore());
  for (let pot = 0; pot < 3; pot++)
    garden.add(`./Garden/Beds/b1/Pots/p${pot}`, `${pot}`.repeat(3000));
  const bench = new GardenBench(garden);
  let whole = "";
  let sizes = 0;
  bench.reply([bench.header(200), command("Get", item("./Garden?list=TNDS"))], {
    header: { maxMsgSize: 4000 },
  });
  for (let more = true; more; ) {
    bench.next();
    const results = bench.last.commands.find((one) => one.name === "Results");
    ok(results?.name === "Results");
    const [chunk] = results.items;
    whole += textOf(chunk);
    sizes += chunk?.meta?.size ?? 0;
    more = chunk?.moreData ?? false;
    const cmdRef = results.cmdID;
    if (more)
      bench.reply([
        bench.header(200),
        bench.status(cmdRef, "Results", 213),
        { name: "Alert", cmdID: "", data: 1222, items: [] },
      ]);
  }
  equal(utf8(whole).length, sizes);
  const copy = new GardenBench();
  copy.reply([copy.header(200), command("Replace", item("./Garden", whole, { meta: META }))]);
  copy.next();
  equal(copy.statuses(), "200 SyncHdr, 200 Replace 2");
  equal(copy.garden.read("./Garden/Beds/b1/Pots/p2"), "2".repeat(3000));
  for (let pot = 3; pot < 6; pot++) garden.add(`./Garden/Beds/b1/Pots/p${pot}`, "x".repeat(3000));
  const long = new GardenBench(garden);
  long.reply([long.header(200), command("Get", item("./Garden?list=TNDS"))]);
  long.next();
  equal(long.statuses(), "200 SyncHdr, 413 Get 2");
});

/** What `nest` replaces. */
const PLACE = "PLACE";

/**
 * Puts the elements of a document, on their own code page, where a message has `PLACE` as Data: the
 * new length of the message.
 */
function nest(message: Uint8Array, length: number, document: Uint8Array): number {
  const inline = [0x03, ...utf8(PLACE), 0x00];
  const at = message.findIndex((_, from) =>
    inline.every((byte, index) => message[from + index] === byte),
  );
  ok(at > 0);
  const rest = message.slice(at + inline.length, length);
  const elements = [...document.subarray(DDF_HEADER.length), 0x00, 0x00];
  message.set(elements, at);
  message.set(rest, at + elements.length);
  return at + elements.length + rest.length;
}

test("in WBXML a description is nested WBXML, or elements on its own page", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Beds/b1/Pots/p1", "a < b");
  const bench = new Bench({ tree: garden.tree, serverID: OWNER, encoding: "wbxml" });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./Garden/Beds/b1?list=TNDS"))], {
    wbxml: true,
  });
  bench.next();
  const results = bench.last.commands[2];
  ok(results?.name === "Results");
  const [one] = results.items;
  const data = one?.data?.slice() ?? new Uint8Array(0);
  equal(one?.meta?.type, TNDS_WBXML);
  equal(one?.meta?.format, "bin");
  ok(one?.binary === true && data[0] === 2);
  const meta = { format: "bin", type: TNDS_WBXML };
  const length = bench.compose(
    [
      bench.header(200),
      command("Add", item("./Garden/Beds/b2", data, { meta, binary: true })),
      command("Add", item("./Garden/Beds/b3", PLACE, { meta })),
    ],
    { wbxml: true },
  );
  bench.session.received(bench.inbound, nest(bench.inbound, length, data));
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Add 2, 200 Add 3");
  equal(garden.read("./Garden/Beds/b2/Pots/p1"), "a < b");
  equal(garden.read("./Garden/Beds/b3/Pots/p1"), "a < b");
});

test("what is in a description comes out of it as it was", () => {
  const garden = new Garden(new MapStore());
  garden.add("./Garden/Beds/b1/Pots/p1", "]]> & <tag> \r\n ü");
  const bench = new GardenBench(garden);
  bench.reply([bench.header(200), command("Get", item("./Garden/Beds/b1?list=TNDS"))]);
  bench.next();
  const results = bench.last.commands[2];
  ok(results?.name === "Results");
  bench.reply([
    bench.header(200),
    command("Add", item("./Garden/Beds/b2", textOf(results.items[0]), { meta: META })),
  ]);
  bench.next();
  equal(garden.read("./Garden/Beds/b2/Pots/p1"), "]]> & <tag> \r\n ü");
  equal(text(utf8("ü"), 0, 2), "ü");
});
