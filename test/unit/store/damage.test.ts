/**
 * Flash that has changed since it was written: what can be put right is, and what cannot is lost,
 * by name, and nothing else with it.
 */
import { MEND_BYTES_MAX } from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { Store } from "../../../src/store/store.ts";
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { MemoryFlash } from "./memoryflash.ts";

const KEYS = ["acl", "counter", "record", "url"];

function originalOf(key: string): Uint8Array {
  return utf8(`the value of ${key}, which is longer`);
}

/** A store of one generation, and the values of KEYS in it; `rest`, where it is to be full. */
function generation(flash = new MemoryFlash(8, 512), rest = 0): MemoryFlash {
  const store = Store.open(flash);
  store.commit(KEYS.map((key) => [key, originalOf(key)]));
  if (rest > 0) store.commit([["rest", new Uint8Array(rest).fill(7)]]);
  Store.open(flash);
  return flash;
}

/** The newest place of a value in flash. */
function placeOf(flash: MemoryFlash, value: Uint8Array): number {
  let place = -1;
  for (let at = flash.find(value); at >= 0; at = flash.find(value, at + 1)) place = at;
  ok(place >= 0, "it is there");
  return place;
}

function expectValues(store: Store, keys: readonly string[], context: string): void {
  for (const key of keys) deepEqual(store.get(key), originalOf(key), `${key}, ${context}`);
}

/** Commits until each block was erased once more. */
function goRound(store: Store): void {
  const { erases } = store.stats();
  for (let n = 0; store.stats().erases < erases + 10; n++) store.commit([["nonce", utf8(`${n}`)]]);
}

test("a bit that flips while the store is open is mended in reads and copies", () => {
  const flash = generation();
  const store = Store.open(flash);
  for (const key of KEYS) flash.flip(placeOf(flash, originalOf(key)) + 5, 0x80);
  expectValues(store, KEYS, "as it is read");
  equal(store.stats().mended, KEYS.length);
  goRound(store);
  expectValues(store, KEYS, "as it was copied");
  expectValues(Store.open(flash), KEYS, "after a start");
  deepEqual(store.takeLost(), []);
  equal(Store.open(flash).stats().mended, 0, "nothing is wrong any more");
});

test("a bit that flipped between two starts costs nothing, wherever it is", () => {
  const whole = generation();
  Store.open(whole).commit([["counter", utf8("7")]]);
  const store = Store.open(whole.copy());
  store.commit([["nonce", utf8("1")]]);
  for (let at = 0; at < whole.bytes.length; at++) {
    // One blank byte is like the next: some of them are enough.
    if (whole.bytes[at] === 0xff && at % 16 !== 3) continue;
    const flash = whole.copy();
    flash.flip(at, 1 << (at & 7));
    const opened = Store.open(flash);
    expectValues(opened, ["acl", "record", "url"], `byte ${at}`);
    deepEqual(opened.get("counter"), utf8("7"), `byte ${at}`);
    deepEqual(opened.takeLost(), []);
    equal(Store.open(flash).stats().mended, 0, `byte ${at} is written anew`);
  }
});

test("a value with two flipped bits is lost, says so once, and is nowhere after that", () => {
  for (const running of [false, true]) {
    const flash = generation();
    const early = running ? Store.open(flash) : undefined;
    flash.flip(placeOf(flash, originalOf("acl")), 0x81);
    const store = early ?? Store.open(flash);
    equal(store.get("acl"), undefined);
    deepEqual([store.hasLost, store.takeLost(), store.hasLost], [true, ["acl"], false]);
    deepEqual(store.takeLost(), []);
    goRound(store);
    for (const opened of [store, Store.open(flash)]) {
      deepEqual(opened.keys(""), ["counter", "nonce", "record", "url"]);
      expectValues(opened, ["counter", "record", "url"], "the others stay");
      deepEqual(opened.takeLost(), []);
    }
  }
});

test("a value that cannot be read is not copied, though nobody has asked for it", () => {
  const flash = generation();
  const store = Store.open(flash);
  flash.flip(placeOf(flash, originalOf("acl")), 0x81);
  goRound(store);
  deepEqual([store.takeLost(), store.get("acl")], [["acl"], undefined]);
  expectValues(Store.open(flash), ["counter", "record", "url"], "the others stay");
});

