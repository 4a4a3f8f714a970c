/**
 * The engine over a real store and a flash in memory: calls, refusals, outcomes, and resets between
 * any two steps.
 */
import type { ResetCause } from "../../../hal/hal.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import {
  QUARANTINE_INSTALLATIONS,
  QUARANTINE_MS,
  QUARANTINE_STEP_MAX_MS,
  READS_MAX,
  TICKET_OWNER_LENGTH_MAX,
  TICKETS_MAX,
  TRIAL_DEADLINE_MS,
  TRIALS_MAX,
  URL_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { recordChange } from "../../../src/store/jsonrecord.ts";
import { RECORD_KEY } from "../../../src/update/journal.ts";
import { encodeRecord } from "../../../src/update/record.ts";
import { QUARANTINE_KEY } from "../../../src/update/quarantine.ts";
import { COUNTER_KEY, failedDigests, securityFloor } from "../../../src/update/memory.ts";
import { Board, IMAGE, serve } from "./board.ts";

test("a pushed package is verified, installed, tried, kept and reported", () => {
  const board = new Board();
  board.trial();
  equal(board.engine.record.phase, "trial");
  deepEqual(board.boot.calls, ["arm", "restart"]);
  board.engine.healthy();
  board.settle();
  deepEqual(board.phases, [
    "receiving",
    "verifying",
    "ready",
    "proving",
    "arming",
    "trial",
    "confirming",
    "succeeded",
  ]);
  deepEqual(board.engine.tickets(), [{ id: 1, owner: "install", reason: "succeeded", slot: 1 }]);
  board.engine.settle(1);
  board.settle();
  equal(board.engine.record.phase, "settled");
  ok(
    board.log.includes("verified 528 B: version 2.0.0, security counter 3"),
    board.log.join(" | "),
  );
});

test("the security counter is raised when the image is confirmed, and not before", () => {
  const board = new Board();
  board.trial();
  equal(securityFloor(board.store), 0);
  board.engine.healthy();
  equal(securityFloor(board.store), 0);
  board.engine.step(0);
  deepEqual([board.engine.record.phase, securityFloor(board.store)], ["succeeded", 3]);
});

test("a confirmed update raises the floor at once, not only after a restart", () => {
  const board = new Board();
  board.trial();
  board.engine.healthy();
  board.settle();
  board.store.commit([recordChange(COUNTER_KEY, { v: 1, counter: 4 })]);
  board.push();
  board.settle();
  equal(board.engine.record.reason, "unacceptable");
});

test("a floor above the package's security counter refuses it", () => {
  const board = new Board();
  board.reset({ securityCounter: 4 });
  board.push();
  board.settle();
  deepEqual([board.engine.record.phase, board.engine.record.reason], ["settled", "unacceptable"]);
});

test("an image that failed its trial is remembered and not tried again", () => {
  const board = new Board();
  board.trial();
  board.engine.unhealthy();
  board.settle();
  board.boot.slot = 0;
  board.boot.trial = false;
  board.boot.cause = "restart";
  board.reset();
  deepEqual(
    [board.engine.record.phase, board.engine.record.reason, board.engine.record.kept],
    ["failed", "reverted", false],
  );
  equal(failedDigests(board.store).length, 1);
  board.push();
  board.settle();
  deepEqual(
    [board.engine.record.reason, board.boot.calls.filter((call) => call === "arm").length],
    ["failedBefore", 1],
  );
});

test("power lost on trial: the package is armed again, not remembered as bad", () => {
  const board = new Board();
  board.trial();
  board.boot.slot = 0;
  board.boot.trial = false;
  board.boot.cause = "power";
  board.reset();
  equal(board.engine.record.phase, "proving");
  board.settle();
  deepEqual(
    [board.boot.calls.filter((call) => call === "arm").length, failedDigests(board.store)],
    [2, []],
  );
});

test("an image unconfirmed at the deadline goes back; a proved refusal is remembered", () => {
  for (const answered of [false, true]) {
    const board = new Board();
    board.trial();
    board.engine.answered = answered;
    equal(board.engine.step(TRIAL_DEADLINE_MS - 1), TRIAL_DEADLINE_MS);
    equal(board.engine.record.phase, "trial");
    board.engine.step(TRIAL_DEADLINE_MS);
    equal(board.engine.record.phase, "rejecting");
    board.boot.slot = 0;
    board.boot.trial = false;
    board.boot.cause = "restart";
    board.reset();
    deepEqual(
      [board.engine.record.reason, board.engine.record.kept, failedDigests(board.store).length],
      ["reverted", !answered, answered ? 1 : 0],
    );
  }
});

