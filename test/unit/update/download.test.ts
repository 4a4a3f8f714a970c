/** Downloads through the engine: where they go on, what restarts them, and how they end. */
import { deepEqual, equal, test, throws } from "../../check.ts";
import { DOWNLOAD_ATTEMPTS_MAX, REWINDS_MAX } from "../../../src/base/limits.ts";
import type { FetchEvent } from "../../../src/update/fetcher.ts";
import { Board, IMAGE, serve } from "./board.ts";

const DONE: FetchEvent = { type: "done" };
const WAIT: FetchEvent = { type: "wait", until: 7 };

test("a download is fetched, verified and reported, and installed only when asked", () => {
  const board = new Board();
  equal(board.engine.start("http://h/p", "x", "get", false), undefined);
  board.fetcher.script = [() => WAIT, serve(IMAGE)];
  equal(board.engine.step(0), 7);
  board.settle();
  deepEqual(
    [board.engine.record.phase, board.engine.tickets()],
    ["ready", [{ id: 1, owner: "get", reason: "succeeded" }]],
  );
  equal(board.engine.step(0), Infinity);
  deepEqual(board.fetcher.started, [
    {
      url: "http://h/p",
      from: 0,
      validator: undefined,
      size: undefined,
      attempt: 0,
      described: false,
    },
  ]);
});

test("Download-and-update installs by itself", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "both", true);
  board.fetcher.script = [serve(IMAGE)];
  board.settle();
  deepEqual(
    [board.engine.record.phase, board.engine.tickets()],
    ["arming", [{ id: 1, owner: "both" }]],
  );
});

test("after a reset a download goes on where it was, with its validator and size", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  board.fetcher.script = [
    (sink) => {
      sink.attempted(3);
      sink.accept(IMAGE.length, "e1");
      sink.write(IMAGE.subarray(0, 300));
      return WAIT;
    },
  ];
  board.engine.step(0);
  board.reset();
  board.fetcher.script = [
    (sink) => {
      sink.accept(IMAGE.length, "e1");
      sink.write(IMAGE.subarray(256));
      return DONE;
    },
  ];
  board.settle();
  deepEqual(board.fetcher.started, [
    {
      url: "http://h/p",
      from: 256,
      validator: "e1",
      size: IMAGE.length,
      attempt: 0,
      described: false,
    },
  ]);
  equal(board.engine.record.phase, "ready");
});

test("a package that changes during download starts over, however the server shows it", () => {
  for (const order of [
    ["accept", "restart"],
    ["restart", "accept"],
  ] as const) {
    const board = new Board();
    const other = IMAGE.map((byte, index) => (index < 32 ? byte : byte ^ 1));
    board.engine.start("http://h/p", "x", "o", false);
    board.fetcher.script = [
      (sink) => {
        sink.accept(other.length, "e1");
        sink.write(other.subarray(0, 500));
        return WAIT;
      },
      (sink) => {
        for (const call of order) {
          if (call === "accept") sink.accept(IMAGE.length, "e2");
          else sink.restart();
        }
        sink.write(IMAGE.subarray(0, 300));
        return WAIT;
      },
    ];
    board.engine.step(0);
    board.engine.step(0);
    board.reset();
    board.fetcher.script = [
      (sink) => {
        sink.write(IMAGE.subarray(256));
        return DONE;
      },
    ];
    board.settle();
    deepEqual(
      [
        board.fetcher.started[0]?.from,
        board.fetcher.started[0]?.validator,
        board.engine.record.phase,
      ],
      [256, "e2", "ready"],
    );
  }
});

test("what the fetcher reports is the outcome; what the engine refused goes before it", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "a", false);
  board.fetcher.script = [() => ({ type: "failed", reason: "timeout" })];
  board.settle();
  board.engine.start("http://h/p", "x", "b", true);
  board.fetcher.script = [
    (sink) => {
      equal(sink.accept(2000, "e"), "tooLarge");
      return { type: "failed", reason: "network" };
    },
  ];
  board.settle();
  deepEqual(
    board.engine.tickets().map((ticket) => ticket.reason),
    ["timeout", "tooLarge"],
  );
  equal(board.fetcher.stopped, 2);
});

test("resets before the first stored block count as attempts; a stored block resets them", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  for (let boot = 1; boot < DOWNLOAD_ATTEMPTS_MAX; boot++) {
    board.fetcher.script = [
      (sink) => {
        sink.attempted(boot);
        sink.accept(IMAGE.length, "e1");
        sink.write(IMAGE.subarray(0, 255));
        return WAIT;
      },
    ];
    board.engine.step(0);
    board.boot.cause = boot % 2 === 0 ? "power" : "restart";
    board.reset();
    equal(board.engine.record.attempt, boot);
  }
  board.fetcher.script = [
    (sink) => {
      sink.attempted(DOWNLOAD_ATTEMPTS_MAX);
      sink.write(IMAGE.subarray(0, 256));
      return WAIT;
    },
  ];
  board.engine.step(0);
  equal(board.engine.record.attempt, 0);
});

test("a download restarts at byte 0 at most REWINDS_MAX times, whatever resets come", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  for (let count = 0; count < REWINDS_MAX; count++) {
    board.fetcher.script = [
      (sink) => {
        equal(sink.restart(), undefined);
        return WAIT;
      },
    ];
    board.engine.step(0);
    board.reset();
  }
  board.fetcher.script = [
    (sink) => {
      equal(sink.restart(), "network");
      return WAIT;
    },
  ];
  board.settle();
  deepEqual(board.engine.tickets(), [{ id: 1, owner: "o", reason: "network" }]);
});

test("an abort of no push leaves a download alone", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  board.fetcher.script = [() => WAIT, serve(IMAGE)];
  board.engine.step(0);
  board.engine.abort();
  deepEqual([board.fetcher.stopped, board.engine.record.phase], [0, "downloading"]);
  board.settle();
  equal(board.engine.record.phase, "ready");
});

test("what is thrown for another reason than flash is not swallowed", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  throws(() => board.engine.step(0));
});
