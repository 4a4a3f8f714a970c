/** The simulated board: what it forbids, what a cut leaves, and how it chooses what boots. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CheckedFlash, FlashFault, WrittenTwice } from "../../../hal/checked.ts";
import type { Flash, FlashErrorKind, Identity } from "../../../hal/hal.ts";
import { SimBoard, type SimBoardOptions } from "../../../hal/sim/board.ts";
import { Restarted, SimBoot, Unbootable } from "../../../hal/sim/boot.ts";
import { boardInDirectory } from "../../../hal/sim/files.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { CUT_MODES, Power, PowerLoss, type CutMode } from "../../../hal/sim/power.ts";

const STATUS = { blocks: 3, blockLength: 64, writeAlign: 4, eraseValue: 0xff };
const DATA = Uint8Array.from({ length: 32 }, (_, index) => (index * 5) & 0x7f);

function fault(kind: FlashErrorKind, act: () => void): void {
  throws(act, (error: unknown) => error instanceof FlashFault && error.kind === kind);
}

test("the checks refuse what the contract forbids, and leave the flash untouched", () => {
  const power = new Power();
  const sim = new SimFlash(power, STATUS);
  const flash = new CheckedFlash(sim);
  fault("misaligned", () => flash.write(DATA.subarray(0, 4), 2));
  fault("misaligned", () => flash.write(DATA.subarray(0, 5), 0));
  fault("bounds", () => flash.write(DATA, 192 - 28));
  fault("bounds", () => flash.read(new Uint8Array(5), 188));
  fault("bounds", () => flash.read(new Uint8Array(5), -1));
  for (const block of [-1, 3, 0.5]) fault("bounds", () => flash.eraseBlock(block));
  strictEqual(power.operations, 0);
  flash.write(DATA, 64);
  throws(() => flash.write(DATA.subarray(0, 4), 92), WrittenTwice);
  flash.eraseBlock(1);
  flash.write(DATA, 64);
  flash.read(new Uint8Array(4), 188);
});

test("a byte programmed with the erased value is programmed", () => {
  const flash = new SimFlash(new Power(), STATUS);
  flash.write(new Uint8Array(4).fill(0xff), 0);
  throws(() => flash.write(DATA.subarray(0, 4), 0), WrittenTwice);
});

test("a bad block fails as a device", () => {
  const flash = new SimFlash(new Power(), STATUS);
  flash.bad.add(1);
  fault("device", () => flash.write(DATA, 64));
  fault("device", () => flash.eraseBlock(1));
  flash.write(DATA, 0);
});

test("a cut program touches only its own bytes, and leaves what its mode says", () => {
  for (const eraseValue of [0xff, 0]) {
    for (const mode of CUT_MODES) {
      for (let seed = 1; seed <= 20; seed++) {
        const power = new Power([{ at: 2, mode, seed }]);
        const flash = new SimFlash(power, { ...STATUS, eraseValue });
        flash.write(DATA, 0);
        throws(() => flash.write(DATA, 64), PowerLoss);
        throws(() => flash.read(new Uint8Array(1), 0), PowerLoss);
        const around = [...flash.bytes.subarray(32, 64), ...flash.bytes.subarray(96)];
        ok(around.every((byte) => byte === eraseValue));
        const left = flash.bytes.slice(64, 96);
        if (mode === "before") ok(left.every((byte) => byte === eraseValue));
        if (mode === "after") deepStrictEqual(left, DATA);
        if (mode === "tornLast") deepStrictEqual(left.slice(0, 31), DATA.slice(0, 31));
        for (const [index, byte] of left.entries()) {
          const want = DATA[index] ?? 0;
          const changed = byte ^ eraseValue;
          const wanted = want ^ eraseValue;
          strictEqual(changed & ~wanted, 0, "a torn program sets no bit that it was not told to");
        }
      }
    }
  }
});

test("a cut erase leaves the block undefined, and the next erase and program work", () => {
  for (const mode of CUT_MODES) {
    const power = new Power([{ at: 3, mode, seed: 3 }]);
    const flash = new SimFlash(power, STATUS);
    flash.write(DATA, 64);
    flash.write(DATA, 0);
    throws(() => flash.eraseBlock(1), PowerLoss);
    power.restore();
    deepStrictEqual(flash.bytes.slice(0, 32), DATA);
    const erased = flash.bytes.subarray(64, 128).every((byte) => byte === 0xff);
    strictEqual(erased, mode === "after", mode);
    flash.eraseBlock(1);
    flash.write(DATA, 64);
    deepStrictEqual(flash.bytes.slice(64, 96), DATA);
  }
});

test("the same cut gives the same flash", () => {
  const once = (mode: CutMode): Uint8Array => {
    const flash = new SimFlash(new Power([{ at: 1, mode, seed: 9 }]), STATUS);
    throws(() => flash.write(DATA, 0), PowerLoss);
    return flash.bytes;
  };
  for (const mode of CUT_MODES) deepStrictEqual(once(mode), once(mode));
});

/** A boot selector over two slots, of which the first byte says whether they hold an image. */
function selector(power: Power): {
  readonly boot: SimBoot;
  readonly slots: readonly [SimFlash, SimFlash];
} {
  const slots = [new SimFlash(power, STATUS), new SimFlash(power, STATUS)] as const;
  for (const slot of slots) slot.load(Uint8Array.of(1));
  const bootable = (slot: Flash): boolean => {
    const first = new Uint8Array(1);
    slot.read(first, 0);
    return first[0] === 1;
  };
  return { boot: new SimBoot(power, slots, bootable), slots };
}