test("a value that changes between two reads of it is not copied as it is", () => {
  for (let reads = 0; reads < 6; reads++) {
    const flash = generation();
    const store = Store.open(flash);
    flash.turning.set(placeOf(flash, originalOf("acl")) + 5, reads);
    for (let n = 0; store.stats().erases < 10; n++) {
      store.commit([["nonce", utf8(`${n}`)]]);
      const value = Store.open(flash.copy()).get("acl");
      if (value !== undefined) deepEqual(value, originalOf("acl"), `${reads} reads, ${n} commits`);
    }
  }
});

test("what is lost and written again is there, and not lost", () => {
  const flash = generation();
  const store = Store.open(flash);
  flash.flip(placeOf(flash, originalOf("acl")), 0x81);
  equal(store.get("acl"), undefined);
  store.commit([["acl", utf8("new")]]);
  deepEqual([store.takeLost(), store.get("acl")], [[], utf8("new")]);
  deepEqual(Store.open(flash).get("acl"), utf8("new"));
});

test("one flipped bit in each of several values costs none, two in some cost those alone", () => {
  const flash = generation();
  flash.flip(placeOf(flash, originalOf("acl")) + 3, 0x10);
  flash.flip(placeOf(flash, originalOf("counter")) - 2, 0x01);
  flash.flip(placeOf(flash, originalOf("record")) + 1, 0x03);
  const store = Store.open(flash);
  expectValues(store, ["acl", "counter", "url"], "one bit each");
  equal(store.get("record"), undefined);
  deepEqual(store.takeLost(), ["record"]);
});

test("of an entry whose key is damaged the key is not said: it may be a part of the value", () => {
  for (const [at, mask] of [
    [-1, 0x18],
    [-"record".length - 2, 0x03],
  ] as const) {
    const flash = generation();
    flash.flip(placeOf(flash, originalOf("record")) + at, mask);
    const store = Store.open(flash);
    expectValues(store, ["acl", "counter"], "what stands before it");
    equal(store.get("record"), undefined);
    ok(store.takeLost().every((key) => key === ""));
  }
});

test("the older value of a key does not come back when the newer one is lost", () => {
  const flash = generation();
  const store = Store.open(flash);
  store.commit([["counter", utf8("the newer value")]]);
  store.commit([["nonce", utf8("1")]]);
  flash.flip(placeOf(flash, utf8("the newer value")), 0x42);
  for (const opened of [Store.open(flash.copy()), store]) {
    equal(opened.get("counter"), undefined);
    deepEqual(opened.takeLost(), ["counter"]);
    deepEqual(opened.get("nonce"), utf8("1"));
  }
});

test("a flash that does not answer has lost nothing: the read fails, later succeeds", () => {
  const flash = generation();
  const store = Store.open(flash);
  const kept = flash.bytes.slice();
  flash.bytes.fill(0x00);
  throws(() => store.get("acl"), "StoreFailed");
  throws(() => {
    goRound(store);
  }, "StoreFailed");
  flash.bytes.set(kept);
  expectValues(store, KEYS, "it answers again");
  deepEqual(store.takeLost(), []);
});

test("a store that is nearly full does without the sums, and holds as much as before", () => {
  const flash = new MemoryFlash(2, 512);
  const store = Store.open(flash);
  const { capacity } = store.stats();
  const value = new Uint8Array(capacity - 5).fill(1);
  store.commit([["a", value]]);
  for (let n = 0; n < 4; n++) {
    value.fill(n);
    store.commit([["a", value]]);
    deepEqual(Store.open(flash.copy()).get("a"), value);
  }
  flash.flip(placeOf(flash, value.subarray(0, 100)), 0x20);
  deepEqual(store.get("a"), value, "one bit is put right without them");
});

test("in a generation too long to search for a bit, each entry has its own care", () => {
  const flash = generation(new MemoryFlash(64, 1024), MEND_BYTES_MAX + 1);
  for (const key of KEYS) flash.flip(placeOf(flash, originalOf(key)) + 5, 0x80);
  flash.flip(placeOf(flash, originalOf("url").subarray(9)), 0x02);
  const store = Store.open(flash);
  expectValues(store, ["acl", "counter", "record"], "one bit each");
  equal(store.get("rest")?.length, MEND_BYTES_MAX + 1);
  deepEqual(store.takeLost(), ["url"], "two bits");
  flash.flip(placeOf(flash, new Uint8Array(100).fill(7)) + 50, 0x01);
  const again = Store.open(flash);
  equal(again.get("rest"), undefined);
  deepEqual(again.takeLost(), ["rest"], "a bit of a value that is longer is not looked for");
});
