/**
 * Power failures of the host board: torn boot logs, a cut at each flash operation, and a storm of
 * SIGKILL.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { crc32 } from "../../../src/base/crc32.ts";
import { Device, build, cleanUp, image, type Script } from "./device.ts";

const ENTRY = 16;
const BLOCK = 4096;
const POWER = 0;
const RESTART = 1;
const NONE = 0;
const ARMED = 1;
const RUNNING = 2;

before(build);
after(cleanUp);

/** An entry of the boot log, as hal/common/boot/log.h describes it. */
function entry(sequence: number, slot: number, trial: number, cause = POWER): Buffer {
  const bytes = Buffer.alloc(ENTRY);
  bytes.write("XBLG", 0, "latin1");
  bytes.writeUInt32LE(sequence, 4);
  bytes.set([slot, trial, cause, 0], 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12), 0), 12);
  return bytes;
}

/** A block of the log with these entries at its start, or at its end. */
function block(entries: readonly Buffer[], atEnd = false): Buffer {
  const bytes = Buffer.alloc(BLOCK, 0xff);
  const all = Buffer.concat(entries);
  all.copy(bytes, atEnd ? BLOCK - all.length : 0);
  return bytes;
}

const images = { a: undefined as Buffer | undefined, b: undefined as Buffer | undefined };

function device(log?: Buffer): Device {
  images.a ??= image(1);
  images.b ??= image(2);
  const result = new Device(images.a, images.b);
  if (log) result.write("boot.flash", log);
  return result;
}

function runs(log: Buffer): string {
  const { status, lines } = device(log).run();
  return `${status} ${lines.join()}`;
}

const A = "0 runs 1.0.0 slot 0 trial false cause power";
const B = "0 runs 2.0.0 slot 1 trial false cause power";

test("a log that is torn at any byte of its last entry is the log before it", () => {
  const earlier = [entry(1, 0, ARMED), entry(2, 0, RUNNING, RESTART)];
  const last = entry(3, 1, NONE, RESTART);
  for (let length = 0; length <= ENTRY; length++) {
    const torn = Buffer.alloc(ENTRY, 0xff);
    last.copy(torn, 0, 0, length);
    assert.equal(runs(block([...earlier, torn])), torn.equals(last) ? B : A, `${length} bytes`);
  }
});

test("an entry with any byte changed is none, and the work goes on behind it", () => {
  for (let at = 0; at < ENTRY; at++) {
    const bad = entry(2, 1, NONE);
    bad[at] = (bad[at] ?? 0) ^ 0x10;
    const board = device(block([entry(1, 0, NONE), bad]));
    const { lines } = board.run({
      "1.0.0 power": ["arm", "restart"],
      "2.0.0 restart": ["confirm"],
    });
    assert.equal(lines.at(-1), "confirm: done");
    assert.deepEqual(
      board.read("boot.flash").subarray(ENTRY, 2 * ENTRY),
      bad,
      "never written over",
    );
    assert.equal(board.run().lines.join(), B.slice(2));
  }
});

test("a log without a valid entry boots slot A, whatever is in it", () => {
  for (const fill of [0x00, 0xff, 0x58]) assert.equal(runs(Buffer.alloc(2 * BLOCK, fill)), A);
  assert.equal(runs(Buffer.alloc(10, 0x58)), A);
});

test("values that no boot writes are not trusted, even with a CRC", () => {
  for (const odd of [entry(2, 2, NONE), entry(2, 1, 3), entry(2, 1, NONE, 5), entry(0, 1, NONE)]) {
    const { lines, boot } = device(block([entry(1, 0, NONE), odd])).run();
    assert.deepEqual([lines, boot], [[A.slice(2)], ["I boot: slot A, version 1.0.0, cause power"]]);
  }
});

test("the newest entry counts, in whichever block it is", () => {
  assert.equal(runs(Buffer.concat([block([entry(7, 1, NONE)]), block([entry(6, 0, NONE)])])), B);
  assert.equal(runs(Buffer.concat([block([entry(7, 0, NONE)]), block([entry(8, 1, NONE)])])), B);
});

