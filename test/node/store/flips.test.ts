/**
 * A read that errs once: whatever bit of whatever read while the store is opened, nothing that was
 * committed is lost.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flash } from "../../../hal/hal.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { Power } from "../../../hal/sim/power.ts";
import { Store } from "../../../src/store/store.ts";
import { overlay } from "../../simulation/overlay.ts";

const STATUS = { blocks: 4, blockLength: 256, writeAlign: 4, eraseValue: 0xff };

/** The flash, of which the n-th read has one bit wrong. */
function erring(
  flash: SimFlash,
  wrong: number,
  bit: number,
): { flash: Flash; reads: () => number } {
  let reads = 0;
  const read = (buffer: Uint8Array, at: number): void => {
    flash.read(buffer, at);
    const index = (bit >> 3) % buffer.length;
    if (++reads === wrong) buffer[index] = (buffer[index] ?? 0) ^ (1 << (bit & 7));
  };
  return { flash: overlay(flash, { read }), reads: () => reads };
}

test("one wrong bit in one read loses no key, changes no value and no block in use", () => {
  const make = (): SimFlash => {
    const flash = new SimFlash(new Power(), STATUS);
    const store = Store.open(flash);
    for (let n = 0; n < 18; n++) store.commit([[`key.${n % 4}`, new Uint8Array(20).fill(n)]]);
    return flash;
  };
  const whole = erring(make(), 0, 0);
  const opened = Store.open(whole.flash);
  const keys = opened.keys("");
  for (const key of keys) opened.get(key);
  for (let n = 18; n < 24; n++) opened.commit([["more", new Uint8Array(20).fill(n)]]);
  for (let wrong = 1; wrong <= whole.reads(); wrong++) {
    for (let bit = 0; bit < 256; bit += 7) {
      const flash = make();
      const store = Store.open(erring(flash, wrong, bit).flash);
      for (const key of keys)
        assert.equal(new Set(store.get(key)).size, 1, "a value is read as it was written");
      for (let n = 18; n < 24; n++) store.commit([["more", new Uint8Array(20).fill(n)]]);
      const again = Store.open(flash);
      for (const key of keys)
        assert.ok(again.get(key) !== undefined, `${key}, read ${wrong}, bit ${bit}`);
      assert.equal(again.get("more")?.[0], 23);
    }
  }
});

test("a bit that is stuck for good costs no value at any start or commit", () => {
  const whole = new SimFlash(new Power(), STATUS);
  const store = Store.open(whole);
  for (let n = 0; n < 9; n++) store.commit([[`key.${n % 4}`, new Uint8Array(20).fill(n)]]);
  for (let cell = 0; cell < whole.bytes.length; cell++) {
    const mask = 1 << ((cell * 5) % 8);
    const flash = new SimFlash(new Power(), STATUS);
    flash.load(whole.bytes);
    const stuck = stuckAt(flash, cell, mask);
    let opened = Store.open(stuck);
    for (let n = 9; n < 60; n++) {
      if (n % 10 === 0) opened = Store.open(stuck);
      opened.commit([[`key.${n % 4}`, new Uint8Array(20).fill(n)]]);
      for (let key = 0; key < 4; key++)
        assert.deepEqual(
          opened.get(`key.${key}`),
          new Uint8Array(20).fill(n - ((n - key) % 4)),
          `byte ${cell}, commit ${n}`,
        );
    }
    assert.deepEqual(opened.takeLost(), []);
  }
});

/** The flash, of which some bits of one byte read for ever as they do not read now. */
function stuckAt(flash: SimFlash, cell: number, mask: number): Flash {
  const value = ~(flash.bytes[cell] ?? 0) & mask;
  return overlay(flash, {
    read: (buffer, at) => {
      flash.read(buffer, at);
      if (cell >= at && cell < at + buffer.length)
        buffer[cell - at] = ((buffer[cell - at] ?? 0) & ~mask) | value;
    },
  });
}
