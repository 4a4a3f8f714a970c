/** Messages whose Data goes to its node while they arrive (DESIGN: a window, a head, pieces). */
import { base64 } from "../../../src/base/base64.ts";
import { Budget } from "../../../src/base/budget.ts";
import { LONG_HEAD_BYTES_MAX, PEER_BYTES_MAX } from "../../../src/base/limits.ts";
import { md5 } from "../../../src/base/md5.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { credential } from "../../../src/account/credential.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import { LongMessage } from "../../../src/session/longmessage.ts";
import type { Command, Item, Meta } from "../../../src/syncml/command.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, type BenchOptions, command, item, type ReplyOptions } from "./bench.ts";

const PKG = "./Fw/x/Update/PkgData";
const DATA = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7) % 251);
const ENCODINGS: readonly Encoding[] = ["xml", "wbxml"];
/** Bytes of the buffer that the message is put through. */
const WINDOW = 1500;

function pkgData(encoding: Encoding, data: Uint8Array, more: Partial<Item> = {}, meta: Meta = {}) {
  return encoding === "xml"
    ? item(PKG, base64(data), { meta: { format: "b64", ...meta }, ...more })
    : item(PKG, data, { binary: true, meta: { format: "bin", ...meta }, ...more });
}

interface Way extends ReplyOptions {
  readonly window?: number;
  /** What becomes of the message's bytes on the way. */
  readonly changed?: (bytes: Uint8Array) => Uint8Array;
}

/**
 * Sends a message through a window, as a conversation does: false when it is too long for it.
 */
function sendLong(bench: Bench, commands: readonly Command[], way: Way = {}): boolean {
  const length = bench.compose(commands, way);
  const sent = bench.inbound.slice(0, length);
  const message = way.changed?.(sent) ?? sent;
  const window = new Uint8Array(way.window ?? WINDOW);
  let long: LongMessage | undefined;
  let held = 0;
  const handOver = (first: number): void => {
    if (long === undefined) return;
    const bytes = window.subarray(first, held);
    const count = long.take(bytes);
    bench.session.feed(bytes.subarray(0, count));
    window.copyWithin(long.kept, first + count, held);
    held = long.kept + bytes.length - count;
  };
  for (const byte of message) {
    if (held === window.length && long?.over === false) handOver(long.kept);
    else if (held === window.length) {
      if (long !== undefined) return false;
      long = bench.session.lengthens(window, held);
      if (long === undefined) return false;
      handOver(long.from);
    }
    window[held++] = byte;
  }
  if (long?.over === false) handOver(long.kept);
  bench.session.received(window, held, way.mac?.(md5(sent)));
  return true;
}

function withByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = byte;
  return changed;
}

function begun(options: BenchOptions = {}): Bench {
  const bench = new Bench(options);
  bench.next();
  return bench;
}