const UPDATE: Script = {
  "1.0.0 power": ["arm", "restart"],
  "2.0.0 restart": ["confirm"],
  "2.0.0 power": ["confirm"],
};
/** What the next boot may be, after an update from A to B that went as far as these lines say. */
function allowedAfter(lines: readonly string[]): string[] {
  const a = A.slice(2);
  const b = B.slice(2);
  const trial = b.replace("trial false", "trial true");
  if (lines.includes("confirm: done")) return [b];
  if (lines.some((line) => line.includes("trial true"))) return [a, b];
  return [a, trial];
}

const LOGS: Readonly<Record<string, () => Buffer | undefined>> = {
  "a new log": () => undefined,
  "a log whose first block is full": () =>
    block(
      Array.from({ length: 255 }, (_, i) => entry(i + 1, 0, NONE)),
      false,
    ),
  "a log whose second block is full": () =>
    Buffer.concat([
      block([entry(1, 1, NONE)]),
      block(Array.from({ length: 256 }, (_, i) => entry(i + 2, 0, NONE))),
    ]),
};

for (const [name, make] of Object.entries(LOGS)) {
  test(`a cut at any flash operation leaves the old image or the new: ${name}`, () => {
    for (const mode of ["before", "torn", "after"]) {
      let operation = 1;
      for (; ; operation++) {
        const board = device(make());
        const { signal, lines } = board.run(UPDATE, "--cut", String(operation), "--cut-mode", mode);
        if (signal === null) break;
        assert.equal(signal, "SIGKILL");
        const what = `operation ${operation} ${mode}`;
        const next = board.run();
        assert.equal(next.status, 0, what);
        assert.ok(allowedAfter(lines).includes(next.lines.join()), `${what}: ${next.lines.join()}`);
        assert.equal(board.run(UPDATE).lines.at(-1), "confirm: done", what);
        assert.equal(board.run().lines.join(), B.slice(2), what);
      }
      assert.equal(operation - 1, 5, "an erase and four entries were cut");
    }
  });
}

/** Updates from each image to the other for ever. */
const FOREVER: Script = Object.fromEntries(
  ["1.0.0", "2.0.0"].flatMap((version) =>
    ["power", "restart"].map(
      (cause) => [`${version} ${cause}`, ["confirm", "arm", "restart"]] as const,
    ),
  ),
);

/**
 * What the lines of a run leave open: the version that is confirmed, or the versions of which one
 * is.
 */
function confirmed(lines: readonly string[], from: string): Set<string> {
  let sure = from;
  let trial: string | undefined;
  for (const line of lines) {
    const running = /^runs (\S+) slot \d trial (\w+)/.exec(line);
    if (running?.[1] !== undefined) {
      trial = running[2] === "true" ? running[1] : undefined;
      if (trial === undefined) sure = running[1];
    }
    if (line === "confirm: done" && trial !== undefined) {
      sure = trial;
      trial = undefined;
    }
  }
  return new Set(trial === undefined ? [sure] : [sure, trial]);
}

test("a storm of SIGKILL over arm, restart and confirm always leaves an image", async () => {
  const board = device();
  let known = "1.0.0";
  let flips = 0;
  let random = 12345;
  for (let seed = 0; seed < 50; seed++) {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0;
    board.script(FOREVER);
    const child = board.start();
    const length = (random >>> 16) % 800;
    const delayMs = (random >>> 8) % 6;
    let output = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      if (output.length <= length && output.length + bytes.length > length)
        setTimeout(() => {
          child.kill("SIGKILL");
        }, delayMs);
      output += bytes.toString();
    });
    await once(child, "close");
    const lines = output
      .split("\n")
      .slice(0, -1)
      .filter((line) => !line.startsWith("["));
    const possible = confirmed(lines, known);
    flips += lines.filter((line) => line === "confirm: done").length;
    const next = board.run();
    assert.equal(next.status, 0, `seed ${seed}: ${output}`);
    const [, version = "", trial] =
      /^runs (\S+) slot \d trial (\w+) cause power$/.exec(next.lines[0] ?? "") ?? [];
    if (trial === "false")
      assert.ok(possible.has(version), `seed ${seed}: ${version} after ${output}`);
    const settled = /^runs (\S+) slot \d trial false/.exec(board.run().lines[0] ?? "");
    assert.ok(
      settled?.[1] !== undefined && possible.has(settled[1]),
      `seed ${seed}: settled on ${settled?.[1]}`,
    );
    known = settled[1];
  }
  assert.ok(flips > 50, `only ${flips} updates were made`);
});
