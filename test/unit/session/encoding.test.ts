/** Sessions in WBXML, and in both encodings. */
import { Budget } from "../../../src/base/budget.ts";
import { PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import type { Item, Message } from "../../../src/syncml/command.ts";
import { decodeMessage } from "../../../src/syncml/decode.ts";
import { encodingOf, readerOf } from "../../../src/session/encoding.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, command, item, textOf } from "./bench.ts";

/** The first item of the first Results. */
function resultOf(message: Message): Item | undefined {
  for (const command of message.commands) if (command.name === "Results") return command.items[0];
  return undefined;
}

const BYTES = new Uint8Array([0, 1, 2, 0xff]);

test("a session begins in the encoding of its account", () => {
  for (const encoding of ["xml", "wbxml"] as const) {
    const bench = new Bench({ encoding });
    bench.next();
    equal(bench.encoding, encoding);
    equal(bench.others(), "Alert 1201, Replace");
  }
});

test("an answer is in the encoding of the question", () => {
  const bench = new Bench({ encoding: "wbxml" });
  bench.next();
  for (const wbxml of [true, false, true]) {
    bench.reply([bench.header(200), command("Get", item("./A"))], { wbxml });
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 404 Get 2");
    equal(bench.encoding, wbxml ? "wbxml" : "xml");
  }
});

test("a binary value is opaque of format bin in WBXML, and base64 of format b64 in XML", () => {
  const bench = new Bench();
  bench.tree.values.set("./B", { format: "bin", type: "application/octet-stream", data: BYTES });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./B"))], { wbxml: true });
  const opaque = resultOf(bench.next());
  ok(opaque !== undefined);
  equal(opaque.meta?.format, "bin");
  ok(opaque.binary);
  deepEqual(opaque.data, BYTES);
  bench.reply([bench.header(200), command("Get", item("./B"))]);
  const base64 = resultOf(bench.next());
  equal(base64?.meta?.format, "b64");
  equal(textOf(base64), "AAEC/w==");
});

test("results that wait for the next message keep the encoding that they were made for", () => {
  const bench = new Bench({ maxMsgSize: 700, outbound: new Uint8Array(700) });
  bench.tree.values.set("./B", {
    format: "bin",
    type: "application/octet-stream",
    data: new Uint8Array(900).fill(0x80),
  });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./B"))], { wbxml: true });
  let data = 0;
  for (let more = true; more; ) {
    const part = resultOf(bench.next());
    ok(part?.data !== undefined && part.binary && bench.encoding === "wbxml");
    data += part.data.length;
    more = part.moreData;
    if (more) bench.reply([bench.header(200), { name: "Alert", cmdID: "", data: 1222, items: [] }]);
  }
  equal(data, 900);
});

test("what a message is in is told by its first byte", () => {
  equal(encodingOf(utf8("<SyncML/>"), 9), "xml");
  equal(encodingOf(new Uint8Array([0xef, 0xbb, 0xbf, 0x3c]), 4), "xml");
  for (const version of [0, 1, 2, 3]) equal(encodingOf(new Uint8Array([version]), 1), "wbxml");
  equal(encodingOf(new Uint8Array([4]), 1), "xml");
  equal(encodingOf(new Uint8Array([2]), 0), "xml", "nothing at all");
});

test("a message that is malformed in WBXML is answered as one in XML", () => {
  const bench = new Bench({ encoding: "wbxml" });
  bench.next();
  bench.inbound.set([2, 0xa4, 1, 0x6a, 0, 0x6d, 4]);
  bench.session.received(bench.inbound, 7);
  ok(bench.logged("at byte 6: literal tags are refused"));
  equal(bench.outcome(), "protocol");
  ok("problem" in decodeMessage(readerOf("wbxml", bench.inbound, 7), new Budget(PEER_BYTES_MAX)));
});
