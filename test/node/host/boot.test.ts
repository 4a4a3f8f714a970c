/** Boot, trial, confirm and fallback of the host board, by its real runner. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { Device, build, cleanUp, image, key, strangerKey } from "./device.ts";
import { bootKeyOf, generateKey, spkiOf } from "../../rig/keys.ts";

const A = "runs 1.0.0 slot 0 trial false cause power";
const B = "runs 2.0.0 slot 1 trial false cause power";
const TRIAL = "runs 2.0.0 slot 1 trial true cause restart";

before(build);
after(cleanUp);

function two(): Device {
  return new Device(image(1), image(2));
}

test("the version is written as src/image writes it", () => {
  const numbered = image(1, key, {
    version: { major: 255, minor: 1, revision: 65535, build: 4294967295 },
  });
  assert.deepEqual(new Device(numbered, undefined).run().lines, [
    "runs 255.1.65535+4294967295 slot 0 trial false cause power",
  ]);
});

test("the security counter is that of the image that runs, on trial too", () => {
  const older = image(1, key, { securityCounter: 7 });
  const device = new Device(older, image(2, key, { securityCounter: 4294967295 }));
  const { lines } = device.run({
    "1.0.0 power": ["counter", "arm", "restart"],
    "2.0.0 restart": ["counter"],
  });
  assert.deepEqual(lines, [A, "counter: 7", "arm: done", TRIAL, "counter: 4294967295"]);
});

test("a new board boots slot A", () => {
  const { lines, boot, status } = two().run();
  assert.deepEqual([lines, boot, status], [[A], ["I boot: slot A, version 1.0.0, cause power"], 0]);
});

test("arm and restart boot the other slot on trial; unconfirmed, power-on goes back", () => {
  const device = two();
  assert.deepEqual(device.run({ "1.0.0 power": ["arm", "arm", "restart"] }).lines, [
    A,
    "arm: done",
    "arm: done",
    TRIAL,
  ]);
  const back = device.run();
  assert.deepEqual(back.lines, [A]);
  assert.match(back.boot[0] ?? "", /slot A.*the trial was not confirmed/);
  assert.deepEqual(device.run().boot, ["I boot: slot A, version 1.0.0, cause power"]);
});

test("a power-on is a trial too, when the power failed between arm and restart", () => {
  const device = two();
  assert.deepEqual(device.run({ "1.0.0 power": ["arm"] }).lines, [A, "arm: done"]);
  assert.deepEqual(device.run().lines, ["runs 2.0.0 slot 1 trial true cause power"]);
  assert.deepEqual(device.run().lines, [A]);
});

test("confirm keeps the trial, and may be called again", () => {
  const device = two();
  device.run({ "1.0.0 power": ["arm", "restart"], "2.0.0 restart": ["confirm", "confirm"] });
  assert.deepEqual(
    device.run({ "2.0.0 power": ["confirm", "restart"], "2.0.0 restart": [] }).lines,
    [B, "confirm: done", "runs 2.0.0 slot 1 trial false cause restart"],
  );
  assert.deepEqual(device.run().lines, [B]);
});

test("and from B the way leads to A again", () => {
  const device = two();
  device.run({ "1.0.0 power": ["arm", "restart"], "2.0.0 restart": ["confirm"] });
  device.write("slot-a.flash", image(3));
  const { lines } = device.run({
    "2.0.0 power": ["arm", "restart"],
    "3.0.0 restart": ["arm", "confirm"],
  });
  assert.deepEqual(lines, [
    B,
    "arm: done",
    "runs 3.0.0 slot 0 trial true cause restart",
    "arm: throws Error",
    "confirm: done",
  ]);
  assert.deepEqual(device.run().lines, ["runs 3.0.0 slot 0 trial false cause power"]);
});

const FAILURES = [
  ["throws", "throw", "panic"],
  ["overflows its stack", "overflow", "panic"],
  ["hangs", "hang", "watchdog"],
] as const;

for (const [name, command, cause] of FAILURES) {
  test(`a trial that ${name} is over: cause ${cause}`, () => {
    const device = two();
    const { lines } = device.run(
      { "1.0.0 power": ["arm", "restart"], "2.0.0 restart": [command] },
      "--watchdog",
      "300",
    );
    const boots = lines.filter((line) => line.startsWith("runs"));
    assert.deepEqual(boots, [A, TRIAL, `runs 1.0.0 slot 0 trial false cause ${cause}`]);
  });
}

const PANICS = { "1.0.0 power": ["throw"], "1.0.0 panic": ["throw"] };

test("an image that always panics starts after doubling pauses; cause and count stay", () => {
  const { status, lines, boot } = new Device(image(1), undefined).run(
    { ...PANICS, "1.0.0 panic": ["failures", "throwBefore 11"] },
    "--pause",
    "100",
  );
  assert.equal(status, 0);
  assert.equal(lines.filter((line) => line.endsWith("cause panic")).length, 11);
  assert.deepEqual(
    lines.filter((line) => line.startsWith("failures")),
    Array.from({ length: 11 }, (_, n) => `failures: ${n + 1}`),
  );
  assert.deepEqual(
    boot.filter((line) => line.includes("in a row")),
    [
      "E boot: 8 crashes in a row: the image starts again in 0.1 s",
      "E boot: 9 crashes in a row: the image starts again in 0.2 s",
      "E boot: 10 crashes in a row: the image starts again in 0.4 s",
      "E boot: 11 crashes in a row: the image starts again in 0.8 s",
    ],
  );
});

test("in a pause the board can be switched off, and a power-on starts at once", async () => {
  const device = new Device(image(1), undefined);
  device.script(PANICS);
  const child = device.start();
  let output = "";
  child.stdout?.on("data", (bytes: Buffer) => {
    const isSwitched = output.includes("starts again in 60 s");
    output += bytes.toString();
    // Once: the second signal would be the end of a program that hangs.
    if (!isSwitched && output.includes("starts again in 60 s")) child.kill("SIGTERM");
  });
  const [status] = (await once(child, "close")) as [number | null];
  assert.equal(status, 0, output);
  assert.equal(output.split("runs 1.0.0").length - 1, 8);
  assert.deepEqual(device.run().lines, [A]);
});

test("a confirmation resets the count of crashes, so rare crashes cause no pause", () => {
  const script = { "1.0.0 power": ["confirm", "throw"], "1.0.0 panic": ["confirm", "throw"] };
  const { lines, boot } = new Device(image(1), undefined).run(script, "--cut", "40");
  assert.ok(lines.filter((line) => line.startsWith("runs")).length > 8, `${lines.length} lines`);
  assert.ok(!boot.some((line) => line.includes("in a row")), boot.join("\n"));
});

test("a watchdog that has reset the board once does so again", () => {
  const script = { "1.0.0 power": ["hang"], "1.0.0 watchdog": ["throw"], "1.0.0 panic": ["hang"] };
  const { signal, boot } = new Device(image(1), undefined).run(
    script,
    ...["--watchdog", "100", "--pause", "1", "--cut", "14"],
  );
  assert.equal(signal, "SIGKILL");
  assert.ok(
    boot.some((line) => line.includes("8 crashes in a row")),
    boot.join("\n"),
  );
});

test("waiting does not wake the watchdog", () => {
  const { status, lines } = new Device(image(1), undefined).run(
    { "1.0.0 power": ["wait 900", "log"] },
    "--watchdog",
    "300",
  );
  assert.deepEqual([status, lines], [0, [A]]);
});

const COUNTER = { type: 0xa0, value: new Uint8Array(4) };
/** Of the unprotected records: their info, digest, key hash and signature. */
const AREA_BYTES = 4 + 36 + 36 + 68;