for (const encoding of ENCODINGS) {
  const wbxml = encoding === "wbxml";

  test(`${encoding}: Data streams to its node, and is answered after the message`, () => {
    const bench = begun();
    ok(
      sendLong(bench, [bench.header(200), command("Replace", pkgData(encoding, DATA))], { wbxml }),
    );
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 200 Replace 2");
    deepEqual(bench.tree.sunk, [...DATA]);
    deepEqual(bench.tree.calls.slice(-1), [`close ${DATA.length}`]);
    bench.reply([bench.header(200)], { wbxml });
    equal(bench.outcome(), "completed");
    equal(bench.budget.left, PEER_BYTES_MAX);
  });

  test(`${encoding}: the window may be of any size, from where Data begins`, () => {
    for (let window = 1000; window < 1040; window++) {
      const one = begun();
      const commands = [one.header(200), command("Replace", pkgData(encoding, DATA))];
      ok(sendLong(one, commands, { wbxml, window }), `${window}`);
      one.next();
      equal(one.statuses(), "200 SyncHdr, 200 Replace 2", `${window}`);
      deepEqual(one.tree.sunk, [...DATA]);
    }
  });

  test(`${encoding}: chunks of a large object may be long messages`, () => {
    const bench = begun();
    const size = wbxml ? DATA.length : base64(DATA).length;
    const first = pkgData(encoding, DATA.subarray(0, 2400), { moreData: true }, { size });
    ok(sendLong(bench, [bench.header(200), command("Replace", first)], { wbxml, final: false }));
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 213 Replace 2");
    const rest = pkgData(encoding, DATA.subarray(2400));
    ok(sendLong(bench, [bench.header(200), command("Replace", rest)], { wbxml }));
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 200 Replace 2");
    deepEqual(bench.tree.sunk, [...DATA]);
  });

  test(`${encoding}: commands around Data run once, when the message is whole`, () => {
    const bench = begun();
    const commands = [
      bench.header(200),
      command("Replace", item("./A", "a")),
      command("Replace", pkgData(encoding, DATA)),
      command("Exec", item("./Fw/x/Update")),
    ];
    ok(sendLong(bench, commands, { wbxml }));
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 200 Replace 2, 200 Replace 3, 202 Exec 4");
    equal(bench.tree.calls.filter((call) => call.startsWith("replace ./A")).length, 1);
    ok(
      bench.tree.calls.indexOf(`close ${DATA.length}`) <
        bench.tree.calls.findIndex((call) => call.startsWith("exec")),
    );
  });

  test(`${encoding}: a message that ends in Data or is malformed commits nothing`, () => {
    for (const changed of [
      (bytes: Uint8Array) => bytes.subarray(0, 3000),
      (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1),
      (bytes: Uint8Array) => withByte(bytes, bytes.length - 2, 0x21),
      (bytes: Uint8Array) => withByte(bytes, bytes.length - 2, 0x21).subarray(0, bytes.length - 2),
    ]) {
      const bench = begun();
      const commands = [bench.header(200), command("Replace", pkgData(encoding, DATA))];
      ok(sendLong(bench, commands, { wbxml, changed }));
      bench.next();
      equal(bench.statuses(), "400 SyncHdr");
      ok(!bench.tree.calls.some((call) => call.startsWith("close")), bench.tree.calls.join());
      deepEqual(bench.tree.calls.slice(-1), ["abort"]);
      bench.reply([bench.header(200)], { wbxml });
      equal(bench.outcome(), "protocol");
    }
  });

  test(`${encoding}: a connection that is lost inside Data commits nothing`, () => {
    const bench = begun();
    const length = bench.compose([bench.header(200), command("Replace", pkgData(encoding, DATA))], {
      wbxml,
    });
    ok(length > 3000);
    const long = bench.session.lengthens(bench.inbound.subarray(0, 3000), 3000);
    ok(long !== undefined);
    bench.session.feed(bench.inbound.slice(long?.from, 3000));
    bench.session.lost("gone");
    deepEqual(bench.tree.calls.slice(-1), ["abort"]);
    equal(bench.budget.left, PEER_BYTES_MAX);
  });

  test(`${encoding}: no byte of a server that has not proved itself reaches the tree`, () => {
    const server = { type: "md5", name: "srv", secret: "s", nonce: utf8("n") } as const;
    for (const [cred, status] of [
      [undefined, 407],
      [credential("md5", "srv", "wrong", utf8("n")), 401],
      [credential("md5", "srv", "s", utf8("n")), 212],
    ] as const) {
      const bench = begun({ server });
      const commands = [bench.header(200), command("Replace", pkgData(encoding, DATA))];
      ok(sendLong(bench, commands, { wbxml, header: cred === undefined ? {} : { cred } }));
      bench.next();
      const good = status === 212;
      equal(bench.statuses(), `${status} SyncHdr, ${good ? 200 : status} Replace 2`);
      equal(bench.tree.calls.length, good ? 2 : 0, bench.tree.calls.join());
    }
  });

  test(`${encoding}: no byte of an old or foreign message reaches the tree`, () => {
    for (const header of [{ sessionID: "2" }, { target: "another" }, { verProto: "DM/1.1" }]) {
      const bench = begun();
      const commands = [bench.header(200), command("Replace", pkgData(encoding, DATA))];
      ok(sendLong(bench, commands, { wbxml, header }));
      deepEqual(bench.tree.calls, []);
    }
    const bench = begun();
    bench.reply([bench.header(200), command("Get", item("./A"))], { wbxml });
    bench.next();
    const before = bench.tree.calls.length;
    const commands = [bench.header(200), command("Replace", pkgData(encoding, DATA))];
    ok(sendLong(bench, commands, { wbxml, header: { msgID: "1" } }));
    equal(bench.tree.calls.length, before);
  });

  test(`${encoding}: a device that is not accepted takes no byte, and proves itself first`, () => {
    const bench = begun();
    const chal = { type: "syncml:auth-md5", format: "b64", nextNonce: base64(utf8("n")) };
    const commands = [bench.header(401, chal), command("Replace", pkgData(encoding, DATA))];
    ok(sendLong(bench, commands, { wbxml }));
    deepEqual(bench.tree.calls, []);
  });

  test(`${encoding}: Data for what takes none as it comes is dropped, and answered 413`, () => {
    for (const before of [command("Exec", item("./E")), command("Delete", item("./D"))]) {
      const bench = begun();
      const commands = [bench.header(200), before, command("Replace", pkgData(encoding, DATA))];
      ok(sendLong(bench, commands, { wbxml }));
      bench.next();
      ok(bench.statuses().endsWith("413 Replace 3"), bench.statuses());
      ok(!bench.tree.calls.some((call) => call.startsWith("stream")));
    }
  });

  test(`${encoding}: a node that refuses is answered with its status, at once or half-way`, () => {
    for (const [at, status] of [
      [PKG, 403],
      ["write", 420],
      ["close", 420],
    ] as const) {
      const bench = begun();
      bench.tree.statuses.set(at, status);
      const commands = [bench.header(200), command("Replace", pkgData(encoding, DATA))];
      ok(sendLong(bench, commands, { wbxml }));
      bench.next();
      equal(bench.statuses(), `200 SyncHdr, ${status} Replace 2`);
    }
  });

  test(
    `${encoding}: a person who cancels early gives up the object; the next is taken`,
    "interaction",
    () => {
      const userInterface = { ask: () => ({ kind: "cancelled" }) as const, clear: () => undefined };
      const bench = begun({ userInterface });
      const text = (data: string): Item => ({ data: utf8(data), binary: false, moreData: false });
      const question = { name: "Alert", cmdID: "", data: 1101, items: [text(""), text("Now?")] };
      const push = command("Replace", pkgData(encoding, DATA));
      ok(sendLong(bench, [bench.header(200), question as Command, push], { wbxml }));
      for (let now = 0; bench.session.waiting; now++) bench.session.resume(now);
      bench.next();
      equal(bench.statuses(), "200 SyncHdr, 214 Alert 2, 215 Replace 3");
      deepEqual(bench.tree.calls.slice(-1), ["abort"]);
      ok(sendLong(bench, [bench.header(200), push], { wbxml }));
      bench.next();
      equal(bench.statuses(), "200 SyncHdr, 200 Replace 2");
      deepEqual(bench.tree.sunk, [...DATA]);
      bench.reply([bench.header(200)], { wbxml });
      equal(bench.outcome(), "completed");
      equal(bench.budget.left, PEER_BYTES_MAX);
    },
  );

  test(`${encoding}: Data of anything but a Replace of its own has no room past the window`, () => {
    for (const one of [
      command("Add", pkgData(encoding, DATA)),
      {
        name: "Sequence",
        cmdID: "",
        commands: [{ ...command("Replace", pkgData(encoding, DATA)), cmdID: "9" }],
      } as const,
    ]) {
      const bench = begun();
      ok(!sendLong(bench, [bench.header(200), one], { wbxml }));
      deepEqual(bench.tree.calls, []);
    }
  });

  test(`${encoding}: with mac no byte is taken before the message is proved`, () => {
    const server = { type: "mac", name: "srv", secret: "s", nonce: utf8("n") } as const;
    const bench = begun({ server });
    ok(
      !sendLong(bench, [bench.header(200), command("Replace", pkgData(encoding, DATA))], { wbxml }),
    );
    deepEqual(bench.tree.calls, []);
  });

  test(`${encoding}: Data begins within LONG_HEAD_BYTES_MAX`, () => {
    const kept = (uri: number): LongMessage | undefined => {
      const bench = begun();
      const filler = command("Replace", item(`./${"u".repeat(uri)}`, "v"));
      const length = bench.compose(
        [bench.header(200), filler, command("Replace", pkgData(encoding, DATA))],
        { wbxml },
      );
      return LongMessage.of(encoding, bench.inbound.slice(0, length - 200), length - 200);
    };
    const base = kept(1000)?.kept ?? 0;
    const most = LONG_HEAD_BYTES_MAX - base + 1000;
    const last = [...Array(8).keys()]
      .map((less) => most - less)
      .find((uri) => kept(uri) !== undefined);
    ok(last !== undefined, "a head of just under the limit is taken");
    equal(kept((last ?? 0) + 1), undefined);
    equal(kept(last ?? 0)?.kept, LONG_HEAD_BYTES_MAX - (wbxml ? HEAD_LESS : 0));
  });
}

