/** The store loses power in every flash operation of random work, again while it goes on, and keeps what was committed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Store, StoreFull, type Change } from "../../../src/store/store.ts";
import { CUT_MODES, PowerLoss } from "../../../hal/sim/power.ts";
import { Random } from "../../../hal/sim/random.ts";
import { Chip } from "./chip.ts";

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

function work(random: Random, values: number): Change[] {
  const changes: Change[] = [];
  for (let count = 1 + random.below(3); count > 0; count--) {
    const key = `key.${random.below(5)}`;
    const value = new Uint8Array(random.below(values)).map(() => random.below(256));
    changes.push([key, random.below(5) === 0 ? undefined : value]);
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
function recover(chip: Chip, before: Model, changes: readonly Change[], where: string): Model {
  const found = contents(chip.open()), intended = after(before, changes);
  assert.ok(same(found, before) || same(found, intended), `${where}: neither before nor after`);
  return found;
}

/** Goes on after a cut, cut once more, and to the end. */
function aftermath(chip: Chip, start: Model, values: number, seed: number, where: string): void {
  const random = new Random(seed);
  let model = start, store = chip.open();
  chip.power.plan({ at: 1 + random.below(AFTERMATH), mode: CUT_MODES[random.below(CUT_MODES.length)] ?? "before", seed });
  for (let i = 0; i < AFTERMATH; i++) {
    const changes = work(random, values), outcome = attempt(store, changes);
    if (outcome === "cut") {
      model = recover(chip, model, changes, `${where}, second cut`);
      store = chip.open();
    } else if (outcome === "done") model = after(model, changes);
    assert.ok(same(contents(store), model), `${where}, then commit ${i}`);
  }
  assert.ok(same(contents(chip.open()), model), `${where}, reopened`);
}

interface Result {
  readonly cuts: number;
  readonly erases: number;
  /** Commits that there was no room for. */
  readonly full: number;
}

function campaign({ blocks, blockLength, values }: Geometry, writeAlign: number, eraseValue: number): Result {
  const status = { blocks, blockLength, writeAlign, eraseValue }, random = new Random(blockLength + writeAlign + eraseValue);
  const chip = new Chip(status);
  let model: Model = new Map(), store = chip.open(), cuts = 0, full = 0;
  for (let commit = 0; commit < COMMITS; commit++) {
    const changes = work(random, values), image = chip.flash.bytes.slice(), before = chip.power.operations;
    const outcome = attempt(store, changes);
    if (outcome === "full") full++;
    const next = outcome === "done" ? after(model, changes) : model;
    assert.ok(same(contents(store), next) && same(contents(chip.open()), next), `commit ${commit}`);
    for (let at = 1; at <= chip.power.operations - before; at++) {
      for (const mode of CUT_MODES) {
        const where = `commit ${commit}, operation ${at}, ${mode}`, seed = commit * 1000 + at;
        const torn = new Chip(status, image, [{ at, mode, seed }]);
        assert.equal(attempt(torn.open(), changes), "cut", where);
        aftermath(torn, recover(torn, model, changes, where), values, seed, where);
        cuts++;
      }
    }
    model = next;
    if (commit % 7 === 6) store = chip.open();
  }
  return { cuts, erases: chip.flash.wear.reduce((sum, wear) => sum + wear), full };
}

for (const geometry of GEOMETRIES) {
  for (const writeAlign of [1, 4, 16, 32]) {
    for (const eraseValue of [0xff, 0x00]) {
      const { blocks, blockLength } = geometry;
      test(`${blocks} blocks of ${blockLength}, alignment ${writeAlign}, erased ${eraseValue}: no cut loses a commit`, () => {
        const { cuts, erases, full } = campaign(geometry, writeAlign, eraseValue);
        assert.ok(cuts > COMMITS * CUT_MODES.length && erases > blocks && full < COMMITS / 2, `not vacuous: ${cuts} ${erases} ${full}`);
      });
    }
  }
}
