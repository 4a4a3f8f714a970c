/**
 * The bare-metal board: its loader and boot log, trials that fail in every way, flash, and recovery
 * over the console.
 */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { CUT_STATUS } from "../../../hal/bare/cut.ts";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { bootKeyOf, generateKey } from "../../rig/keys.ts";
import { Device, image, key, skip, strangerKey } from "./device.ts";

function device(context: TestContext, a?: Uint8Array, b?: Uint8Array): Device {
  const made = new Device(a, b);
  context.after(() => {
    made.close();
  });
  return made;
}

const ARM = { "1.0.0 power": ["arm", "restart"] };

test("a new board boots slot A", { skip }, (context) => {
  const { status, lines, boot } = device(context, image(1)).run();
  assert.equal(status, 0);
  assert.deepEqual(lines, ["runs 1.0.0 slot 0 trial false cause power"]);
  assert.deepEqual(boot, ["I boot: slot A, version 1.0.0, cause power"]);
});

test("an armed image runs on trial, and after confirm for good", { skip }, (context) => {
  const board = device(context, image(1), image(2));
  assert.deepEqual(board.run({ ...ARM, "2.0.0 restart": ["confirm", "confirm"] }).lines, [
    "runs 1.0.0 slot 0 trial false cause power",
    "arm: done",
    "runs 2.0.0 slot 1 trial true cause restart",
    "confirm: done",
    "confirm: done",
  ]);
  assert.deepEqual(board.run().lines, ["runs 2.0.0 slot 1 trial false cause power"]);
});

test("the security counter is that of the image that runs", { skip }, (context) => {
  const board = device(context, image(1), image(2, key, 4294967295));
  const script = { "1.0.0 power": ["counter", "arm", "restart"], "2.0.0 restart": ["counter"] };
  const counters = board.run(script).lines.filter((line) => line.startsWith("counter"));
  assert.deepEqual(counters, ["counter: 0", "counter: 4294967295"]);
});

const FAILURES: readonly (readonly [string, string, string, RegExp?])[] = [
  ["never confirms", "restart", "restart"],
  ["throws", "throw", "panic", /^uncaught: Error: thrown on purpose$/],
  ["overflows its stack", "overflow", "panic", /^XS abort 2: stack overflow/],
  ["exhausts its memory", "exhaust", "panic", /^XS abort 1: out of memory/],
  ["hangs", "hang", "watchdog", /^E board: watchdog: the program gave no sign of life/],
];
for (const [what, command, cause, says] of FAILURES) {
  test(`an image on trial that ${what} is rolled back: cause ${cause}`, { skip }, (context) => {
    const board = device(context, image(1), image(2));
    const { lines, boot } = board.run({ ...ARM, "2.0.0 restart": [command] });
    assert.ok(
      says === undefined || [...lines, ...boot].some((line) => says.test(line)),
      [...boot, ...lines].join("\n"),
    );
    assert.equal(
      boot.at(-1),
      `I boot: slot A, version 1.0.0, cause ${cause}, the trial was not confirmed`,
    );
    assert.ok(lines.includes("runs 2.0.0 slot 1 trial true cause restart"), lines.join("\n"));
    assert.equal(lines.at(-1), `runs 1.0.0 slot 0 trial false cause ${cause}`);
    assert.deepEqual(board.run().lines, ["runs 1.0.0 slot 0 trial false cause power"]);
  });
}

test("an image that a stranger signed is neither armed nor booted", { skip }, (context) => {
  const board = device(context, image(1), image(2, strangerKey));
  assert.deepEqual(board.run({ "1.0.0 power": ["arm"] }).lines, [
    "runs 1.0.0 slot 0 trial false cause power",
    "arm: throws Error",
  ]);
});

test("an armed image that is damaged before the restart is rejected", { skip }, (context) => {
  const board = device(context, image(1), image(2));
  board.run({ "1.0.0 power": ["arm"] });
  board.write(new Uint8Array(4), riscv32.parts.slotB + 100_000);
  const { lines, boot } = board.run();
  assert.deepEqual(lines, ["runs 1.0.0 slot 0 trial false cause power"]);
  assert.equal(boot[0], "E boot: slot B cannot be booted: digest does not match");
});

test("a damaged image falls back to the other slot", { skip }, (context) => {
  const bad = image(1);
  bad[5000] = (bad[5000] ?? 0) ^ 1;
  const { lines, boot } = device(context, bad, image(2)).run();
  assert.deepEqual(lines, ["runs 2.0.0 slot 1 trial false cause power"]);
  assert.deepEqual(boot, [
    "E boot: slot A cannot be booted: digest does not match",
    "I boot: slot B, version 2.0.0, cause power, the selected image is bad",
  ]);
});

