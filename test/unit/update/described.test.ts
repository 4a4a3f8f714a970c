/**
 * Packages that a descriptor names, through the engine: what is durable of it, who is asked, and
 * who is told.
 */
import { NOTICES_MAX } from "../../../src/base/limits.ts";
import type { Description } from "../../../src/download/descriptor.ts";
import type { FetchEvent, FetchSink } from "../../../src/update/fetcher.ts";
import { reduce } from "../../../src/update/machine.ts";
import { IDLE, type Notice, type UpdateRecord } from "../../../src/update/record.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Board, IMAGE, serve } from "./board.ts";

const NOTIFY = "http://h/n";
const SIZE = IMAGE.length;
const DESCRIPTION: Description = {
  url: "http://h/fw",
  size: SIZE,
  notify: NOTIFY,
  next: "http://h/next",
  name: "Pump 2",
  vendor: "ACME",
  text: "new",
};

const described = (sink: FetchSink, more: Partial<Description> = {}): FetchEvent => {
  const refused = sink.describe({ ...DESCRIPTION, ...more });
  return refused === undefined ? { type: "wait", until: 7 } : { type: "failed", reason: refused };
};

function started(thenInstall = false, askBeforeDownload = false): Board {
  const board = new Board();
  board.asks = askBeforeDownload;
  board.reset();
  board.engine.start("http://h/dd", "x", "o", thenInstall);
  return board;
}

const noticesOf = (board: Board): readonly Notice[] => board.engine.record.notices;

test("a descriptor is stored before its package is asked for; a reset needs it no more", () => {
  const board = started();
  board.fetcher.script = [(sink) => described(sink)];
  equal(board.engine.step(0), 7);
  const { url, size, described: named } = board.engine.record;
  deepEqual(
    [url, size, named, noticesOf(board)],
    ["http://h/fw", SIZE, true, [{ url: NOTIFY, attempt: 0 }]],
  );
  ok(
    board.log.some((line) => line.includes("Pump 2 by ACME") && line.includes("http://h/next")),
    board.log.join("\n"),
  );
  board.reset();
  board.fetcher.script = [serve(IMAGE)];
  board.settle();
  const { attempt, from } = board.fetcher.started[0] ?? {};
  deepEqual(board.fetcher.started, [
    {
      url: "http://h/fw",
      from,
      validator: undefined,
      size: SIZE,
      attempt,
      minutes: 0,
      described: true,
    },
  ]);
  deepEqual(noticesOf(board), [{ url: NOTIFY, attempt: 0, reason: "succeeded" }]);
});

test("a download succeeds once its package is verified, whatever installation brings", () => {
  const board = started(true);
  board.fetcher.script = [(sink) => described(sink), serve(IMAGE)];
  board.engine.step(0);
  board.settle();
  deepEqual([board.engine.record.phase, board.engine.tickets()[0]?.reason], ["arming", undefined]);
  deepEqual(board.engine.notices.due, { url: NOTIFY, attempt: 0, reason: "succeeded" });
  board.boot.cause = "restart";
  board.reset();
  deepEqual(
    [board.engine.record.reason, board.engine.notices.due?.reason],
    ["reverted", "succeeded"],
  );
});

test("a failure is reported to the descriptor's host, even if the descriptor is refused", () => {
  for (const [more, reason] of [
    [{ size: 5000 }, "tooLarge"],
    [{}, "timeout"],
  ] as const) {
    const board = started();
    board.fetcher.script = [
      (sink) => described(sink, more),
      () => ({ type: "failed", reason: "timeout" }),
    ];
    board.settle();
    if (reason === "timeout") board.engine.step(7);
    deepEqual([board.engine.record.phase, board.engine.record.reason], ["failed", reason]);
    deepEqual(noticesOf(board), [{ url: NOTIFY, attempt: 0, reason }]);
  }
  const board = started();
  board.fetcher.script = [
    (sink) => {
      const refused = sink.describe({
        fault: "descriptorVersion",
        problem: "DDVersion 2.0",
        notify: NOTIFY,
      });
      return refused === undefined ? { type: "done" } : { type: "failed", reason: refused };
    },
  ];
  board.settle();
  deepEqual(
    [board.engine.tickets()[0]?.reason, noticesOf(board)],
    ["descriptorVersion", [{ url: NOTIFY, attempt: 0, reason: "descriptorVersion" }]],
  );
  const corrupt = started();
  const wrong = IMAGE.map((byte, index) => (index === 100 ? byte ^ 1 : byte));
  corrupt.fetcher.script = [(sink) => described(sink), serve(wrong)];
  corrupt.engine.step(0);
  corrupt.settle();
  deepEqual(noticesOf(corrupt), [{ url: NOTIFY, attempt: 0, reason: "corrupt" }]);
});

