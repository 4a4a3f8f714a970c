/** Downloads through the engine: where they go on, what restarts them, and how they end. */
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { ADDRESS_BYTES_MAX, DOWNLOAD_ATTEMPTS_MAX, REWINDS_MAX } from "../../../src/base/limits.ts";
import { text } from "../../../src/base/utf8.ts";
import { recordChange } from "../../../src/store/jsonrecord.ts";
import type { FetchEvent, FetchSink } from "../../../src/update/fetcher.ts";
import { RECORD_KEY, URL_KEY } from "../../../src/update/journal.ts";
import { Board, IMAGE, serve } from "./board.ts";
import { readByOlder } from "./older.ts";

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
      minutes: 0,
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

test("after a reset a download goes on: validator, size and minutes are kept", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  board.fetcher.script = [
    (sink) => {
      sink.attempted(3, 5);
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
      minutes: 5,
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

test("a long URL outlives older firmware, which cannot use it; no longer than it is needed", () => {
  const url = `https://h/${"p".repeat(ADDRESS_BYTES_MAX)}`;
  const older = (board: Board, changes: object): void => {
    const stored = board.store.get(RECORD_KEY) ?? new Uint8Array();
    const record = readByOlder(text(stored, 0, stored.length));
    board.store.commit([recordChange(RECORD_KEY, { v: 1, ...record, ...changes })]);
    board.reset();
  };
  const board = new Board();
  equal(board.engine.start(url, "x", "get", false), undefined);
  older(board, {});
  board.fetcher.script = [() => WAIT];
  board.engine.step(0);
  deepEqual(
    board.fetcher.started.map((source) => source.url),
    [url],
  );
  ok(board.store.get(URL_KEY) !== undefined);
  older(board, { phase: "failed", reason: "badURL", url: "https://h/p" });
  ok(board.store.get(URL_KEY) !== undefined);
  equal(board.engine.start("https://h/q", "x", "get", false), undefined);
  equal(board.store.get(URL_KEY), undefined);
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

test("a mixture of two packages is fetched once more; one from a single answer is not", () => {
  const mixed = IMAGE.map((byte, at) => (at === 400 ? byte ^ 1 : byte));
  const twice = (sink: FetchSink): FetchEvent => {
    sink.accept(IMAGE.length, undefined);
    sink.write(mixed.subarray(0, 300));
    sink.accept(IMAGE.length, undefined, true);
    sink.write(mixed.subarray(300));
    return DONE;
  };
  const short = (sink: FetchSink): FetchEvent => {
    sink.accept(undefined, undefined, true);
    return { type: "failed", reason: "corrupt" };
  };
  for (const first of [twice, short]) {
    const board = new Board();
    board.engine.start("http://h/p", "x", "o", false);
    board.fetcher.script = [first, serve(IMAGE)];
    board.settle();
    deepEqual([board.engine.record.phase, board.engine.record.rewinds], ["ready", 1]);
    deepEqual(board.fetcher.started.at(-1)?.from, 0);
    ok(
      board.log.some((line) => line.includes("fetched once more")),
      board.log.join("\n"),
    );
  }
  const again = new Board();
  again.engine.start("http://h/p", "x", "o", false);
  again.fetcher.script = [twice, twice];
  again.settle();
  equal(again.engine.tickets()[0]?.reason, "corrupt");
  const alone = new Board();
  alone.engine.start("http://h/p", "x", "o", false);
  alone.fetcher.script = [serve(mixed)];
  alone.settle();
  deepEqual([alone.engine.tickets()[0]?.reason, alone.engine.record.rewinds], ["corrupt", 0]);
});

test("a package shows that more must follow: by its header, and its records' head", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  const found: boolean[] = [];
  board.fetcher.script = [
    (sink) => {
      sink.accept(undefined, undefined);
      for (let at = 0; at < IMAGE.length; at++) {
        found.push(sink.short);
        sink.write(IMAGE.subarray(at, at + 1));
      }
      found.push(sink.short);
      return DONE;
    },
  ];
  board.settle();
  deepEqual([found.indexOf(true), found.lastIndexOf(true)], [1, IMAGE.length - 1]);
  equal(found.slice(1).indexOf(false), IMAGE.length - 1, "from the first byte to the last");
  equal(board.engine.record.phase, "ready");
});