/** Bytes of the length of Data that stand behind the token, less the one that stays. */
const HEAD_LESS = 1;

test("a Replace with MoreData and no Size is answered 412", () => {
  const bench = begun();
  const commands = [
    bench.header(200),
    command("Replace", pkgData("xml", DATA, { moreData: true })),
  ];
  ok(sendLong(bench, commands, { final: false }));
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 412 Replace 2");
  deepEqual(bench.tree.calls.slice(-1), ["abort"]);
});

test("a Size that is not what came is answered 424, and base64 that is none 400", () => {
  for (const [meta, changed, status] of [
    [{ size: 4 }, undefined, 424],
    [{ size: 9999 }, undefined, 424],
    [{}, (bytes: Uint8Array) => withByte(bytes, 3000, 0x26), 400],
  ] as const) {
    const bench = begun();
    const commands = [bench.header(200), command("Replace", pkgData("xml", DATA, {}, meta))];
    ok(sendLong(bench, commands, changed === undefined ? {} : { changed }));
    bench.next();
    equal(bench.statuses(), `200 SyncHdr, ${status} Replace 2`);
    deepEqual(bench.tree.calls.slice(-1), ["abort"]);
  }
});

test("Size of Data taken as it comes may count bytes, characters, or line breaks too", () => {
  const whole = base64(DATA);
  const count = Math.ceil(whole.length / 76);
  let lines = "";
  for (let at = 0; at < whole.length; at += 76) lines += `${whole.slice(at, at + 76)}\n`;
  const changed = (bytes: Uint8Array): Uint8Array =>
    utf8(text(bytes, 0, bytes.length).split("\n").join("\r\n"));
  for (const format of ["b64", "bin"]) {
    for (const [size, status] of [
      [DATA.length, 200],
      [whole.length, 200],
      [lines.length, 200],
      [lines.length + count, 200],
      [lines.length + 1, 424],
      [lines.length - 1, 424],
    ] as const) {
      const bench = begun();
      const one = item(PKG, lines, { meta: { format, size } });
      ok(sendLong(bench, [bench.header(200), command("Replace", one)], { changed }));
      bench.next();
      equal(bench.statuses(), `200 SyncHdr, ${status} Replace 2`, `${format} ${size}`);
      if (status === 200) deepEqual(bench.tree.sunk, [...DATA]);
    }
  }
});

