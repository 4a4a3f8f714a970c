/**
 * The store by its contract: what is committed is there, after reopening too, within its limits,
 * whatever the flash held before.
 */
import {
  STORE_KEY_BYTES_MAX,
  STORE_RESERVE_BYTES,
  STORE_VALUE_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { readRecord, recordChange } from "../../../src/store/jsonrecord.ts";
import { Store } from "../../../src/store/store.ts";
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { MemoryFlash } from "./memoryflash.ts";

function filledWith(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

test("what is committed is read back, and again after opening anew", () => {
  for (const writeAlign of [1, 4, 16, 256]) {
    for (const eraseValue of [0xff, 0x00]) {
      const flash = new MemoryFlash(3, 1024, writeAlign, eraseValue);
      const store = Store.open(flash);
      equal(store.get("a"), undefined);
      store.commit([
        ["a", utf8("one")],
        ["b", filledWith(0, 0)],
      ]);
      store.commit([
        ["a", utf8("two")],
        ["ü/b", filledWith(20, eraseValue)],
      ]);
      for (const opened of [store, Store.open(flash.copy())]) {
        deepEqual(opened.get("a"), utf8("two"));
        deepEqual(opened.get("b"), filledWith(0, 0));
        deepEqual(opened.get("ü/b"), filledWith(20, eraseValue));
        deepEqual(opened.keys(""), ["a", "b", "ü/b"]);
      }
    }
  }
});

test("a value is a copy, both ways", () => {
  const store = Store.open(new MemoryFlash(2, 256));
  const value = utf8("value");
  store.commit([["a", value]]);
  value[0] = 0;
  const read = store.get("a");
  deepEqual(read, utf8("value"));
  if (read !== undefined) read[0] = 0;
  deepEqual(store.get("a"), utf8("value"));
});

test("keys are listed by prefix, sorted, without the deleted ones", () => {
  const flash = new MemoryFlash(2, 1024);
  const store = Store.open(flash);
  for (const key of ["tree.b", "update", "tree.a", "tree", "tree.c"])
    store.commit([[key, utf8(key)]]);
  store.commit([["tree.c", undefined]]);
  for (const opened of [store, Store.open(flash.copy())]) {
    deepEqual(opened.keys("tree."), ["tree.a", "tree.b"]);
    equal(opened.get("tree.c"), undefined);
  }
});

test("of two changes to one key in a commit the last counts", () => {
  const store = Store.open(new MemoryFlash(2, 256));
  store.commit([
    ["a", utf8("1")],
    ["a", utf8("2")],
    ["b", utf8("1")],
    ["b", undefined],
  ]);
  deepEqual(store.get("a"), utf8("2"));
  deepEqual(store.keys(""), ["a"]);
});

test("a commit that changes nothing writes nothing", () => {
  const flash = new MemoryFlash(2, 256);
  const store = Store.open(flash);
  store.commit([]);
  store.commit([["a", undefined]]);
  equal(flash.writes, 0);
  store.commit([["a", utf8("1")]]);
  const before = flash.writes;
  store.commit([["b", undefined]]);
  equal(flash.writes, before);
});

test("a small record costs one write of at most 12 bytes more than key and value", () => {
  const flash = new MemoryFlash(4, 4096);
  const store = Store.open(flash);
  const key = "update.progress";
  store.commit([[key, filledWith(12, 1)]]);
  const used = store.stats().bytesUsed;
  const writes = flash.writes;
  store.commit([[key, filledWith(12, 2)]]);
  equal(flash.writes, writes + 1);
  ok(store.stats().bytesUsed - used <= 12 + key.length + 12);
});

test("a value may be longer than a block", () => {
  const flash = new MemoryFlash(12, 256, 4);
  const store = Store.open(flash);
  for (let i = 0; i < 40; i++) {
    store.commit([
      ["long", filledWith(900, i)],
      ["short", filledWith(3, i)],
    ]);
    const opened = i % 3 === 0 ? Store.open(flash.copy()) : store;
    deepEqual(opened.get("long"), filledWith(900, i));
    deepEqual(opened.get("short"), filledWith(3, i));
  }
});

test("the store is full at its capacity and not before; then nothing has changed", () => {
  for (const blocks of [2, 4, 5]) {
    const flash = new MemoryFlash(blocks, 256);
    const store = Store.open(flash);
    const entry = 4 + 1;
    const room = store.stats().capacity - entry;
    store.commit([["a", filledWith(room, 1)]]);
    equal(store.stats().bytesLive, store.stats().capacity);
    throws(() => {
      store.commit([["a", filledWith(room + 1, 2)]]);
    }, "StoreFull");
    throws(() => {
      store.commit([["b", filledWith(0, 0)]]);
    }, "StoreFull");
    deepEqual(store.keys(""), ["a"]);
    deepEqual(Store.open(flash.copy()).get("a"), filledWith(room, 1));
    store.commit([["a", filledWith(room, 3)]]);
    store.commit([["a", undefined]]);
    store.commit([["b", filledWith(room, 4)]]);
    deepEqual(Store.open(flash.copy()).get("b"), filledWith(room, 4));
  }
});

test("growing commits stop at the reserve, or half of it; shrinking ones never do", () => {
  for (const [blocks, blockLength] of [
    [4, 256],
    [8, 4096],
  ] as const) {
    for (const [leaving, share] of [
      ["reserve", 1],
      ["half", 2],
    ] as const) {
      const store = Store.open(new MemoryFlash(blocks, blockLength));
      const { capacity } = store.stats();
      const entry = 4 + 1;
      const reserve = Math.min(STORE_RESERVE_BYTES, Math.floor(capacity / 2));
      const room = capacity - Math.floor(reserve / share) - entry;
      throws(() => {
        store.commit([["a", filledWith(room + 1, 1)]], leaving);
      }, "StoreFull");
      store.commit([["a", filledWith(room, 1)]], leaving);
      throws(() => {
        store.commit([["b", filledWith(0, 1)]], leaving);
      }, "StoreFull");
      store.commit([["b", filledWith(reserve / share - entry - 1, 1)]]);
      store.commit([["a", filledWith(room - 1, 2)]], leaving);
      store.commit([["a", undefined]], leaving);
      deepEqual(store.keys(""), ["b"]);
    }
  }
});

test("keys and values have limits", () => {
  const store = Store.open(new MemoryFlash(4, 65536));
  const longest = new Array<string>(STORE_KEY_BYTES_MAX).fill("k").join("");
  throws(() => {
    store.commit([["a", filledWith(STORE_VALUE_BYTES_MAX + 1, 5)]]);
  }, "StoreFull");
  store.commit([[longest, filledWith(STORE_VALUE_BYTES_MAX, 5)]]);
  equal(store.get(longest)?.length, STORE_VALUE_BYTES_MAX);
  throws(() => {
    store.commit([[`${longest}k`, filledWith(1, 5)]]);
  }, "Error");
  throws(() => {
    store.commit([["", filledWith(1, 5)]]);
  }, "Error");
  deepEqual(store.keys(""), [longest]);
});

test("blocks wear alike", () => {
  const flash = new MemoryFlash(4, 256);
  const store = Store.open(flash);
  for (let i = 0; i < 400; i++)
    store.commit([
      ["a", filledWith(20, i)],
      [`b${i % 3}`, filledWith(5, i)],
    ]);
  ok(store.stats().erases < 400 / 3);
  equal(store.stats().commits, 400);
});

test("a block that cannot be written is passed over, whether it says so or not", () => {
  for (const kind of ["failing", "lossy"] as const) {
    for (let bad = 0; bad < 5; bad++) {
      const flash = new MemoryFlash(5, 256);
      const store = Store.open(flash);
      flash[kind].add(bad);
      for (let i = 0; i < 60; i++) {
        store.commit([["a", filledWith(30, i)]]);
        deepEqual(store.get("a"), filledWith(30, i));
        deepEqual(Store.open(flash.copy()).get("a"), filledWith(30, i));
      }
    }
  }
});

test("one bad block of five, wherever it is, refuses nothing that the other four hold", () => {
  for (let bad = 0; bad < 5; bad++) {
    for (const restarts of [false, true]) {
      const flash = new MemoryFlash(5, 256);
      flash.failing.add(bad);
      let store = Store.open(flash);
      for (let count = 0; count < 200; count++) {
        store.commit([
          ["a", filledWith((count * 7) % 200, count)],
          ["b", filledWith((count * 11) % 200, count)],
        ]);
        if (restarts && count % 5 === 0) store = Store.open(flash);
      }
    }
  }
});

test("what does not grow always fits; failing blocks are flash errors, space returns", () => {
  for (let failing = 1; failing <= 3; failing++) {
    const flash = new MemoryFlash(6, 256);
    const store = Store.open(flash);
    store.commit([
      ["a", filledWith(200, 1)],
      ["b", filledWith(200, 1)],
    ]);
    for (let block = 6 - failing; block < 6; block++) flash.failing.add(block);
    let problem = "";
    for (let count = 0; count < 60 && problem === ""; count++) {
      try {
        store.commit([["a", filledWith(200, count)]]);
      } catch (error) {
        problem = error instanceof Error ? error.name : "";
      }
    }
    equal(problem, failing === 1 ? "" : "StoreFailed", `${failing} blocks`);
    if (failing === 3)
      throws(() => {
        store.commit([["a", filledWith(200, 2)]]);
      }, "StoreFailed");
    else store.commit([["b", undefined]]);
    if (failing < 3) store.commit([["a", filledWith(200, 3)]]);
    deepEqual(Store.open(flash).keys(""), failing < 3 ? ["a"] : ["a", "b"]);
  }
});

test("when every block fails the commit throws, and what was there stays", () => {
  const flash = new MemoryFlash(3, 256);
  const store = Store.open(flash);
  store.commit([["a", utf8("1")]]);
  for (let block = 0; block < 3; block++) flash.failing.add(block);
  throws(() => {
    store.commit([["a", utf8("2")]]);
  }, "StoreFailed");
  deepEqual(store.get("a"), utf8("1"));
  deepEqual(Store.open(flash).get("a"), utf8("1"));
  flash.failing.clear();
  store.commit([["a", utf8("3")]]);
  deepEqual(Store.open(flash).get("a"), utf8("3"));
});

test("flash that fails for a while, at any write, loses nothing that is committed after it", () => {
  for (let blocks = 2; blocks <= 4; blocks++) {
    for (let writes = 0; writes < 24; writes++) {
      const flash = new MemoryFlash(blocks, 256);
      const store = Store.open(flash);
      const value = filledWith(60, 1);
      store.commit([
        ["a", utf8("1")],
        ["b", filledWith(100, 1)],
      ]);
      flash.left = writes;
      throws(() => {
        for (;;)
          store.commit([
            ["a", utf8("2")],
            ["c", value],
          ]);
      }, "StoreFailed");
      flash.left = Infinity;
      store.commit([["a", utf8("3")]]);
      deepEqual(Store.open(flash).get("a"), utf8("3"), `${blocks} blocks, ${writes} writes`);
    }
  }
});

test("a record is an object in JSON; anything else is no record", () => {
  const store = Store.open(new MemoryFlash(2, 1024));
  store.commit([
    recordChange("a", { v: 1, text: "ü\n", list: [1, 2] }),
    ["b", utf8("{")],
    ["c", utf8("[1]")],
    ["d", utf8("null")],
    ["e", utf8("3")],
    ["f", Uint8Array.of(0xff, 0xfe)],
    ["g", Uint8Array.of()],
  ]);
  deepEqual(readRecord(store, "a"), { v: 1, text: "ü\n", list: [1, 2] });
  for (const key of ["b", "c", "d", "e", "f", "g", "none"])
    equal(readRecord(store, key), undefined, key);
});
