/** Large objects in both directions (OMA-TS-DM-Protocol §2.2). */
import { base64, base64Length } from "../../../src/base/base64.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Item, Message, Meta } from "../../../src/syncml/command.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { alert, Bench, type BenchOptions, command, item, textOf } from "./bench.ts";

const DATA = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
const TEXT = base64(DATA);
const PKG = "./Fw/x/Update/PkgData";

/** A chunk of base64 text, as XML carries it. */
function piece(text: string, moreData: boolean, meta: Meta = {}): Item {
  return item(PKG, text, {
    moreData,
    meta: { format: "b64", type: "application/octet-stream", ...meta },
  });
}

function begun(): Bench {
  const bench = new Bench();
  bench.next();
  return bench;
}

/** Sends one chunk in a message of its own, and gives the Status of the answer. */
function send(
  bench: Bench,
  one: Item,
  final: boolean,
  more: Parameters<Bench["reply"]>[1] = {},
): string {
  bench.reply([bench.header(200), command("Replace", one)], { final, ...more });
  bench.next();
  return bench.statuses();
}

test("chunks get 213 and Alert 1222; the last one gets the command's own Status", () => {
  const bench = begun();
  equal(
    send(bench, piece("AQID", true, { size: TEXT.length }), false),
    "200 SyncHdr, 213 Replace 2",
  );
  equal(bench.others(), "Alert 1222");
  ok(!bench.last.final);
  equal(send(bench, piece("BAUG", true), false), "200 SyncHdr, 213 Replace 2");
  equal(send(bench, piece("BwgJCgs=", false), true), "200 SyncHdr, 200 Replace 2");
  equal(bench.others(), "");
  ok(bench.last.final);
  deepEqual(bench.tree.sunk, [...DATA]);
  deepEqual(bench.tree.calls, [`stream Replace ${PKG} b64 -`, "close 11"]);
});

test("base64 may be cut anywhere, and may have white space", () => {
  for (let cut = 1; cut < TEXT.length; cut++) {
    const bench = begun();
    send(bench, piece(` ${TEXT.slice(0, cut)}\n`, true, { size: TEXT.length }), false);
    equal(
      send(bench, piece(`${TEXT.slice(cut)}`, false), true),
      "200 SyncHdr, 200 Replace 2",
      `cut at ${cut}`,
    );
    deepEqual(bench.tree.sunk, [...DATA]);
  }
});

test("Size may count the decoded bytes", () => {
  const bench = begun();
  send(bench, piece(TEXT.slice(0, 8), true, { size: DATA.length }), false);
  equal(send(bench, piece(TEXT.slice(8), false), true), "200 SyncHdr, 200 Replace 2");
});

test("Size may count white space in base64, a line break as one character or two", () => {
  const lines = `${TEXT.slice(0, 8)}\n${TEXT.slice(8)}\n`;
  const sizes = [TEXT.length, DATA.length, lines.length, lines.length + 2];
  for (let size = 8; size < 30; size++) {
    const bench = begun();
    send(bench, piece(lines.slice(0, 12), true, { size }), false);
    const last = bench.statuses().endsWith("213 Replace 2")
      ? send(bench, piece(lines.slice(12), false), true)
      : "";
    equal(last === "200 SyncHdr, 200 Replace 2", sizes.includes(size), `${size}`);
  }
});

test("characters of Format bin are base64, as XML has nothing else (TND §7.7.4)", () => {
  for (const format of ["bin", "BIN", "B64"]) {
    const bench = begun();
    send(bench, piece(TEXT.slice(0, 5), true, { format, size: TEXT.length }), false);
    equal(send(bench, piece(TEXT.slice(5), false, { format }), true), "200 SyncHdr, 200 Replace 2");
    deepEqual(bench.tree.sunk, [...DATA]);
    bench.reply([bench.header(200), command("Replace", item("./A", TEXT, { meta: { format } }))]);
    bench.next();
    deepEqual(bench.tree.values.get("./A")?.data, DATA);
  }
});

test("an object whose base64 decodes to more than MaxObjSize is given up at once: 413", () => {
  const bench = new Bench({ maxObjSize: 8 });
  bench.next();
  equal(
    send(bench, piece(TEXT.slice(0, 8), true, { size: TEXT.length }), false),
    "200 SyncHdr, 213 Replace 2",
  );
  equal(send(bench, piece(TEXT.slice(8), true), false), "200 SyncHdr, 413 Replace 2");
  ok(bench.tree.calls.includes("abort"));
});

test("Meta of the command holds for its item, and Add takes large objects too", () => {
  const bench = begun();
  const meta = { format: "b64", type: "application/octet-stream", size: TEXT.length };
  bench.reply(
    [bench.header(200), { ...command("Add", item(PKG, "AQID", { moreData: true })), meta }],
    { final: false },
  );
  bench.next();
  bench.reply([
    bench.header(200),
    { ...command("Add", item(PKG, TEXT.slice(4))), meta: { format: "b64" } },
  ]);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Add 2");
  deepEqual(bench.tree.calls, [`stream Add ${PKG} b64 -`, "close 11"]);
});

