/** The simulated board: what it forbids, what a cut leaves, and what a reset does. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CheckedFlash, FlashFault, WrittenTwice } from "../../../hal/common/checked.ts";
import type { FlashErrorKind, Identity } from "../../../hal/hal.ts";
import { SimBoard, type SimBoardOptions } from "../../../hal/sim/board.ts";
import { Restarted } from "../../../hal/sim/boot.ts";
import { boardInDirectory } from "../../../hal/sim/files.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { CUT_MODES, Power, PowerLoss, type CutMode } from "../../../hal/sim/power.ts";
import { BOOT_KEYS, signed } from "./image.ts";

const STATUS = { blocks: 3, blockLength: 64, writeAlign: 4, eraseValue: 0xff };
const SLOT = { ...STATUS, blockLength: 256 };
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

const IMAGES = [signed(1), signed(2)] as const;
/** Behind an image. */
const FREE = 2 * SLOT.blockLength;
const OPTIONS: SimBoardOptions = {
  store: STATUS,
  slot: SLOT,
  identity: {} as Identity,
  link: {
    request: () => {
      throw new Error("no network");
    },
  },
  keys: BOOT_KEYS,
};

/**
 * A board with version 1 in slot 0 and version 2 in slot 1, each filling a slot but its last block.
 */
function loaded(board: SimBoard): SimBoard {
  IMAGES.forEach((image, slot) => {
    board.slots[slot === 0 ? 0 : 1].load(image);
  });
  return board;
}

test("a program gets the idle slot and a clock that starts at boot, and ends at restart", () => {
  const board = loaded(new SimBoard(OPTIONS));
  const hal = board.start("power");
  hal.staging.write(DATA, FREE);
  deepStrictEqual(board.slots[1].bytes.slice(FREE, FREE + 32), DATA);
  board.advance(5);
  strictEqual(hal.now(), 5);
  hal.boot.arm();
  throws(() => hal.boot.restart(), Restarted);
  const next = board.start("restart");
  strictEqual(next.now(), 0);
  next.staging.write(DATA, FREE);
  deepStrictEqual(board.slots[0].bytes.slice(FREE, FREE + 32), DATA);
});

test("a board in a directory is found again as it was, whenever the process ended", () => {
  const directory = mkdtempSync(join(tmpdir(), "board-"));
  try {
    boardInDirectory(directory, OPTIONS);
    IMAGES.forEach((image, slot) => {
      const bytes = Buffer.alloc(SLOT.blocks * SLOT.blockLength, 0xff);
      bytes.set(image);
      writeFileSync(join(directory, slot === 0 ? "slot-a.bin" : "slot-b.bin"), bytes);
    });
    const hal = boardInDirectory(directory, OPTIONS).start("power");
    hal.store.write(DATA, 64);
    hal.staging.write(DATA, FREE);
    hal.boot.arm();
    const again = boardInDirectory(directory, OPTIONS);
    deepStrictEqual(
      [again.store.bytes.slice(64, 96), again.slots[1].bytes.slice(FREE, FREE + 32)],
      [DATA, DATA],
    );
    deepStrictEqual(again.start("restart").boot.running(), {
      slot: 1,
      trial: true,
      cause: "restart",
      failures: 0,
    });
    deepStrictEqual(boardInDirectory(directory, OPTIONS).start("power").boot.running().slot, 0);
    truncateSync(join(directory, "store.bin"), 10);
    throws(() => boardInDirectory(directory, OPTIONS), /store\.bin has 10 bytes/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