test("P-256 works like Ed25519; a revoked key counts until that security counter is kept", {
  skip,
}, (context) => {
  const p256 = generateKey("p256");
  const script = { "1.0.0 power": ["arm", "restart"] };
  for (const [counter, armed] of [
    [6, true],
    [7, false],
  ] as const) {
    const board = device(context, image(1, key, counter), image(2, p256, 9));
    board.keys = [bootKeyOf(p256, 7), bootKeyOf(key)];
    const { lines, boot } = board.run(script);
    assert.equal(
      lines.at(-1),
      armed
        ? "runs 2.0.0 slot 1 trial true cause restart"
        : "runs 1.0.0 slot 0 trial false cause restart",
    );
    assert.equal(lines.includes("arm: done"), armed, boot.join());
  }
});

test("a boot log of noise is an empty one", { skip }, (context) => {
  const board = device(context, image(1), image(2));
  board.write(Buffer.alloc(4096, 0x5a), riscv32.parts.bootLog);
  board.write(Buffer.alloc(4096, 0x00), riscv32.parts.bootLog + 0x40000);
  assert.deepEqual(board.run().lines, ["runs 1.0.0 slot 0 trial false cause power"]);
  const { lines } = board.run({ ...ARM, "2.0.0 restart": ["confirm"] });
  assert.equal(lines.at(-2), "runs 2.0.0 slot 1 trial true cause restart");
});

test("a boot log that is full goes on in its other sector", { skip }, (context) => {
  const board = device(context, image(1), image(2));
  const entry = 16;
  const full = Buffer.alloc(4096, 0x00);
  board.write(full, riscv32.parts.bootLog);
  board.write(full.subarray(0, 4096 - entry), riscv32.parts.bootLog + 0x40000);
  for (const from of [1, 2, 1]) {
    const { lines } = board.run({
      [`${from}.0.0 power`]: ["arm", "restart"],
      [`${3 - from}.0.0 restart`]: ["confirm"],
    });
    assert.equal(lines.at(-2), `runs ${3 - from}.0.0 slot ${2 - from} trial true cause restart`);
  }
});

test("the NOR flash keeps its contract", { skip }, (context) => {
  assert.deepEqual(
    device(context, image(1))
      .run({ "1.0.0 power": ["flash"] })
      .lines.slice(1),
    [
      `status: {"blocks":4,"blockLength":16384,"writeAlign":4,"eraseValue":255}`,
      "erased at first: 255,255,255,255",
      "write: 255,255,1,2 3,4,255,255",
      "write twice: throws Error device",
      "across two blocks: 7,7,7,7",
      "misaligned offset: throws Error misaligned",
      "misaligned length: throws Error misaligned",
      "write past the end: throws Error bounds",
      "read past the end: throws Error bounds",
      "erase past the end: throws Error bounds",
      "erase: 255,255,255,255 7,7,7,7",
      "several buffers at once: 9,9,9,9",
      "the boot log is no partition: throws Error device",
      "no such partition: throws Error device",
      "random: true",
    ],
  );
});

test("natives of classes refuse every receiver but an object of their class", {
  skip,
}, (context) => {
  assert.deepEqual(
    device(context, image(1))
      .run({ "1.0.0 power": ["receivers"] })
      .lines.slice(1),
    ["receivers: all refused"],
  );
});

test("a torn cut in each operation of trial and confirm always leaves an image that runs", {
  skip,
}, (context) => {
  const script = {
    ...ARM,
    "1.0.0 restart": ["arm", "restart"],
    "2.0.0 restart": ["confirm"],
    "2.0.0 power": ["confirm"],
  };
  for (const mode of ["before", "torn", "after"] as const) {
    for (let operation = 1; ; operation++) {
      const board = new Device(image(1), image(2));
      const cut = board.run(script, { cut: { operation, mode } });
      const after = board.run({}).lines;
      board.close();
      assert.equal(after.length, 1, after.join("\n"));
      assert.match(after[0] ?? "", /^runs [12]\.0\.0 slot [01]/);
      if (cut.status === 0) {
        assert.ok(operation > 3, "operations were counted");
        break;
      }
      assert.equal(cut.status, CUT_STATUS);
    }
  }
  context.diagnostic("each operation, before, torn and after");
});