function record(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(4 + length);
  bytes.writeUInt16LE(type, 0);
  bytes.writeUInt16LE(length, 2);
  return bytes;
}

/** An image with one more unprotected record, which its signature does not cover. */
function withRecord(bytes: Buffer, more: Buffer): Buffer {
  const result = Buffer.concat([bytes, more]);
  result.writeUInt16LE(AREA_BYTES + more.length, bytes.length - AREA_BYTES + 2);
  return result;
}

/** An image that fills its last page, so that a look behind its end is fatal. */
function wholePages(): Buffer {
  const { length } = image(2);
  return image(2, key, {
    extra: [{ type: 0xa0, value: new Uint8Array(2 * 4096 - 8 - (length % 4096)) }],
  });
}

const bad: Readonly<Record<string, () => Uint8Array | undefined>> = {
  "not there": () => undefined,
  erased: () => new Uint8Array(4096).fill(0xff),
  "cut short": () => image(2).subarray(0, -1),
  "changed in its payload": () => flip(image(2), 500),
  "changed in its header": () => flip(image(2), 20),
  "changed in its signature": () => flip(image(2), image(2).length - 1),
  "signed with another key": () => image(2, strangerKey),
  "not signed": () => image(2, undefined, { key: undefined }),
  "not an application": () => image(2, key, { payload: Buffer.alloc(100) }),
  encrypted: () => image(2, key, { flags: 0x4 }),
  "not to be booted": () => image(2, key, { flags: 0x10 }),
  "with a header that misaligns the payload": () => image(2, key, { headerSize: 34 }),
  "with a protected record twice": () => image(2, key, { extra: [COUNTER, COUNTER] }),
  "with an unknown unprotected record": () => withRecord(image(2), record(0x02, 0)),
  "with a second digest": () => withRecord(image(2), record(0x10, 32)),
  "with records that reach past the end": () =>
    withRecord(wholePages(), record(0xa0, 4)).subarray(0, -8),
  "with a record that reaches past its area": () =>
    withRecord(image(2), record(0xa0, 4).subarray(0, -1)),
};

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

