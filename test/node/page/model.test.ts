/** What the page makes of events: the world at a moment, the lists, sentences, the scale. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import type { Recorded, RigEvent, Source } from "../../rig/events/event.ts";
import { binned, History, turnsOf } from "../../rig/page/model/history.ts";
import { dumpOf, gistOf, readMessage, sentencesOf } from "../../rig/page/model/message.ts";
import { FAULTS, orderOf, shellLine } from "../../rig/page/model/order.ts";
import { scaleOf, ticksOf } from "../../rig/page/model/scale.ts";
import { bytesText, clock, share } from "../../rig/page/model/text.ts";
import { Fold } from "../../rig/page/model/world.ts";
import { parseFaultWord } from "../../rig/server/faultword.ts";

type Said = readonly [t: number, event: RigEvent, source?: Source];

function recorded(said: readonly Said[]): Recorded[] {
  return said.map(([t, event, source = "bench"], i) => ({
    v: 1,
    seq: i + 1,
    t,
    board: "sim",
    source,
    ...event,
  }));
}

const write = (block: number, from: number, bytes: number, n: number): RigEvent => ({
  kind: "flashop",
  partition: "b",
  op: "write",
  block,
  from,
  bytes,
  n,
  erases: 1,
});

/** An update of which power is cut in the download, as far as the page looks at it. */
const RUN = recorded([
  [
    0,
    {
      kind: "geometry",
      partitions: [
        { name: "a", blocks: 4, blockLength: 100, eraseValue: 255, used: 250 },
        { name: "b", blocks: 4, blockLength: 100, eraseValue: 255, used: 0 },
      ],
    },
  ],
  [10, { kind: "power", on: true, by: "process" }],
  [20, { kind: "boot", version: "1.0.0", slot: "0", trial: false, cause: "power" }, "device"],
  [30, { kind: "state", state: 30, name: "Download Progressing" }, "device"],
  [40, write(0, 0, 100, 1), "bench"],
  [50, { ...write(1, 0, 30, 2), torn: "tornBits" } as RigEvent],
  [50, { kind: "cut", operation: 2, seed: 3, mode: "tornBits" }],
  [60, { kind: "power", on: true, by: "process" }],
  [70, { kind: "boot", version: "1.0.0", slot: "0", trial: false, cause: "power" }, "device"],
  [
    80,
    {
      kind: "flashop",
      partition: "b",
      op: "erase",
      block: 1,
      from: 0,
      bytes: 100,
      n: 3,
      erases: 2,
    },
  ],
  [90, { kind: "boot", version: "2.0.0", slot: "1", trial: true, cause: "restart" }, "device"],
  [95, { kind: "turn", what: "confirmed" }, "device"],
  [100, { kind: "result", code: 200, text: "done" }, "server"],
]);

function worldAt(fold: Fold, t: number) {
  return fold.at(RUN, History.countAt(RUN, t));
}

test("the world at a moment is what the events until then have said", () => {
  const fold = new Fold();
  strictEqual(worldAt(fold, 5).power, undefined);
  deepStrictEqual(
    worldAt(fold, 5)
      .partitions.get("a")
      ?.cells.map(({ fill }) => fill),
    [1, 1, 0.5, 0],
  );
  const running = worldAt(fold, 45);
  strictEqual(running.power, true);
  deepStrictEqual(running.boot, { version: "1.0.0", slot: "a", trial: false });
  strictEqual(running.state, 30);
  const cut = worldAt(fold, 55);
  deepStrictEqual([cut.power, cut.boot], [false, undefined]);
  const torn = cut.partitions.get("b")?.cells[1];
  deepStrictEqual([torn?.torn, torn?.fill], [true, 0.3]);
});

test("an erase mends a torn block, and counts", () => {
  const cell = worldAt(new Fold(), 85).partitions.get("b")?.cells[1];
  deepStrictEqual([cell?.torn, cell?.fill, cell?.erases], [false, 0, 2]);
});

test("a trial is one until it is confirmed", () => {
  const fold = new Fold();
  strictEqual(worldAt(fold, 92).boot?.trial, true);
  strictEqual(worldAt(fold, 97).boot?.trial, false);
});