test("Data of unknown size is given up as soon as it passes MaxObjSize: 413", () => {
  for (const encoding of ENCODINGS) {
    const bench = begun({ maxObjSize: 2000 });
    const commands = [bench.header(200), command("Replace", pkgData(encoding, DATA))];
    ok(sendLong(bench, commands, { wbxml: encoding === "wbxml" }));
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 413 Replace 2");
  }
});

test("Data that goes on in CDATA, or as elements, is answered 400", () => {
  for (const more of ["<![CDATA[AAAA]]>", "<x/>"]) {
    const bench = begun();
    const commands = [bench.header(200), command("Replace", pkgData("xml", DATA))];
    const changed = (bytes: Uint8Array): Uint8Array =>
      utf8(
        text(bytes, 0, bytes.length).replace(
          "</Data></Item></Replace>",
          `${more}</Data></Item></Replace>`,
        ),
      );
    ok(sendLong(bench, commands, { changed }));
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 400 Replace 2");
    ok(!bench.tree.calls.some((call) => call.startsWith("close")));
  }
});

test("a second long Data has no room", () => {
  const bench = begun();
  const commands = [
    bench.header(200),
    command("Replace", pkgData("wbxml", DATA)),
    command("Replace", pkgData("wbxml", DATA)),
  ];
  ok(!sendLong(bench, commands, { wbxml: true }));
  bench.session.lost("too long");
  deepEqual(bench.tree.calls.slice(-1), ["abort"]);
});

test("a head whose decoding takes too much memory has no room", () => {
  const bench = begun({ budget: new Budget(600) });
  ok(!sendLong(bench, [bench.header(200), command("Replace", pkgData("xml", DATA))]));
  deepEqual(bench.tree.calls, []);
});
