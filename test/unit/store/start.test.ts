/** What a start finds, believes and settles: torn frames, lost seals, bits that turned. */
import { utf8 } from "../../../src/base/utf8.ts";
import { Store } from "../../../src/store/store.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { MemoryFlash } from "./memoryflash.ts";

test("opening writes nothing on an empty store, nor after a start without commits", () => {
  const flash = new MemoryFlash(2, 256);
  for (let commits = 0; commits < 2; commits++) {
    const before = flash.bytes.slice();
    Store.open(flash);
    deepEqual(flash.bytes, before);
    Store.open(flash).commit([["a", utf8("1")]]);
  }
});

test("a start after commits decides what is there, once: it costs one generation", () => {
  const flash = new MemoryFlash(4, 256);
  const store = Store.open(flash);
  store.commit([["a", utf8("1")]]);
  store.commit([["a", utf8("2")]]);
  const { writes } = flash;
  equal(Store.open(flash).stats().erases, 1);
  equal(flash.writes - writes, 4, "a header, a frame, two seals");
  equal(Store.open(flash).stats().erases, 0);
  deepEqual(Store.open(flash).get("a"), utf8("2"));
});

test("the first commit of a start begins a block, and those after it do not", () => {
  const flash = new MemoryFlash(4, 256);
  Store.open(flash).commit([["a", utf8("1")]]);
  const store = Store.open(flash);
  for (const erases of [1, 1, 1]) {
    store.commit([["a", utf8(`${flash.writes}`)]]);
    equal(store.stats().erases, erases);
  }
});

test("a start does not hold the values of a whole generation", () => {
  const flash = new MemoryFlash(8, 4096);
  const store = Store.open(flash);
  const value = new Uint8Array(3000).fill(1);
  for (const key of ["a", "b", "c", "d"]) store.commit([[key, value]]);
  Store.open(flash);
  flash.longestRead = 0;
  const settled = Store.open(flash);
  ok(flash.longestRead <= 512, `${flash.longestRead} bytes at once`);
  for (const key of ["a", "b", "c", "d"]) deepEqual(settled.get(key), value);
});

/** Bytes of the header of a block, of a frame around its payload, and of what is in it below. */
const HEADER = 16;
const FRAME = 8;
const ENTRY = 6;
const SUMS = 4 + 1 + 8;

/** A generation with "1" in block 0, one with "2" in block 2, which has lost some of its seals. */
function sealed(lost: number): MemoryFlash {
  const flash = new MemoryFlash(6, 256);
  const seals = 2 * 256 + HEADER + FRAME + SUMS + ENTRY;
  Store.open(flash).commit([["a", utf8("1")]]);
  Store.open(flash).commit([["a", utf8("2")]]);
  Store.open(flash);
  flash.bytes.fill(0xff, 256, 512).fill(0xff, seals + (2 - lost) * FRAME, seals + 2 * FRAME);
  return flash;
}

test("a generation without a seal does not count beside one that has", () => {
  for (const [lost, found] of [
    [0, "2"],
    [1, "2"],
    [2, "1"],
  ] as const) {
    const flash = sealed(lost);
    for (let start = 0; start < 3; start++)
      deepEqual(Store.open(flash).get("a"), utf8(found), `${lost} seals lost`);
  }
});

test("while a generation may lose its only seal, the one before it stays", () => {
  const flash = sealed(1);
  const before = flash.bytes.slice(0, 256);
  for (let block = 3; block < 6; block++) flash.lossy.add(block);
  for (let start = 0; start < 3; start++) deepEqual(Store.open(flash).get("a"), utf8("2"));
  deepEqual(flash.bytes.slice(0, 256), before);
});

test("unread bits of a seal or frame may turn at any time: what took effect stays", () => {
  for (const frame of [false, true]) {
    for (let reads = 0; reads < 12; reads++) {
      const flash = new MemoryFlash(6, 256);
      Store.open(flash).commit([["a", utf8("1")]]);
      const store = Store.open(flash);
      store.commit([["a", utf8("2")]]);
      const seal = HEADER + FRAME + SUMS + ENTRY + 2 * FRAME - 1;
      flash.turning.set(frame ? 256 + HEADER + FRAME + ENTRY - 1 : seal, reads);
      const found = Store.open(flash).get("a");
      if (!frame) deepEqual(found, utf8("2"), `${reads} reads`);
      for (let start = 0; start < 2; start++)
        deepEqual(Store.open(flash).get("a"), found, `${reads} reads`);
    }
  }
});

test("a torn frame that nobody saw does not come back when it reads right later", () => {
  for (const mask of [0x01, 0x07]) {
    const flash = new MemoryFlash(6, 256);
    Store.open(flash).commit([["a", utf8("1")]]);
    const store = Store.open(flash);
    store.commit([["a", utf8("2")]]);
    const last = 256 + HEADER + FRAME + ENTRY - 1;
    flash.flip(last, mask);
    const found = Store.open(flash).get("a");
    deepEqual(
      found,
      utf8(mask === 0x01 ? "2" : "1"),
      "one bit is put right, three are a torn frame",
    );
    flash.flip(last, mask);
    for (let start = 0; start < 3; start++) deepEqual(Store.open(flash).get("a"), found);
    Store.open(flash).commit([["b", utf8("3")]]);
    for (let start = 0; start < 3; start++) deepEqual(Store.open(flash).get("a"), found);
  }
});

test("any content of the flash is accepted, and what has no valid frame counts as empty", () => {
  let state = 1;
  for (let round = 0; round < 30; round++) {
    const flash = new MemoryFlash(3, 256, 4);
    for (let i = 0; i < flash.bytes.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      flash.bytes[i] = round === 0 ? 0 : round === 1 ? 0x58 : state >>> 24;
    }
    const store = Store.open(flash);
    deepEqual(store.keys(""), []);
    store.commit([["a", utf8("1")]]);
    deepEqual(Store.open(flash.copy()).get("a"), utf8("1"));
  }
});

test("what follows a torn frame is not taken for one, though it looks like it", () => {
  const source = new MemoryFlash(2, 256);
  Store.open(source).commit([["forged", utf8("1")]]);
  const frame = source.bytes.slice(16, 35);
  for (let shift = 0; shift < frame.length; shift++) {
    const flash = new MemoryFlash(8, 256);
    const store = Store.open(flash);
    const value = new Uint8Array(400);
    for (let at = shift; at + frame.length <= value.length; at += frame.length)
      value.set(frame, at);
    store.commit([["a", utf8("1")]]);
    const torn = 16 + store.stats().bytesUsed;
    store.commit([["a", value]]);
    flash.bytes[torn] = 0;
    const opened = Store.open(flash);
    deepEqual(opened.keys(""), ["a"]);
    deepEqual(opened.get("a"), utf8("1"));
    opened.commit([["b", utf8("2")]]);
    deepEqual(Store.open(flash.copy()).keys(""), ["a", "b"]);
  }
});
