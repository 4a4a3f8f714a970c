/**
 * Two versions of the firmware on one store: one that knows tables of sums and mends bits, and the
 * one before it, whole, in layout1/. A device goes from one to the other with every update and
 * every rollback, so each must read, go on with and move on what the other wrote, wherever power
 * fails.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlashStatus } from "../../../hal/hal.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { CUT_MODES, Power, PowerLoss } from "../../../hal/sim/power.ts";
import { Random } from "../../../hal/sim/random.ts";
import { type Change, Store } from "../../../src/store/store.ts";
import { Store as OldStore } from "./layout1/store.ts";

type Version = "old" | "new";
type AnyStore = Pick<Store, "commit" | "get" | "keys"> & { stats(): { readonly erases: number } };
type Model = ReadonlyMap<string, string>;

const STATUS: FlashStatus = { blocks: 8, blockLength: 512, writeAlign: 4, eraseValue: 0xff };
const GEOMETRIES: readonly FlashStatus[] = [
  STATUS,
  { blocks: 2, blockLength: 1024, writeAlign: 16, eraseValue: 0 },
  { blocks: 24, blockLength: 256, writeAlign: 1, eraseValue: 0xff },
  { blocks: 4, blockLength: 4096, writeAlign: 32, eraseValue: 0xff },
];

function open(version: Version, flash: SimFlash): AnyStore {
  return version === "new" ? Store.open(flash) : OldStore.open(flash);
}

function contents(store: AnyStore): Model {
  return new Map(
    store.keys("").map((key) => [key, Buffer.from(store.get(key) ?? "missing").toString("hex")]),
  );
}

function changeOf(random: Random): Change {
  const value = new Uint8Array(random.below(40)).map(() => random.below(256));
  return [`key.${random.below(6)}`, random.below(6) === 0 ? undefined : value];
}

function after(model: Model, [key, value]: Change): Model {
  const result = new Map(model);
  if (value === undefined) result.delete(key);
  else result.set(key, Buffer.from(value).toString("hex"));
  return result;
}

/** Some commits to a store that holds `model`; what it must hold then. */
function work(store: AnyStore, random: Random, commits: number, model: Model): Model {
  let result = model;
  for (let n = 0; n < commits; n++) {
    const change = changeOf(random);
    store.commit([change]);
    result = after(result, change);
  }
  return result;
}

/** Whether the newest generation begins with a table: the deletion of a key that begins with ff. */
function hasTable(flash: SimFlash): boolean {
  const { blocks, blockLength, writeAlign } = flash.status();
  const view = Buffer.from(flash.bytes);
  let newest = -1;
  let found = false;
  for (let block = 0; block < blocks; block++) {
    const at = block * blockLength;
    const sequence = view.readUInt32LE(at + 4);
    if (view.readUInt16BE(at) !== 0x5846 || view.readUInt32LE(at + 8) !== sequence) continue;
    if (sequence < newest) continue;
    newest = sequence;
    const entry = at + Math.max(16, writeAlign) + 4;
    found = view.readUInt16LE(entry + 2) === 0xffff && view[entry + 4] === 0xff;
  }
  return found;
}

function copyOf(flash: SimFlash): SimFlash {
  const copy = new SimFlash(new Power(), flash.status());
  copy.load(flash.bytes);
  return copy;
}

for (const status of GEOMETRIES) {
  const { blocks, blockLength, writeAlign, eraseValue } = status;
  const geometry =
    `${blocks} blocks of ${blockLength}, alignment ${writeAlign}, ` + `erased ${eraseValue}`;

  test(`${geometry}: whichever version starts next reads what the other wrote, and goes on`, () => {
    const random = new Random(blocks);
    const flash = new SimFlash(new Power(), status);
    let model: Model = new Map();
    const starts = { old: 0, new: 0 };
    let erases = 0;
    for (let start = 0; start < 200; start++) {
      const version = random.below(2) === 0 ? "old" : "new";
      starts[version]++;
      const store = open(version, flash);
      assert.ok(same(contents(store), model), `start ${start}, ${version}`);
      model = work(store, random, random.below(12), model);
      erases += store.stats().erases;
    }
    assert.ok(starts.old > 50 && starts.new > 50 && erases > 4 * blocks, "each has moved it on");
  });

  test(`${geometry}: power that fails under one version is settled by the other, once`, () => {
    for (const [first, second] of [
      ["old", "new"],
      ["new", "old"],
    ] as const) {
      const base = new SimFlash(new Power(), status);
      work(open(second, base), new Random(3), 9, new Map());
      for (let at = 1; ; at++) {
        let done = false;
        for (const mode of CUT_MODES) {
          const where = `${first}, then ${second}, operation ${at}, ${mode}`;
          const power = new Power([{ at, mode, seed: at }]);
          const flash = new SimFlash(power, status);
          flash.load(base.bytes);
          let model = contents(open(first, copyOf(base)));
          let next = model;
          try {
            const store = open(first, flash);
            const random = new Random(100);
            for (let n = 0; n < 8; n++) {
              const change = changeOf(random);
              next = after(model, change);
              store.commit([change]);
              model = next;
            }
            done = true;
          } catch (error) {
            if (!(error instanceof PowerLoss)) throw error;
          }
          power.cancel();
          power.restore();
          const found = contents(open(second, flash));
          assert.ok(same(found, model) || same(found, next), where);
          for (const version of [first, second, first])
            assert.ok(same(contents(open(version, flash)), found), `${where}: it changed its mind`);
        }
        if (done) break;
      }
    }
  });
}

function same(a: Model, b: Model): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

test("a table of sums is no key to the older version, which moves the data on without it", () => {
  const flash = new SimFlash(new Power(), STATUS);
  const store = Store.open(flash);
  store.commit([
    ["a", Buffer.from("first")],
    ["b", Buffer.from("second")],
  ]);
  assert.ok(hasTable(flash), "the newer one wrote a table");
  const old = OldStore.open(flash);
  assert.deepEqual(old.keys(""), ["a", "b"]);
  for (let n = 0; n < 100; n++) old.commit([["c", Buffer.from(`${n}`)]]);
  OldStore.open(flash);
  assert.ok(!hasTable(flash), "the older one did not");
  const again = Store.open(flash);
  assert.deepEqual(again.keys(""), ["a", "b", "c"]);
  assert.deepEqual(again.get("a"), new Uint8Array(Buffer.from("first")));
  again.commit([["c", Buffer.from("last")]]);
  Store.open(flash);
  assert.ok(hasTable(flash), "and with the next generation it is back");
});

test("an older version's data survive one flipped bit, and are lost with more", () => {
  const flash = new SimFlash(new Power(), STATUS);
  const old = OldStore.open(flash);
  old.commit([
    ["a", Buffer.from("the first value")],
    ["b", Buffer.from("the second value")],
  ]);
  OldStore.open(flash);
  const at = Buffer.from(flash.bytes).lastIndexOf("the first value");
  const one = copyOf(flash);
  one.bytes[at] = (one.bytes[at] ?? 0) ^ 0x10;
  assert.deepEqual(contents(Store.open(one)), contents(OldStore.open(copyOf(flash))));
  assert.deepEqual(contents(OldStore.open(one)), contents(OldStore.open(flash)), "for good");
  const two = copyOf(flash);
  two.bytes[at] = (two.bytes[at] ?? 0) ^ 0x18;
  const store = Store.open(two);
  assert.deepEqual([store.keys(""), store.takeLost()], [[], ["a", "b"]], "it has no sums");
  store.commit([["a", Buffer.from("anew")]]);
  assert.deepEqual(OldStore.open(two).keys(""), ["a"]);
});