test("off trial only a completed session clears the selector's count of crashes", () => {
  const board = new Board();
  board.engine.healthy();
  deepEqual(board.boot.calls, []);
  board.engine.completed();
  deepEqual([board.boot.calls, board.engine.record.phase], [["confirm"], "idle"]);
  board.trial();
  board.engine.completed();
  deepEqual(
    [board.engine.record.phase, board.boot.calls.filter((call) => call === "confirm").length],
    ["trial", 1],
    "on trial nothing is confirmed by that",
  );
  board.engine.healthy();
  board.engine.step(0);
  equal(board.boot.calls.filter((call) => call === "confirm").length, 2);
});

/** The board resets, and the old image runs. */
function back(board: Board, cause: ResetCause): void {
  board.boot.slot = 0;
  board.boot.trial = false;
  board.boot.cause = cause;
  board.reset();
}

/**
 * An installation of the package that is there, with as many trials as it takes, none a verdict.
 */
function inVain(board: Board): void {
  const arming = (): boolean => board.engine.record.phase === "arming";
  equal(board.engine.install("x", "again"), undefined);
  board.settle();
  for (let trial = 0; arming(); trial++) {
    ok(trial < TRIALS_MAX, "trials are bounded");
    board.boot.slot = 1;
    board.boot.trial = true;
    board.reset();
    board.engine.expose();
    back(board, "panic");
    board.settle();
  }
  for (const { id } of board.engine.tickets()) board.engine.settle(id);
}

test("a reset while an unproved peer is heard costs a trial, and is no verdict", () => {
  const board = new Board();
  board.trial();
  board.engine.expose();
  equal(board.engine.record.exposed, true);
  back(board, "panic");
  deepEqual(
    [board.engine.record.phase, board.engine.record.exposed, failedDigests(board.store)],
    ["proving", undefined, []],
  );
  board.settle();
  board.boot.slot = 1;
  board.boot.trial = true;
  board.reset();
  board.engine.expose();
  board.engine.shelter();
  back(board, "panic");
  deepEqual(
    [board.engine.record.reason, board.engine.record.kept, failedDigests(board.store).length],
    ["reverted", false, 1],
  );
});

test("hearing a peer costs one commit, for any number of messages, and none off trial", () => {
  const board = new Board();
  const commits = (act: () => void): number => {
    const { length } = board.phases;
    act();
    return board.phases.length - length;
  };
  equal(
    commits(() => {
      board.engine.expose();
      board.engine.shelter();
    }),
    0,
  );
  board.trial();
  equal(
    commits(() => {
      for (let message = 0; message < 5; message++) board.engine.expose();
    }),
    1,
  );
  equal(
    commits(() => {
      for (let time = 0; time < 5; time++) board.engine.shelter();
    }),
    1,
  );
});

test("an image installed in vain too often waits with its package; it is not banned", () => {
  const board = new Board();
  board.push();
  board.settle();
  for (let time = 0; time < QUARANTINE_INSTALLATIONS; time++) {
    inVain(board);
    deepEqual([board.engine.record.reason, board.engine.record.kept], ["reverted", true]);
  }
  const arms = board.boot.calls.filter((call) => call === "arm").length;
  equal(arms, QUARANTINE_INSTALLATIONS * TRIALS_MAX);
  inVain(board);
  deepEqual(
    [board.engine.record.reason, board.engine.record.kept, failedDigests(board.store)],
    ["quarantined", true, []],
  );
  equal(board.boot.calls.filter((call) => call === "arm").length, arms, "it is not armed");
  board.settle();
  let now = 0;
  while (now < QUARANTINE_MS) {
    const due = board.engine.step(now);
    ok(due > now && due <= now + QUARANTINE_STEP_MAX_MS, `${due}`);
    now = due;
  }
  equal(board.engine.step(now), Infinity, "nothing waits any more");
  equal(board.engine.install("x", "now"), undefined);
  board.settle();
  equal(board.engine.record.phase, "arming");
  board.boot.slot = 1;
  board.boot.trial = true;
  board.reset();
  board.engine.healthy();
  board.settle();
  deepEqual(
    [board.engine.record.phase, board.store.get(QUARANTINE_KEY)],
    ["succeeded", utf8('{"v":1,"images":[]}')],
  );
});

