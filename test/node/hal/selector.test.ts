/**
 * The boot selector in C that boots every board, over simulated flash: what each reset chooses,
 * what is left of a log that power has torn, and what happens the second time.
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { test } from "node:test";
import { FlashFault } from "../../../hal/common/checked.ts";
import { type SimBoot, Unbootable } from "../../../hal/sim/boot.ts";
import { CUT_MODES, Power, PowerLoss } from "../../../hal/sim/power.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import { generateKey } from "../../rig/keys.ts";
import { KEY, keyList, signed } from "./image.ts";
import { GOOD, LONG, NOTHING, selector, SHORT } from "./selector.ts";

const ENTRY = 16;
const CAUSES = ["power", "restart", "watchdog", "panic", "unknown"] as const;

function damaged(image: Uint8Array, at = 50): Uint8Array {
  const result = image.slice();
  result[at] = (result[at] ?? 0) ^ 4;
  return result;
}

test("an armed slot boots once on trial; unconfirmed it reverts, confirmed it stays", () => {
  for (const cause of CAUSES) {
    const { boot } = selector();
    const failures = cause === "power" || cause === "restart" ? 0 : 1;
    const home = { slot: 0, trial: false, cause: "power", failures: 0 };
    deepStrictEqual(boot.reset("power"), home);
    boot.arm();
    boot.arm();
    deepStrictEqual(boot.running(), home);
    const trial = { slot: 1, trial: true, cause: "restart", failures: 0 };
    deepStrictEqual(boot.reset("restart"), trial);
    throws(() => boot.arm(), /the running image is on trial/);
    deepStrictEqual(boot.reset(cause), { slot: 0, trial: false, cause, failures });
    strictEqual(boot.reset("restart").trial, false, "a trial that has ended does not begin again");
    boot.arm();
    boot.reset("restart");
    boot.confirm();
    boot.confirm();
    deepStrictEqual(boot.running(), { ...trial, trial: false });
    deepStrictEqual(boot.reset(cause), { slot: 1, trial: false, cause, failures });
    strictEqual(boot.trials, 2);
  }
});

test("a power-on is a trial too, when the power failed between arm and restart", () => {
  const { boot } = selector();
  boot.reset("power");
  boot.arm();
  deepStrictEqual(boot.reset("power"), { slot: 1, trial: true, cause: "power", failures: 0 });
  strictEqual(boot.reset("power").slot, 0);
});

test("ten updates in both directions succeed, each after a trial that failed", () => {
  for (const log of [SHORT, LONG]) {
    const { boot } = selector({ log });
    let slot = boot.reset("power").slot;
    for (let update = 0; update < 10; update++) {
      boot.arm();
      strictEqual(boot.reset("restart").slot, 1 - slot);
      strictEqual(boot.reset("panic").slot, slot);
      boot.arm();
      strictEqual(boot.reset("restart").trial, true);
      boot.confirm();
      slot = 1 - slot;
      deepStrictEqual([boot.running().slot, boot.reset("power").slot], [slot, slot]);
    }
  }
});

test("a slot without an image is never tried, and loses its place if it was confirmed", () => {
  const { boot, put, refused } = selector();
  boot.reset("power");
  put(1, NOTHING);
  throws(() => boot.arm(), /no image/);
  put(1, GOOD[1]);
  boot.arm();
  put(1, NOTHING);
  const home = { slot: 0, trial: false, cause: "restart", failures: 0 };
  deepStrictEqual(boot.reset("restart"), home);
  deepStrictEqual(refused, ["1: no image"]);
  put(1, GOOD[1]);
  put(0, damaged(GOOD[0]));
  strictEqual(boot.reset("restart").slot, 1);
  put(0, GOOD[0]);
  strictEqual(boot.reset("restart").slot, 1, "the slot that booted is the confirmed one");
  put(0, NOTHING);
  put(1, NOTHING);
  throws(() => boot.reset("power"), Unbootable);
  put(1, GOOD[1]);
  strictEqual(boot.reset("power").slot, 1);
});

test("an armed image that was rejected is not armed any more, though it is good again", () => {
  for (const cause of CAUSES) {
    const { boot, put, refused } = selector();
    boot.reset("power");
    boot.arm();
    put(1, damaged(GOOD[1]));
    strictEqual(boot.reset(cause).trial, false);
    deepStrictEqual(refused, ["1: digest does not match"]);
    put(1, GOOD[1]);
    strictEqual(boot.reset("restart").trial, false, cause);
    boot.arm();
    strictEqual(boot.reset("restart").trial, true, "it can be armed again");
  }
});

test("a fall-back that the log does not know of is what the next arm counts from", () => {
  const { boot, put } = selector();
  boot.reset("power");
  put(0, NOTHING);
  boot.flash.failing = () => "aloud";
  strictEqual(boot.reset("restart").slot, 1);
  boot.flash.failing = undefined;
  put(0, signed(3));
  boot.arm();
  deepStrictEqual([boot.reset("restart").slot, boot.running().trial], [0, true]);
  strictEqual(boot.reset("restart").slot, 1);
});

test("a revoked key starts no image once an image with that counter is confirmed", () => {
  const leaked = generateKey("ed25519");
  const keys = keyList([leaked, 7], [KEY]);
  for (const [kept, revoked] of [
    [6, false],
    [7, true],
    [8, true],
  ] as const) {
    const { boot, put, refused } = selector({
      keys,
      images: [signed(1, { securityCounter: kept }), signed(2, { securityCounter: 9 })],
    });
    const old = signed(3, { key: leaked, securityCounter: 9 });
    boot.reset("power");
    boot.arm();
    put(1, old);
    strictEqual(boot.reset("restart").trial, !revoked, `counter ${kept}`);
    deepStrictEqual(refused, revoked ? ["1: signed with a revoked key"] : []);
    if (revoked) throws(() => boot.arm(), /signed with a revoked key/);
    put(0, NOTHING);
    strictEqual(boot.reset("power").slot, 1, "it boots where nothing else does");
  }
});

test("one to four keys are taken; none, five and damaged ones are not", () => {
  const others = [1, 2, 3].map(() => generateKey("ed25519"));
  const four = [...others.map((key) => [key] as const), [KEY] as const] as const;
  strictEqual(selector({ keys: keyList(...four) }).boot.reset("power").slot, 0);
  const p256 = generateKey("p256");
  const images = [signed(1, { key: p256 }), NOTHING] as const;
  strictEqual(selector({ keys: keyList([p256]), images }).boot.reset("power").slot, 0);
  throws(() => selector({ keys: keyList(...four, [p256]) }), /not one to four public keys/);
  throws(() => selector({ keys: new Uint8Array(44) }), /not one to four public keys/);
  throws(() => selector({ keys: NOTHING }).boot.reset("power"), Unbootable);
});

/** An image with one more unprotected record, which its signature does not cover. */
function withRecord(image: Uint8Array, type: number): Uint8Array {
  const result = Buffer.concat([image, Buffer.from([type, 0, 0, 0])]);
  const area = image.length - (4 + 36 + 36 + 68);
  result.writeUInt16LE(result.readUInt16LE(area + 2) + 4, area + 2);
  return result;
}