for (const [name, make] of Object.entries(bad)) {
  test(`an image that is ${name} cannot be armed, does not boot, and the other slot does`, () => {
    const bytes = make();
    assert.deepEqual(new Device(image(1), bytes).run({ "1.0.0 power": ["arm"] }).lines, [
      A,
      "arm: throws Error",
    ]);
    const fallback = new Device(bytes, image(2));
    const { boot, lines } = fallback.run();
    assert.match(boot[0] ?? "", /^E boot: slot A cannot be booted: /);
    assert.match(boot[1] ?? "", /^I boot: slot B.*the selected image is bad$/);
    assert.deepEqual(lines, [B]);
    assert.deepEqual(fallback.run().boot, ["I boot: slot B, version 2.0.0, cause power"]);
    const { status, boot: nothing } = new Device(bytes, bytes).run();
    assert.equal(status, 4);
    assert.equal(nothing.at(-1), "E boot: no slot can be booted, cause power");
  });
}

test("protected records, a longer header and remains of an older image do no harm", () => {
  const identity = {
    securityCounter: 3,
    vendorId: new Uint8Array(16),
    classId: new Uint8Array(16),
    extra: [COUNTER],
  };
  const good = [
    image(1, key, identity),
    image(1, key, { headerSize: 512 }),
    Buffer.concat([image(1), Buffer.alloc(999)]),
  ];
  for (const bytes of good) {
    assert.deepEqual(new Device(bytes, undefined).run().lines, [A]);
  }
});

test("an image that is damaged between arm and restart does not boot", () => {
  const device = two();
  device.run({ "1.0.0 power": ["arm"] });
  device.write("slot-b.flash", flip(image(2), 999));
  const { boot, lines } = device.run();
  assert.match(boot[1] ?? "", /slot A.*the armed image is bad$/);
  assert.deepEqual(lines, [A]);
});

test("every bit of what is signed, and of the signature, counts", () => {
  const whole = image(2);
  const start = whole.length - 150;
  for (let at = start; at < whole.length; at += 7) {
    assert.equal(new Device(undefined, flip(image(2), at)).run().status, 4, `byte ${at}`);
  }
});

test("P-256 will do as well as Ed25519, and each bit of its signature counts", () => {
  const p256 = generateKey("p256");
  const good = image(2, p256);
  const device = new Device(image(1), good);
  device.write("keys", Buffer.concat([spkiOf(p256), spkiOf(key)]));
  const script = { "1.0.0 power": ["arm"] };
  assert.deepEqual(device.run({ "1.0.0 power": ["arm", "restart"] }).lines.slice(1), [
    "arm: done",
    "runs 2.0.0 slot 1 trial true cause restart",
  ]);
  for (let bit = 0; bit < 64; bit++) {
    const bad = Buffer.from(good);
    const at = bad.length - 1 - bit;
    bad[at] = (bad[at] ?? 0) ^ (1 << (bit % 8));
    device.write("slot-b.flash", bad);
    assert.match(
      device.run(script).lines.at(-1) ?? "",
      /^arm: throws/,
      `bit ${bit % 8} of byte ${at}`,
    );
  }
  device.write("keys", spkiOf(key));
  device.write("slot-b.flash", good);
  assert.match(device.run(script).lines.at(-1) ?? "", /^arm: throws/);
});

test("a revoked key counts until an image with that security counter is confirmed", () => {
  const keys = Buffer.concat([bootKeyOf(strangerKey, 7), bootKeyOf(key)]);
  const script = { "1.0.0 power": ["arm"] };
  for (const [counter, armed] of [
    [6, true],
    [7, false],
    [8, false],
  ] as const) {
    const device = new Device(
      image(1, key, { securityCounter: counter }),
      image(2, strangerKey, { securityCounter: 9 }),
    );
    device.write("keys", keys);
    assert.equal(
      device.run(script).lines.at(-1),
      armed ? "arm: done" : "arm: throws Error",
      `${counter} is confirmed`,
    );
  }
  const device = new Device(
    image(1, strangerKey, { securityCounter: 7 }),
    image(2, key, { securityCounter: 7 }),
  );
  device.write("keys", keys);
  assert.deepEqual(
    device
      .run({ "1.0.0 power": ["arm", "restart"], "2.0.0 restart": ["confirm", "arm"] })
      .lines.slice(-2),
    ["confirm: done", "arm: throws Error"],
    "what it signed runs until then",
  );
});

test("any of several vendor keys will do, and no keys means no image", () => {
  const device = new Device(image(1, strangerKey), undefined);
  assert.equal(device.run().status, 4);
  device.write("keys", Buffer.concat([spkiOf(key), spkiOf(strangerKey)]));
  assert.equal(device.run().status, 0);
  device.write("keys", Buffer.alloc(0));
  assert.equal(device.run().status, 4);
  device.write("keys", Buffer.alloc(44));
  assert.equal(device.run().status, 3);
});