test("a board may set another deadline", () => {
  const board = new Board();
  board.trial();
  board.reset({}, 5000);
  deepEqual([board.engine.step(4999), board.engine.record.phase], [5000, "trial"]);
  board.engine.step(5000);
  equal(board.engine.record.phase, "rejecting");
});

test("the package is proved again before it is armed", () => {
  const board = new Board();
  board.push();
  board.settle();
  board.slot.bytes[100] = (board.slot.bytes[100] ?? 0) ^ 1;
  equal(board.engine.install("x", "o"), undefined);
  board.settle();
  deepEqual(
    [board.engine.record.reason, board.engine.record.installing, board.boot.calls],
    ["corrupt", true, []],
  );
});

test("fewer than READS_MAX failing proofs lose no package, on arrival or when arming", () => {
  for (const trouble of ["flips", "failingReads"] as const) {
    for (const count of [READS_MAX - 1, READS_MAX]) {
      const board = new Board();
      const reason = trouble === "flips" ? "corrupt" : "flash";
      board.push();
      board.slot[trouble] = count;
      board.settle();
      equal(board.engine.record.reason, count < READS_MAX ? undefined : reason);
      if (count === READS_MAX) continue;
      board.slot[trouble] = count;
      equal(board.engine.install("x", "o"), undefined);
      board.settle();
      equal(board.engine.record.phase, "arming");
    }
  }
});

test("an install of a damaged package is accepted, and reports what is wrong", () => {
  const image = IMAGE.slice();
  image[100] = (image[100] ?? 0) ^ 1;
  for (const early of [true, false]) {
    const board = new Board();
    board.push(image);
    if (!early) board.settle();
    equal(board.engine.install("x", "o"), undefined);
    equal(board.engine.install("x", "p"), early ? "busy" : "noPackage");
    board.settle();
    deepEqual(
      [board.engine.record.phase, board.engine.tickets()],
      ["failed", [{ id: 1, owner: "o", reason: "corrupt" }]],
    );
    equal(board.engine.install("x", "p"), "noPackage");
  }
});

test("an install that comes before the verification has ended is carried out after it", () => {
  const board = new Board();
  board.push();
  equal(board.engine.install("x", "o"), undefined);
  board.settle();
  deepEqual([board.engine.record.phase, board.boot.calls], ["arming", ["arm", "restart"]]);
});

test("another image than the one that was verified is not armed, however genuine", () => {
  const board = new Board();
  board.push();
  board.settle();
  board.store.commit([
    recordChange(RECORD_KEY, encodeRecord({ ...board.engine.record, digest: "00" })),
  ]);
  board.reset();
  equal(board.engine.install("x", "o"), undefined);
  board.settle();
  deepEqual([board.engine.record.reason, board.boot.calls], ["corrupt", []]);
});

test("a selector that cannot arm ends the update; one that cannot confirm reverts it", () => {
  const board = new Board();
  board.push();
  board.settle();
  board.engine.install("x", "o");
  board.boot.refuses = true;
  board.settle();
  deepEqual(
    [board.engine.record.reason, board.engine.tickets()[0]?.reason],
    ["reverted", "reverted"],
  );
  deepEqual(
    [board.engine.record.kept, failedDigests(board.store)],
    [true, []],
    "the image has not been tried: it may be, later",
  );
  const other = new Board();
  other.trial();
  other.engine.healthy();
  other.boot.refuses = true;
  other.engine.step(0);
  equal(other.engine.record.phase, "rejecting");
});

test("a package is refused by its header before a byte is erased", () => {
  const board = new Board();
  const old = IMAGE.slice();
  const tooLong = IMAGE.slice();
  old[20] = 0;
  tooLong[14] = 1;
  for (const [image, fault] of [
    [old, "unacceptable"],
    [tooLong, "tooLarge"],
    [IMAGE.map((byte) => byte ^ 1), "corrupt"],
  ] as const) {
    equal(board.engine.open(image.length, "x"), undefined);
    equal(board.engine.write(image.subarray(0, 20)), undefined);
    equal(board.engine.write(image.subarray(20)), fault);
    equal(board.engine.record.phase, "idle");
  }
  deepEqual(board.slot.operations, []);
  equal(board.engine.open(1025, "x"), "tooLarge");
});