test("an image is neither armed nor tried for each reason that there is", () => {
  const stranger = generateKey("ed25519");
  const digest = GOOD[1].length - (4 + 36 + 36 + 68) + 4 + 4;
  const records = (count: number): Uint8Array =>
    signed(2, {
      extra: Array.from({ length: count }, (_, n) => ({
        type: 0xa0 + n,
        value: new Uint8Array(0),
      })),
    });
  for (const [image, why] of [
    [NOTHING, "no image"],
    [damaged(GOOD[1]), "digest does not match"],
    [damaged(GOOD[1], digest), "digest does not match"],
    [damaged(GOOD[1], GOOD[1].length - 1), "signature does not match"],
    [signed(2, { key: stranger }), "signed with an unknown key"],
    [signed(2, { key: undefined }), "not signed with Ed25519 or P-256"],
    [signed(2, { flags: 0x10 }), "flags are refused"],
    [signed(2, { flags: 0x4 }), "flags are refused"],
    [signed(2, { headerSize: 34 }), "sizes do not fit"],
    [withRecord(GOOD[1], 0x02), "unknown records"],
    [withRecord(GOOD[1], 0x10), "records are malformed"],
    [records(33), "records are malformed"],
  ] as const) {
    const { boot, put, refused } = selector();
    boot.reset("power");
    boot.arm();
    put(1, image);
    strictEqual(boot.reset("restart").trial, false, why);
    deepStrictEqual(refused, [`1: ${why}`]);
    throws(() => boot.arm(), new RegExp(why));
  }
  const { boot } = selector({ images: [GOOD[0], records(32)] });
  boot.reset("power");
  boot.arm();
  strictEqual(boot.reset("restart").trial, true, "as many records as there may be");
});

test("an ECDSA signature may have 72 bytes, and no more", () => {
  const p256 = generateKey("p256");
  const keys = keyList([KEY], [p256]);
  let image = signed(2, { key: p256 });
  const lengthOf = (bytes: Uint8Array): number => bytes.length - GOOD[1].length + 64;
  while (lengthOf(image) < 72) image = signed(2, { key: p256 });
  const { boot, put, refused } = selector({ keys, images: [GOOD[0], image] });
  boot.reset("power");
  boot.arm();
  put(1, signed(2, { key: p256, ecdsa: () => new Uint8Array(73) }));
  boot.reset("restart");
  deepStrictEqual(refused, ["1: not signed with Ed25519 or P-256"]);
});