test("an armed slot boots once on trial; unconfirmed it reverts, whatever the cause; confirmed it stays", () => {
  for (const cause of ["power", "restart", "watchdog", "panic", "unknown"] as const) {
    const { boot } = selector(new Power());
    deepStrictEqual(boot.reset("power"), { slot: 0, trial: false, cause: "power" });
    boot.arm();
    boot.arm();
    deepStrictEqual(boot.running(), { slot: 0, trial: false, cause: "power" });
    deepStrictEqual(boot.reset("restart"), { slot: 1, trial: true, cause: "restart" });
    throws(() => boot.arm());
    deepStrictEqual(boot.reset(cause), { slot: 0, trial: false, cause });
    boot.arm();
    boot.reset("restart");
    boot.confirm();
    boot.confirm();
    deepStrictEqual(boot.running(), { slot: 1, trial: false, cause: "restart" });
    deepStrictEqual(boot.reset(cause), { slot: 1, trial: false, cause });
  }
});

test("a slot without an image is not armed, is not tried, and gives way when it was the confirmed one", () => {
  const power = new Power();
  const { boot, slots } = selector(power);
  boot.reset("power");
  slots[1].load(Uint8Array.of(0));
  throws(() => boot.arm());
  slots[1].load(Uint8Array.of(1));
  boot.arm();
  slots[1].load(Uint8Array.of(0));
  deepStrictEqual(boot.reset("restart"), { slot: 0, trial: false, cause: "restart" });
  slots[1].load(Uint8Array.of(1));
  slots[0].load(Uint8Array.of(0));
  strictEqual(boot.reset("power").slot, 1);
  slots[1].load(Uint8Array.of(0));
  throws(() => boot.reset("power"), Unbootable);
});

test("a change of the boot log that power cuts, torn or not, is there or not at the next reset", () => {
  const booted = new Set<string>();
  for (const mode of CUT_MODES) {
    for (const torn of ["settled", "ecc"] as const) {
      for (let seed = 1; seed <= 40; seed++) {
        const power = new Power();
        const { boot } = selector(power);
        boot.flash.torn = torn;
        boot.reset("restart");
        power.plan({ at: 2, mode, seed });
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

test("what the boot log said at a power-on it says again, though torn bits read differently each time", () => {
  const slots = new Set<number>();
  for (const mode of CUT_MODES) {
    for (let seed = 1; seed <= 100; seed++) {
      const power = new Power();
      const { boot } = selector(power);
      boot.flash.torn = "metastable";
      boot.reset("power");
      boot.arm();
      boot.reset("restart");
      power.plan({ at: 1, mode, seed });
      throws(() => boot.confirm(), PowerLoss);
      power.restore();
      const { slot } = boot.reset("power");
      slots.add(slot);
      for (let again = 0; again < 8; again++) {
        deepStrictEqual(
          boot.reset(again % 2 === 0 ? "power" : "panic").slot,
          slot,
          `${mode} ${seed}`,
        );
      }
    }
  }
  strictEqual(slots.size, 2);
});

test("an entry of the boot log with any bit changed is none", () => {
  for (let bit = 0; bit < 128; bit++) {
    const { boot } = selector(new Power());
    boot.reset("power");
    boot.arm();
    const { bytes } = boot.flash;
    const at = bytes.length - 16 + (bit >> 3);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8));
    strictEqual(boot.reset("restart").trial, false, `bit ${bit}`);
  }
});

test("the boot log goes on where flash fails, and says so when all of it does", () => {
  for (const how of ["aloud", "silent"] as const) {
    for (let at = 1; at <= 4; at++) {
      const { boot } = selector(new Power());
      let operations = 0;
      boot.flash.failing = () => (++operations === at ? how : undefined);
      boot.reset("power");
      boot.arm();
      strictEqual(boot.reset("restart").trial, true, `${how} ${at}`);
      boot.confirm();
      strictEqual(boot.reset("power").slot, 1);
    }
    const { boot } = selector(new Power());
    boot.reset("power");
    boot.flash.failing = () => how;
    throws(() => boot.arm(), FlashFault);
    strictEqual(boot.reset("power").slot, 0);
  }
});

const OPTIONS: SimBoardOptions = {
  store: STATUS,
  slot: STATUS,
  identity: {} as Identity,
  link: {
    request: () => {
      throw new Error("no network");
    },
  },
  bootable: () => true,
};

test("a board's program gets the slot that does not run, a clock since this boot, and dies at restart", () => {
  const board = new SimBoard(OPTIONS);
  const hal = board.start("power");
  hal.staging.write(DATA, 0);
  deepStrictEqual(board.slots[1].bytes.slice(0, 32), DATA);
  board.advance(5);
  strictEqual(hal.now(), 5);
  hal.boot.arm();
  throws(() => hal.boot.restart(), Restarted);
  const next = board.start("restart");
  strictEqual(next.now(), 0);
  next.staging.write(DATA, 0);
  deepStrictEqual(board.slots[0].bytes.slice(0, 32), DATA);
});

test("a board in a directory is found again as it was, whenever the process ended", () => {
  const directory = mkdtempSync(join(tmpdir(), "board-"));
  try {
    const hal = boardInDirectory(directory, OPTIONS).start("power");
    hal.store.write(DATA, 64);
    hal.staging.write(DATA, 0);
    hal.boot.arm();
    const again = boardInDirectory(directory, OPTIONS);
    deepStrictEqual(
      [again.store.bytes.slice(64, 96), again.slots[1].bytes.slice(0, 32)],
      [DATA, DATA],
    );
    deepStrictEqual(again.start("restart").boot.running(), {
      slot: 1,
      trial: true,
      cause: "restart",
    });
    deepStrictEqual(boardInDirectory(directory, OPTIONS).start("power").boot.running().slot, 0);
    truncateSync(join(directory, "store.bin"), 10);
    throws(() => boardInDirectory(directory, OPTIONS), /store\.bin has 10 bytes/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