test("a scenario begins with a device of which nothing is known", () => {
  const events = recorded([
    ...RUN.map((event): Said => [event.t, event, event.source]),
    [110, { kind: "scenario", name: "next", phase: "began", attempt: 1 }],
  ]);
  const { boot, state, partitions, result, scenario } = new Fold().at(events, events.length);
  deepStrictEqual([boot, state, partitions.size, result], [undefined, undefined, 0, undefined]);
  strictEqual(scenario?.name, "next");
});

test("backward the world is the same as forward", () => {
  const forth = new Fold();
  const back = new Fold();
  back.at(RUN, RUN.length);
  for (const t of [97, 85, 55, 45, 5])
    deepStrictEqual(
      back.at(RUN, History.countAt(RUN, t)),
      new Fold().at(RUN, History.countAt(RUN, t)),
    );
  strictEqual(forth.at(RUN, RUN.length).result?.code, 200);
});

function historyOf(events: readonly Recorded[]): History {
  const history = new History();
  for (const event of events) history.add(event);
  return history;
}

test("the lanes have what lasted, and a cut ends power, program and State", () => {
  const { lanes, marks } = historyOf(RUN);
  deepStrictEqual(
    lanes.power.map(({ from, to }) => [from, to]),
    [
      [10, 50],
      [60, undefined],
    ],
  );
  deepStrictEqual(
    lanes.runs.map(({ label, from, to }) => [label, from, to]),
    [
      ["1.0.0 · slot A", 20, 50],
      ["1.0.0 · slot A", 70, 90],
      ["2.0.0 on trial · slot B", 90, 95],
      ["2.0.0 · slot B", 95, undefined],
    ],
  );
  deepStrictEqual(
    lanes.State.map(({ label, from, to }) => [label, from, to]),
    [["30", 30, 50]],
  );
  ok(marks.some(({ label, loud }) => label === "cut at operation 2" && loud));
});

test("a device that is turned off by its switch is no fault", () => {
  const off = (by: string): History =>
    historyOf(
      recorded([
        [0, { kind: "power", on: true, by }],
        [9, { kind: "power", on: false, by }],
      ]),
    );
  strictEqual(off("switch").marks.length, 0);
  strictEqual(off("end").marks.length, 0);
  strictEqual(off("process").marks[0]?.label, "power off");
});

test("turns are in order, each once, with the end of the run", () => {
  const history = historyOf(RUN);
  deepStrictEqual(turnsOf(history, { from: 0, to: 100 }), [0, 10, 20, 30, 50, 60, 70, 90, 95, 100]);
  deepStrictEqual(turnsOf(history, { from: 55, to: 92 }), [55, 60, 70, 90, 92]);
});

test("a scale maps every time to a place and back, and gives room to short spans", () => {
  const turns = [0, 1000, 1020, 9000];
  for (const even of [true, false]) {
    const scale = scaleOf(turns, even);
    for (const t of [0, 1, 500, 1000, 1010, 1020, 5000, 9000])
      ok(Math.abs(scale.time(scale.place(t)) - t) < 1e-6, `${t}`);
    deepStrictEqual([scale.place(0), scale.place(9000)], [0, 1]);
  }
  const shareOf = (even: boolean): number => {
    const scale = scaleOf(turns, even);
    return scale.place(1020) - scale.place(1000);
  };
  ok(shareOf(false) < 0.003);
  ok(shareOf(true) > 0.05);
});

test("numbers on the axis are turns, or round, and never too near", () => {
  const turns = [0, 10, 11, 12, 500, 1000];
  deepStrictEqual(ticksOf(turns, scaleOf(turns, false), false, 0.2), [0, 200, 400, 600, 800, 1000]);
  const part = [430, 1000];
  deepStrictEqual(ticksOf(part, scaleOf(part, false), false, 0.3), [600, 800, 1000]);
  const even = scaleOf(turns, true);
  const places = ticksOf(turns, even, true, 0.2).map((t) => even.place(t));
  ok(places.every((place, i) => i === 0 || place - (places[i - 1] ?? 0) >= 0.2));
});