test("a notice is counted before it is sent, survives resets, and goes when settled", () => {
  const board = started();
  board.fetcher.script = [(sink) => described(sink, { size: 5000 })];
  board.settle();
  board.engine.notices.sent();
  board.reset();
  deepEqual(board.engine.notices.due, { url: NOTIFY, attempt: 1, reason: "tooLarge" });
  board.engine.notices.settle();
  equal(board.engine.notices.due, undefined);
  board.reset();
  equal(board.engine.notices.due, undefined);
});

test("a dropped download is reported as cancelled; the next one has its own notice", () => {
  const board = started();
  board.fetcher.script = [(sink) => described(sink)];
  board.engine.step(0);
  board.engine.discard("x");
  deepEqual(noticesOf(board), [{ url: NOTIFY, attempt: 0, reason: "cancelled" }]);
  equal(board.engine.start("http://h/dd", "x", "p", false), undefined);
  equal(board.engine.record.described, undefined);
  board.fetcher.script = [(sink) => described(sink, { notify: "http://h/m" })];
  board.engine.step(0);
  deepEqual(
    noticesOf(board).map(({ url }) => url),
    [NOTIFY, "http://h/m"],
  );
});

test("there is room for few notices, and the oldest goes; nothing happens to none", () => {
  let record: UpdateRecord = { ...IDLE, phase: "downloading" };
  equal(reduce(record, { type: "noticeSent" }), record);
  equal(reduce(record, { type: "noticeSettled" }), record);
  for (let count = 0; count <= NOTICES_MAX; count++)
    record = reduce(record, { type: "described", url: "u", size: 1, notify: `n${count}` });
  deepEqual(
    record.notices.map(({ url }) => url),
    Array.from({ length: NOTICES_MAX }, (_, index) => `n${index + 1}`),
  );
  equal(reduce(record, { type: "noticeSent" }), record, "none has an outcome");
  equal(
    reduce(record, { type: "described", url: "u", size: 1, notify: undefined }).notices.length,
    NOTICES_MAX,
  );
});

test("a store without room for a report refuses the descriptor, and tells its host", () => {
  const board = started();
  const { capacity, bytesLive } = board.store.stats();
  board.store.commit([["other", new Uint8Array(capacity - bytesLive - 400)]]);
  board.fetcher.script = [(sink) => described(sink)];
  board.settle();
  deepEqual(
    [board.engine.record.reason, board.engine.record.described, noticesOf(board)],
    ["tooLarge", undefined, [{ url: NOTIFY, attempt: 0, reason: "tooLarge" }]],
  );
});

test("where people are asked, nothing is stored before they agree; then it restarts", () => {
  const board = started(false, true);
  board.fetcher.script = [(sink) => described(sink)];
  equal(board.engine.step(0), 0);
  deepEqual(
    [board.engine.offer, board.engine.record.described, noticesOf(board)],
    [{ size: SIZE, description: DESCRIPTION }, undefined, []],
  );
  deepEqual([board.engine.step(0), board.engine.fetching], [Infinity, false]);
  board.engine.consent(true);
  equal(board.engine.offer, undefined);
  board.fetcher.script = [(sink) => described(sink), serve(IMAGE)];
  board.engine.step(0);
  board.settle();
  deepEqual(
    [board.engine.record.phase, board.fetcher.started.map(({ url }) => url)],
    ["ready", ["http://h/dd", "http://h/dd"]],
  );
});

test("who refuses what a descriptor offers has that reported", () => {
  const board = started(false, true);
  board.fetcher.script = [(sink) => described(sink)];
  board.engine.step(0);
  board.engine.consent(false);
  deepEqual(
    [board.engine.record.reason, noticesOf(board)],
    ["cancelled", [{ url: NOTIFY, attempt: 0, reason: "cancelled" }]],
  );
});

test("a package without descriptor is offered with its size, as far as its server says it", () => {
  const board = started(false, true);
  board.fetcher.script = [serve(IMAGE)];
  board.engine.step(0);
  deepEqual(
    [board.engine.offer, board.slot.operations.length],
    [{ size: SIZE, description: undefined }, 0],
  );
  board.engine.consent(true);
  board.fetcher.script = [serve(IMAGE)];
  board.settle();
  equal(board.engine.record.phase, "ready");
});