/** The entries of a log, by place; undefined where none is. */
function entries(
  boot: SimBoot,
): ({ readonly sequence: number; readonly bytes: Uint8Array } | undefined)[] {
  const { bytes } = boot.flash;
  return Array.from({ length: bytes.length / ENTRY }, (_, index) => {
    const entry = bytes.subarray(index * ENTRY, (index + 1) * ENTRY);
    const view = new DataView(entry.buffer, entry.byteOffset);
    const whole = view.getUint32(12, true) === crc32(entry.subarray(0, 12), 0);
    return whole ? { sequence: view.getUint32(4, true), bytes: entry } : undefined;
  });
}

function newest(boot: SimBoot): Uint8Array {
  const [entry] = entries(boot)
    .filter((found) => found !== undefined)
    .sort((a, b) => b.sequence - a.sequence);
  ok(entry);
  return entry.bytes;
}

test("an entry that was torn and reads right later never wins, wherever in the log it is", () => {
  const around = (place: number): number[] => [-4, -3, -2, -1, 0].map((by) => place + by);
  for (const [log, places, causes] of [
    [SHORT, [0, 1, 2, 3, 4, 5, 6, 7], CAUSES],
    [{ ...SHORT, blockLength: 256 }, [...around(16), ...around(32)], CAUSES],
  ] as const) {
    for (const before of places) {
      for (const cause of causes) {
        const { boot } = selector({ log });
        boot.reset("power");
        for (let i = 0; i < before; i++) boot.reset("power");
        boot.arm();
        boot.reset("restart");
        boot.confirm();
        const torn = newest(boot);
        torn[8] = (torn[8] ?? 0) ^ 0x80;
        const where = `${before} entries, ${cause}`;
        strictEqual(boot.reset("power").slot, 0, where);
        torn[8] = (torn[8] ?? 0) ^ 0x80;
        strictEqual(boot.reset(cause).slot, 0, where);
        strictEqual(boot.reset("power").slot, 0, where);
      }
    }
  }
});

test("an entry with any bit changed is none", () => {
  for (let bit = 0; bit < ENTRY * 8; bit++) {
    const { boot } = selector();
    boot.reset("power");
    boot.arm();
    const entry = newest(boot);
    entry[bit >> 3] = (entry[bit >> 3] ?? 0) ^ (1 << (bit % 8));
    strictEqual(boot.reset("restart").trial, false, `bit ${bit}`);
  }
});

test("values that no boot writes are not trusted, even with a CRC", () => {
  for (const [at, value] of [
    [0, 0x59],
    [4, 0],
    [8, 2],
    [9, 3],
    [10, 5],
  ] as const) {
    const { boot } = selector();
    boot.reset("power");
    boot.arm();
    boot.reset("restart");
    boot.confirm();
    const entry = newest(boot);
    if (at === 4) entry.fill(0, 4, 8);
    else entry[at] = value;
    new DataView(entry.buffer, entry.byteOffset).setUint32(
      12,
      crc32(entry.subarray(0, 12), 0),
      true,
    );
    const { slot, trial } = boot.reset("power");
    deepStrictEqual([slot, trial], [0, false], `byte ${at} is ${value}`);
  }
});

test("a log without a valid entry boots slot 0, whatever is in it, and is written on", () => {
  for (const fill of [0x00, 0xff, 0x58]) {
    const { boot } = selector({ log: LONG });
    boot.flash.load(new Uint8Array(2 * 4096).fill(fill));
    strictEqual(boot.reset("power").slot, 0);
    boot.arm();
    strictEqual(boot.reset("restart").trial, true);
    boot.confirm();
    strictEqual(boot.reset("power").slot, 1);
  }
});

test("entries may be as long as 256 bytes, and no longer", () => {
  const log = { blocks: 2, blockLength: 1024, writeAlign: 256, eraseValue: 0xff };
  const { boot } = selector({ log });
  boot.reset("power");
  boot.arm();
  strictEqual(boot.reset("restart").trial, true);
  const coarse = selector({ log: { ...log, writeAlign: 512 } }).boot;
  strictEqual(coarse.reset("power").slot, 0);
  throws(() => coarse.arm(), /the boot log cannot be read/);
});