test("a size that is not the announced one is answered 424, and nothing is committed", () => {
  for (const size of [4, TEXT.length - 1, TEXT.length + 1]) {
    const bench = begun();
    send(bench, piece("AQID", true, { size }), false);
    equal(send(bench, piece("BAUGBwgJCgs=", false), true), "200 SyncHdr, 424 Replace 2");
    ok(bench.tree.calls.includes("abort"));
    ok(!bench.tree.calls.includes("close 11"));
  }
});

test("an object that outgrows its Size is given up at once", () => {
  const bench = begun();
  send(bench, piece("AQID", true, { size: 4 }), false);
  equal(send(bench, piece("BAUG", true), false), "200 SyncHdr, 424 Replace 2");
});

test("the same object with another Size has begun anew: Alert 1225 for the first", () => {
  const bench = begun();
  send(bench, piece("AQID", true, { size: 100 }), false);
  equal(
    send(bench, piece("AQID", true, { size: TEXT.length }), false),
    "200 SyncHdr, 213 Replace 2",
  );
  equal(bench.others(), "Alert 1225");
  equal(send(bench, piece(TEXT.slice(4), false), true), "200 SyncHdr, 200 Replace 2");
  deepEqual(bench.tree.sunk, [...DATA]);
});

test("a first chunk without Size is answered 412", () => {
  const bench = begun();
  equal(send(bench, piece("AQID", true), false), "200 SyncHdr, 412 Replace 2");
  deepEqual(bench.tree.calls, []);
});

test("an object over MaxObjSize is refused at its first chunk (413); at it, taken", () => {
  for (const [size, status] of [
    [1000, 213],
    [1001, 413],
  ] as const) {
    const bench = new Bench({ maxObjSize: 1000 });
    bench.next();
    const first = item(PKG, "some text", { moreData: true, meta: { size } });
    equal(send(bench, first, false), `200 SyncHdr, ${status} Replace 2`);
  }
});

test("another command before the last chunk: Alert 1225, no commit, and it is executed", () => {
  const bench = begun();
  send(bench, piece("AQID", true, { size: TEXT.length }), false);
  bench.reply([bench.header(200), command("Delete", item("./A"))]);
  const message = bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Delete 2");
  equal(bench.others(), "Alert 1225");
  const last = message.commands[message.commands.length - 1];
  ok(last?.name === "Alert");
  equal(last.items[0]?.target, PKG);
  deepEqual(bench.tree.calls.slice(1), ["abort", "remove ./A"]);
});

test("another object before the last chunk: Alert 1225, and the new one is taken", () => {
  const bench = begun();
  send(bench, piece("AQID", true, { size: TEXT.length }), false);
  const other = item("./B", "AQID", { moreData: true, meta: { format: "b64", size: 100 } });
  bench.reply([bench.header(200), command("Replace", other)], { final: false });
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 213 Replace 2");
  equal(bench.others(), "Alert 1225");
});

test("an object that the tree does not take, at first or later, is answered with its code", () => {
  const first = begun();
  first.tree.statuses.set(PKG, 405);
  equal(send(first, piece("AQID", true, { size: 100 }), false), "200 SyncHdr, 405 Replace 2");
  const later = begun();
  later.tree.statuses.set("write", 420);
  equal(send(later, piece("AQID", true, { size: 100 }), false), "200 SyncHdr, 420 Replace 2");
  ok(later.tree.calls.includes("abort"));
  const last = begun();
  last.tree.statuses.set("close", 500);
  send(last, piece("AQID", true, { size: 8 }), false);
  equal(send(last, piece("BAUG", false), true), "200 SyncHdr, 500 Replace 2");
});

test("a chunk that is not base64 is answered 400", () => {
  const bench = begun();
  equal(send(bench, piece("A*ID", true, { size: 100 }), false), "200 SyncHdr, 400 Replace 2");
});

test("an object that is never finished is given up with the session", () => {
  const bench = begun();
  send(bench, piece("AQID", true, { size: TEXT.length }), false);
  bench.session.lost("gone");
  ok(bench.tree.calls.includes("abort"));
});

/** Fetches ./Big with small messages, and gives the chunks. */
function fetch(bench: Bench, maxMsgSize: number): readonly Item[] {
  const chunks: Item[] = [];
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./Big"))], { header: { maxMsgSize } });
  for (let messages = 0; ; messages++) {
    const message: Message = bench.next();
    ok(bench.length <= maxMsgSize, `${bench.length} bytes`);
    ok(messages < 200);
    for (const one of message.commands) if (one.name === "Results") chunks.push(...one.items);
    if (message.final) return chunks;
    bench.reply([bench.header(200), alert(1222)], { final: false });
  }
}

