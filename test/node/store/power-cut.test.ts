/** The store loses power in every flash operation of random work, again while it goes on, and keeps what was committed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Store, StoreFull, type Change } from "../../../src/store/store.ts";
import { NorFlash, PowerLoss, randomFrom, TEARS } from "./nor.ts";

const COMMITS = 22;
const AFTERMATH = 6;

type Model = ReadonlyMap<string, string>;

interface Geometry {
  readonly blocks: number;
  readonly blockLength: number;
  /** Values are shorter than this. */
  readonly values: number;
}
const GEOMETRIES: readonly Geometry[] = [
  { blocks: 2, blockLength: 256, values: 24 }, { blocks: 3, blockLength: 256, values: 24 }, { blocks: 8, blockLength: 256, values: 300 },
  { blocks: 2, blockLength: 4096, values: 500 }, { blocks: 4, blockLength: 4096, values: 1800 },
];

function work(random: () => number, values: number): Change[] {
  const changes: Change[] = [];
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const key = `key.${Math.floor(random() * 5)}`;
    const value = new Uint8Array(Math.floor(random() * values)).map(() => Math.floor(random() * 256));
    changes.push([key, random() < 0.2 ? undefined : value]);
  }
  return changes;
}

function after(model: Model, changes: readonly Change[]): Model {
  const result = new Map(model);
  for (const [key, value] of changes) {
    if (value === undefined) result.delete(key);
    else result.set(key, Buffer.from(value).toString("hex"));
  }
  return result;
}

function contents(store: Store): Model {
  return new Map(store.keys("").map((key) => [key, Buffer.from(store.get(key) ?? "missing").toString("hex")]));
}

function same(a: Model, b: Model): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/** Commits, and says whether it was done, could not be for want of room, or power failed. */
function attempt(store: Store, changes: readonly Change[]): "done" | "full" | "cut" {
  try {
    store.commit(changes);
    return "done";
  } catch (error) {
    if (error instanceof StoreFull) return "full";
    if (error instanceof PowerLoss) return "cut";
    throw error;
  }
}

/** After a cut: what is there now, which must be all of the commit in flight or nothing of it. */
function recover(flash: NorFlash, before: Model, changes: readonly Change[], where: string): Model {
  const found = contents(Store.open(flash)), intended = after(before, changes);
  assert.ok(same(found, before) || same(found, intended), `${where}: neither before nor after`);
  return found;
}

/** Goes on after a cut, cut once more, and to the end. */
function aftermath(flash: NorFlash, start: Model, values: number, seed: number, where: string): void {
  const random = randomFrom(seed);
  let model = start, store = Store.open(flash);
  flash.cutAt = 1 + Math.floor(random() * AFTERMATH);
  for (let i = 0; i < AFTERMATH; i++) {
    const changes = work(random, values), outcome = attempt(store, changes);
    if (outcome === "cut") {
      flash.cutAt = 0;
      model = recover(flash, model, changes, `${where}, second cut`);
      store = Store.open(flash);
    } else if (outcome === "done") model = after(model, changes);
    assert.ok(same(contents(store), model), `${where}, then commit ${i}`);
  }
  assert.ok(same(contents(Store.open(flash)), model), `${where}, reopened`);
}

function campaign(geometry: Geometry, writeAlign: number, eraseValue: number): { cuts: number; erases: number; full: number } {
  const { blocks, blockLength, values } = geometry, random = randomFrom(blockLength + writeAlign + eraseValue);
  const flash = new NorFlash({ blocks, blockLength, writeAlign, eraseValue });
  let model: Model = new Map(), store = Store.open(flash), cuts = 0, full = 0, erases = 0;
  for (let commit = 0; commit < COMMITS; commit++) {
    const changes = work(random, values), image = flash.clone(), before = flash.operations;
    const outcome = attempt(store, changes);
    if (outcome === "full") full++;
    const next = outcome === "done" ? after(model, changes) : model;
    assert.ok(same(contents(store), next) && same(contents(Store.open(flash)), next), `commit ${commit}`);
    for (let cut = 1; cut <= flash.operations - before; cut++) {
      for (const tear of TEARS) {
        const where = `commit ${commit}, operation ${cut}, ${tear}`, torn = image.clone(), seed = commit * 1000 + cut;
        Object.assign(torn, { cutAt: cut, tear, random: randomFrom(seed) });
        assert.equal(attempt(Store.open(torn), changes), "cut", where);
        const found = recover(torn, model, changes, where);
        Object.assign(torn, { operations: 0, cutAt: 0, tear: TEARS[seed % TEARS.length] });
        aftermath(torn, found, values, seed, where);
        cuts++;
      }
    }
    model = next;
    if (commit % 7 !== 6) continue;
    erases += store.stats().erases;
    store = Store.open(flash);
  }
  return { cuts, erases: erases + store.stats().erases, full };
}

for (const geometry of GEOMETRIES) {
  for (const writeAlign of [1, 4, 16, 32]) {
    for (const eraseValue of [0xff, 0x00]) {
      const { blocks, blockLength } = geometry;
      test(`${blocks} blocks of ${blockLength}, alignment ${writeAlign}, erased ${eraseValue}: no cut loses a commit`, () => {
        const { cuts, erases, full } = campaign(geometry, writeAlign, eraseValue);
        assert.ok(cuts > COMMITS * TEARS.length && erases > blocks && full < COMMITS / 2, `not vacuous: ${cuts} ${erases} ${full}`);
      });
    }
  }
}