test("a change of the log that power cuts, torn or not, is there or not at the next reset", () => {
  const booted = new Set<string>();
  for (const mode of CUT_MODES) {
    for (const torn of ["settled", "ecc"] as const) {
      for (let seed = 1; seed <= 40; seed++) {
        const power = new Power();
        const { boot } = selector({ power });
        boot.flash.torn = torn;
        boot.reset("restart");
        power.plan({ at: 1, mode, seed });
        throws(() => boot.arm(), PowerLoss);
        power.restore();
        const { slot, trial } = boot.reset("power");
        strictEqual(trial, slot === 1);
        booted.add(`${mode} ${trial ? "armed" : "not"}`);
        boot.reset("restart");
        strictEqual(boot.running().slot, 0, "a trial ends");
      }
    }
  }
  deepStrictEqual(
    [...booted].filter((text) => text.startsWith("before") || text.startsWith("after")),
    ["before not", "after armed"],
  );
  ok(booted.has("tornBits not") && booted.has("tornNear not"));
});

test("a power-on settles what the log says, though torn bits read differently each time", () => {
  const slots = new Set<number>();
  for (const mode of CUT_MODES) {
    for (let seed = 1; seed <= 100; seed++) {
      const power = new Power();
      const { boot } = selector({ power });
      boot.flash.torn = "metastable";
      for (let entry = 0; entry <= seed % 4; entry++) boot.reset("power");
      boot.arm();
      boot.reset("restart");
      power.plan({ at: 1, mode, seed });
      throws(() => boot.confirm(), PowerLoss);
      power.restore();
      const { slot } = boot.reset("power");
      slots.add(slot);
      for (let again = 0; again < 8; again++) {
        const cause = again % 2 === 0 ? "power" : "panic";
        strictEqual(boot.reset(cause).slot, slot, `${mode} ${seed}`);
      }
    }
  }
  strictEqual(slots.size, 2);
});

test("a cut anywhere in an update, in each mode, leaves the old image or the new", () => {
  for (let before = 0; before < 5; before++) {
    for (const mode of CUT_MODES) {
      for (let at = 1; ; at++) {
        const power = new Power();
        const { boot } = selector({ power });
        for (let entry = 0; entry <= before; entry++) boot.reset("power");
        power.plan({ at, mode, seed: at });
        let step = "arm";
        try {
          boot.arm();
          step = "trial";
          boot.reset("restart");
          step = "confirm";
          boot.confirm();
          break;
        } catch (error) {
          ok(error instanceof PowerLoss);
        }
        power.restore();
        const first = boot.reset("power");
        const what = `${before} entries, operation ${at} ${mode}, in ${step}`;
        if (step === "confirm") ok(!first.trial, what);
        const settled = first.trial ? boot.reset("power") : first;
        ok(!settled.trial && (settled.slot === 0 || step === "confirm"), what);
        strictEqual(boot.reset("power").slot, settled.slot, what);
      }
    }
  }
});

test("a cut anywhere in a power-on, in each mode, leaves what was confirmed", () => {
  for (let before = 0; before < 5; before++) {
    for (const mode of CUT_MODES) {
      for (let at = 1, cut = true; cut; at++) {
        const power = new Power();
        const { boot } = selector({ power });
        boot.reset("power");
        boot.arm();
        boot.reset("restart");
        boot.confirm();
        for (let entry = 0; entry < before; entry++) boot.reset("power");
        power.plan({ at, mode, seed: at });
        try {
          boot.reset("power");
          cut = false;
          power.cancel();
        } catch (error) {
          ok(error instanceof PowerLoss);
          power.restore();
        }
        strictEqual(boot.reset("power").slot, 1, `${before} entries, operation ${at} ${mode}`);
      }
    }
  }
});

test("the log goes on where flash fails, and says so when all of it does", () => {
  for (const how of ["aloud", "silent"] as const) {
    for (let at = 1; at <= 4; at++) {
      const { boot } = selector();
      let operations = 0;
      boot.flash.failing = () => (++operations === at ? how : undefined);
      boot.reset("power");
      boot.arm();
      strictEqual(boot.reset("restart").trial, true, `${how} ${at}`);
      boot.confirm();
      strictEqual(boot.reset("power").slot, 1);
    }
    const { boot } = selector();
    boot.reset("power");
    boot.flash.failing = () => how;
    throws(() => boot.arm(), FlashFault);
    strictEqual(boot.reset("power").slot, 0);
  }
});

test("three places in a row may fail, and four may not", () => {
  for (const [failures, written] of [
    [3, true],
    [4, false],
  ] as const) {
    const { boot } = selector({ log: LONG });
    boot.reset("power");
    let left: number = failures;
    boot.flash.failing = () => (left-- > 0 ? "aloud" : undefined);
    if (written) boot.arm();
    else throws(() => boot.arm(), /the boot log cannot be written/);
    strictEqual(boot.log.state, written ? "armed" : "stable");
  }
});

test("a trial that cannot be written down does not begin", () => {
  const { boot } = selector();
  boot.reset("power");
  boot.arm();
  boot.flash.failing = () => "aloud";
  deepStrictEqual(boot.reset("restart"), {
    slot: 0,
    trial: false,
    cause: "restart",
    failures: 0,
  });
});