test("a result larger than a message goes in chunks, with MoreData, and Size on the first", () => {
  const bench = new Bench();
  const value = "Grüße & mehr, ".repeat(300);
  const data = utf8(value);
  bench.tree.values.set("./Big", { format: "chr", type: "text/plain", data });
  const chunks = fetch(bench, 1500);
  ok(chunks.length > 2);
  equal(chunks.map((chunk) => textOf(chunk)).join(""), value);
  deepEqual(
    chunks.map((chunk) => chunk.meta?.size),
    chunks.map((_, index) => (index === 0 ? data.length : undefined)),
  );
  deepEqual(
    chunks.map((chunk) => chunk.moreData),
    chunks.map((_, index) => index < chunks.length - 1),
  );
});

test("a binary result in chunks is one base64 text; Size counts characters (§8.3.7.4)", () => {
  const bench = new Bench();
  const data = new Uint8Array(2000).map((_, index) => index);
  bench.tree.values.set("./Big", { format: "bin", type: "application/octet-stream", data });
  const chunks = fetch(bench, 1500);
  ok(chunks.length > 1);
  equal(chunks.map((chunk) => textOf(chunk)).join(""), base64(data));
  equal(chunks[0]?.meta?.size, base64Length(2000));
  equal(chunks[0]?.meta?.format, "b64");
});

test("an object over the server's MaxObjSize is 413; one of that size is sent", () => {
  for (const [maxObjSize, status] of [
    [2000, 200],
    [1999, 413],
  ] as const) {
    const bench = new Bench();
    bench.tree.values.set("./Big", {
      format: "chr",
      type: "text/plain",
      data: new Uint8Array(2000).fill(0x61),
    });
    bench.next();
    bench.reply([bench.header(200), command("Get", item("./Big"))], { header: { maxObjSize } });
    bench.next();
    equal(bench.statuses(), `200 SyncHdr, ${status} Get 2`);
    equal(bench.others(), status === 200 ? "Results" : "");
  }
});

/** A session in which the first of several chunks has gone out. */
function chunked(options: BenchOptions = {}): Bench {
  const bench = new Bench(options);
  bench.tree.values.set("./Big", {
    format: "chr",
    type: "text/plain",
    data: new Uint8Array(5000).fill(0x61),
  });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./Big"))], { header: { maxMsgSize: 1500 } });
  bench.next();
  equal(bench.others(), "Results");
  return bench;
}

test("a server that refuses a chunk, by Status or Alert 1225, gets no more of it", () => {
  for (const status of [413, undefined]) {
    const bench = chunked();
    const refusal = status === undefined ? alert(1225) : bench.status("3", "Results", status);
    bench.reply([bench.header(200), refusal, alert(1222)], { final: false });
    bench.next();
    equal(bench.others(), "");
    ok(bench.last.final);
  }
});

test("a challenge between two chunks begins the session anew, without the rest", () => {
  const bench = chunked({
    client: { type: "md5", name: "u", secret: "p", nonce: Uint8Array.from([1]) },
  });
  bench.reply([bench.header(401, { type: "syncml:auth-md5", format: "b64", nextNonce: "AAAA" })]);
  bench.next();
  equal(bench.others(), "Alert 1201, Replace");
});

test("in WBXML chunks are bytes, and the sink knows the size", () => {
  const bench = begun();
  const meta = { format: "bin", type: "application/octet-stream" };
  const first = item(PKG, DATA.subarray(0, 4), {
    binary: true,
    moreData: true,
    meta: { ...meta, size: 11 },
  });
  equal(send(bench, first, false, { wbxml: true }), "200 SyncHdr, 213 Replace 2");
  const last = item(PKG, DATA.subarray(4), { binary: true, meta });
  equal(send(bench, last, true, { wbxml: true }), "200 SyncHdr, 200 Replace 2");
  deepEqual(bench.tree.sunk, [...DATA]);
  equal(bench.tree.calls[0], `stream Replace ${PKG} bin 11`);
});

test("in WBXML base64 of format b64 stays base64, as characters and as opaque", () => {
  for (const binary of [false, true]) {
    const bench = begun();
    const meta = { format: "b64" };
    const first = item(PKG, TEXT.slice(0, 5), {
      binary,
      moreData: true,
      meta: { ...meta, size: TEXT.length },
    });
    equal(send(bench, first, false, { wbxml: true }), "200 SyncHdr, 213 Replace 2");
    equal(
      send(bench, item(PKG, TEXT.slice(5), { binary, meta }), true, { wbxml: true }),
      "200 SyncHdr, 200 Replace 2",
    );
    deepEqual(bench.tree.sunk, [...DATA]);
  }
});

test("the Status of a chunk names no target, that of the object does", () => {
  const bench = begun();
  send(bench, piece("AQID", true, { size: TEXT.length }), false);
  const named = (): (readonly string[])[] =>
    bench.last.commands.flatMap((one) =>
      one.name === "Status" && one.cmdRef === "2" ? [one.targetRefs] : [],
    );
  deepEqual(named(), [[]]);
  send(bench, piece(TEXT.slice(4), false), true);
  deepEqual(named(), [[PKG]]);
});