/** XMODEM with blocks of 1024 bytes, as a terminal program sends them. */
function* blocks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0, number = 1; at < bytes.length; at += 1024, number++) {
    const data = Buffer.alloc(1024, 0x1a);
    bytes.copy(data, 0, at, at + 1024);
    let crc = 0;
    for (const byte of data) {
      crc ^= byte << 8;
      for (let bit = 0; bit < 8; bit++)
        crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
    }
    yield Buffer.concat([
      Buffer.from([2, number & 0xff, ~number & 0xff]),
      data,
      Buffer.from([crc >> 8, crc & 0xff]),
    ]);
  }
}

/** The block that is disturbed, and how late its rest comes. */
const DISTURBED = 3;
const LATE_MS = 1500;

test("two bad images end in a prompt that takes a good one over the console", {
  skip,
  timeout: 600_000,
}, async (context) => {
  const board = device(context);
  board.script({});
  const process = board.start();
  const sender = blocks(image(3));
  let text = "";
  let prompt = "";
  let isAsked = false;
  let isSent = false;
  let isDisturbed = false;
  let last: Uint8Array = Buffer.alloc(0);
  process.stdout?.on("data", (chunk: Buffer) => {
    for (const byte of chunk) {
      text += String.fromCharCode(byte);
      if (!isAsked && text.endsWith("> ")) {
        process.stdin?.write("x");
        isAsked = true;
        prompt = text;
        text = "";
      }
      const isAck = byte === 0x06;
      if (isSent || !/XMODEM\n/.test(text)) continue;
      // It asks again, as long as nothing comes: one answer is enough.
      if (!isAck && byte !== 0x15 && (byte !== 0x43 || last.length > 0)) continue;
      if (isAck || last.length === 0) {
        const next = sender.next();
        isSent = next.done === true;
        last = next.done === true ? Buffer.from([4]) : next.value;
        // Once the line is disturbed: what is late belongs to a block that is given up.
        if (last[1] === DISTURBED && !isDisturbed) {
          isDisturbed = true;
          process.stdin?.write(last.subarray(0, 500));
          const late = last.subarray(500);
          setTimeout(() => process.stdin?.write(late), LATE_MS);
          continue;
        }
      }
      process.stdin?.write(last);
    }
  });
  const status = await new Promise((resolve) => {
    process.on("exit", resolve);
  });
  assert.equal(status, 0);
  assert.match(prompt, /E boot: slot A cannot be booted: /);
  assert.match(prompt, /E boot: slot B cannot be booted: /);
  assert.match(prompt, /E boot: no slot can be booted, cause power/);
  assert.match(text, /version 3\.0\.0 is in slot A/);
  assert.match(text, /runs 3\.0\.0 slot 0 trial false cause restart/);
});

const PANICS = { "1.0.0 power": ["throw"], "1.0.0 panic": ["failures", "throwBefore 10"] };

test("an image that always panics starts after doubling pauses; cause and count stay", {
  skip,
}, (context) => {
  const { status, lines, boot } = device(context, image(1)).run(PANICS, { skipsSleep: true });
  assert.equal(status, 0, boot.join("\n"));
  assert.deepEqual(
    lines.filter((line) => /^(runs|failures)/.test(line)),
    [
      "runs 1.0.0 slot 0 trial false cause power",
      ...Array.from({ length: 10 }, (_, n) => [
        "runs 1.0.0 slot 0 trial false cause panic",
        `failures: ${n + 1}`,
      ]).flat(),
    ],
  );
  assert.deepEqual(
    boot.filter((line) => line.includes("in a row")),
    [
      "E boot: 8 crashes in a row: the image starts again in 1 min",
      "E boot: 9 crashes in a row: the image starts again in 2 min",
      "E boot: 10 crashes in a row: the image starts again in 4 min",
    ],
  );
});

test("in a pause the prompt starts the image at once, or takes another one", {
  skip,
  timeout: 600_000,
}, async (context) => {
  const board = device(context, image(1));
  board.script({ ...PANICS, "1.0.0 panic": ["failures", "throwBefore 9"] });
  const process = board.start();
  let text = "";
  let asked = 0;
  process.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    if (text.split("r starts now\n> ").length - 1 === asked) return;
    asked++;
    process.stdin?.write("r");
  });
  const status = await new Promise((resolve) => {
    process.on("exit", resolve);
  });
  assert.equal(status, 0);
  assert.equal(asked, 2);
  assert.deepEqual(text.match(/failures: [89]/g), ["failures: 8", "failures: 9"]);
});