test("more bytes than announced, and fewer, are refused", () => {
  const board = new Board();
  board.engine.open(IMAGE.length, "x");
  board.engine.write(IMAGE);
  equal(board.engine.write(new Uint8Array(1)), "corrupt");
  board.engine.open(IMAGE.length, "x");
  board.engine.write(IMAGE.subarray(1));
  equal(board.engine.close(), "sequence");
  board.engine.open(IMAGE.length, "x");
  board.engine.write(IMAGE.subarray(0, IMAGE.length - 1));
  equal(board.engine.close(), "corrupt");
  equal(board.engine.write(IMAGE), "sequence");
});

test("flash that fails is an outcome, not an end", () => {
  const board = new Board();
  board.engine.start("http://h/p", "x", "o", false);
  board.slot.failAfter = 0;
  board.fetcher.script = [serve(IMAGE)];
  board.settle();
  deepEqual(board.engine.tickets(), [{ id: 1, owner: "o", reason: "flash" }]);
  board.engine.open(IMAGE.length, "x");
  board.slot.failAfter = 0;
  equal(board.engine.write(IMAGE), "corrupt");
});

test("calls in the wrong phase, or for another object, are refused and change nothing", () => {
  const board = new Board();
  equal(board.engine.install("x", "o"), "noPackage");
  equal(board.engine.write(IMAGE), "sequence");
  equal(board.engine.discard("x"), "noPackage");
  board.engine.start("http://h/p", "x", "o", false);
  equal(board.engine.open(9, "x"), "busy");
  equal(board.engine.start("http://h/p", "x", "o", false), "busy");
  equal(board.engine.install("x", "o"), "busy");
  board.fetcher.script = [serve(IMAGE)];
  board.settle();
  equal(board.engine.install("y", "o"), "noPackage");
  equal(board.engine.discard("y"), "noPackage");
  equal(board.engine.record.phase, "ready");
});

test("limits: open tickets, their owners, URLs", () => {
  const board = new Board();
  const start = (url: string, owner: string) => board.engine.start(url, "x", owner, false);
  equal(start("u".repeat(URL_BYTES_MAX + 1), "o"), "tooLarge");
  equal(start("u", "o".repeat(TICKET_OWNER_LENGTH_MAX + 1)), "busy");
  for (let count = 0; count < TICKETS_MAX; count++) {
    equal(start("u".repeat(URL_BYTES_MAX), "o".repeat(100)), undefined);
    board.fetcher.script = [() => ({ type: "failed", reason: "network" })];
    board.settle();
  }
  equal(start("u", "o"), "busy");
  board.engine.settle(1);
  equal(start("u", "o".repeat(TICKET_OWNER_LENGTH_MAX)), undefined);
});

test("a push that breaks off and comes again rewrites nothing that is there", () => {
  const board = new Board();
  board.engine.open(IMAGE.length, "x");
  board.engine.write(IMAGE.subarray(0, 520));
  board.reset();
  board.slot.operations.length = 0;
  board.push();
  board.settle();
  equal(board.engine.record.phase, "ready");
  ok(
    board.slot.operations.every(
      (operation) => operation === "erase 2" || operation.startsWith("write 5"),
    ),
    board.slot.operations.join(", "),
  );
});

test("a new push replaces a package that is ready", () => {
  const board = new Board();
  board.push();
  board.settle();
  equal(board.engine.open(IMAGE.length, "x"), undefined);
  deepEqual([board.engine.record.kept, board.engine.install("x", "o")], [false, "noPackage"]);
});

test("an image on trial over a lost log is tested and kept", () => {
  const board = new Board();
  board.boot.slot = 1;
  board.boot.trial = true;
  board.reset();
  equal(board.engine.record.phase, "trial");
  equal(board.engine.open(9, "x"), "busy");
  board.engine.healthy();
  board.settle();
  deepEqual([board.engine.record.phase, board.boot.calls], ["settled", ["confirm"]]);
});