test("what a device stored since it said so last is spread over that time", () => {
  const amounts = [
    { from: 0, t: 3.5, bytes: 400 },
    { from: 1, t: 1, bytes: 50 },
  ];
  deepStrictEqual(
    binned(amounts, 4, (t) => t),
    [100, 150, 100, 100],
  );
});

const HEADER =
  "<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID>" +
  "<MsgID>2</MsgID><Target><LocURI>a</LocURI></Target><Source><LocURI>b</LocURI></Source>" +
  "</SyncHdr>";

function message(body: string): string {
  const whole = `<SyncML xmlns="SYNCML:SYNCML1.2">${HEADER}<SyncBody>${body}</SyncBody></SyncML>`;
  return Buffer.from(whole).toString("base64");
}

test("a message says what it commands, and what a Status answers", () => {
  const read = readMessage(
    message(
      "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>7</CmdRef><Cmd>Exec</Cmd>" +
        "<Data>202</Data></Status>" +
        "<Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>8</CmdRef><Cmd>Add</Cmd>" +
        "<Data>418</Data></Status>" +
        "<Sequence><CmdID>3</CmdID><Replace><CmdID>4</CmdID><Item><Target><LocURI>./A/B</LocURI>" +
        "</Target><Data>x &lt; y</Data></Item></Replace></Sequence><Final/>",
    ),
  );
  ok(read.message !== undefined);
  const lookup = (_: string, cmdRef: string): string | undefined =>
    cmdRef === "7" ? "./FwUpdate/Main/Update" : undefined;
  const all = sentencesOf(read.message, lookup);
  deepStrictEqual(
    all.map(({ verb, code, what, value }) => [verb, code, what, value]),
    [
      ["Status", 202, "Exec ./FwUpdate/Main/Update", ""],
      ["Status", 418, "Add", ""],
      ["Sequence", undefined, "1 commands", ""],
      ["Replace", undefined, "./A/B", "x < y"],
    ],
  );
  deepStrictEqual(gistOf(all), [
    ["Status", "418"],
    ["Sequence", "1 commands"],
    ["Replace", "A/B"],
  ]);
});

/** Inside the SyncBody. */
const CUT = 230;

test("a message that breaks off is shown as far as it goes, with what is wrong", () => {
  const whole = Buffer.from(message("<Get><CmdID>1</CmdID></Get><Final/>"), "base64");
  const { xml, problems, bytes } = readMessage(whole.subarray(0, CUT).toString("base64"));
  match(xml, /<MsgID>2<\/MsgID>/);
  ok(problems.length > 0);
  strictEqual(bytes.length, CUT);
});

test("bytes are shown sixteen a line, with the letters among them", () => {
  strictEqual(
    dumpOf(Buffer.from("<SyncML>\u0000 and more")),
    "0000  3c 53 79 6e 63 4d 4c 3e  00 20 61 6e 64 20 6d 6f  <SyncML>· and mo\n" +
      `0010  72 65${" ".repeat(18)}  ${" ".repeat(23)}  re`,
  );
});

test("numbers are said as people say them", () => {
  deepStrictEqual([clock(2801), clock(12_340), clock(65_300)], ["2.80 s", "12.3 s", "1:05.3"]);
  deepStrictEqual(
    [bytesText(820), bytesText(65_536), bytesText(1_572_864)],
    ["820 B", "64 KiB", "1.5 MiB"],
  );
  deepStrictEqual([share(0, 64), share(151_200, 300_228)], ["0 of 64 B", "148 of 293 KiB"]);
});

test("every button for a fault gives an order that the rig understands", () => {
  const buttons = FAULTS.flatMap((group) => group.buttons);
  ok(buttons.length > 10);
  for (const { order } of buttons) {
    deepStrictEqual(orderOf(JSON.parse(JSON.stringify(order))), order);
    ok(order.what === "fault");
    parseFaultWord(order.word);
  }
});

test("the line for a shell gives the same order", () => {
  const order = { what: "command", name: "Replace", uri: "./A", value: "it's" } as const;
  strictEqual(
    shellLine("http://127.0.0.1:1/t/", order),
    `curl -d '{"what":"command","name":"Replace","uri":"./A","value":"it'\\''s"}' ` +
      `http://127.0.0.1:1/t/orders`,
  );
});
