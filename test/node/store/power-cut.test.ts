/**
 * The store loses power in every flash operation of random work, again while it goes on, and keeps
 * what was committed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Store, StoreFull, type Change } from "../../../src/store/store.ts";
import type { SimFlash } from "../../../hal/sim/flash.ts";
import { CUT_MODES, PowerLoss } from "../../../hal/sim/power.ts";
import { Random } from "../../../hal/sim/random.ts";
import { Chip } from "./chip.ts";

/** Commits of each boot. */
const SESSIONS = [1, 4, 0, 6, 2];
const COMMITS = SESSIONS.reduce((sum, count) => sum + count);
/** Commits of a boot after a cut; and flash operations within which the next cut falls. */
const AFTERMATH = 6;

type Model = ReadonlyMap<string, string>;

type Reads = SimFlash["torn"];

interface Geometry {
  readonly blocks: number;
  readonly blockLength: number;
  /** Values are shorter than this. */
  readonly values: number;
}
const GEOMETRIES: readonly Geometry[] = [
  { blocks: 2, blockLength: 256, values: 24 },
  { blocks: 3, blockLength: 256, values: 24 },
  { blocks: 8, blockLength: 256, values: 300 },
  { blocks: 2, blockLength: 4096, values: 500 },
  { blocks: 4, blockLength: 4096, values: 1800 },
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
  return new Map(
    store.keys("").map((key) => [key, Buffer.from(store.get(key) ?? "missing").toString("hex")]),
  );
}

function same(a: Model, b: Model): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/**
 * A boot: what was there when its power failed, or in the end, what was being committed then, and
 * what there was no room for.
 */
interface Boot {
  readonly model: Model;
  readonly inFlight: readonly Change[] | undefined;
  readonly full: number;
}

function boot(chip: Chip, start: Model, commits: readonly (readonly Change[])[]): Boot {
  let model = start;
  let inFlight: readonly Change[] = [];
  let full = 0;
  try {
    const store = chip.open();
    for (const changes of commits) {
      inFlight = changes;
      try {
        store.commit(changes);
        model = after(model, changes);
      } catch (error) {
        if (!(error instanceof StoreFull)) throw error;
        full++;
      }
      inFlight = [];
      assert.ok(same(contents(store), model), "what was committed is there");
    }
    return { model, inFlight: undefined, full };
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error;
    return { model, inFlight, full };
  }
}

/**
 * After a cut: what is there now, and from now on, which must be all of the commit in flight or
 * nothing of it.
 */
function recover(chip: Chip, { model, inFlight }: Boot, where: string): Model {
  const found = contents(chip.open());
  const intended = after(model, inFlight ?? []);
  assert.ok(same(found, model) || same(found, intended), `${where}: neither before nor after`);
  for (let again = 0; again < 3; again++)
    assert.ok(same(contents(chip.open()), found), `${where}: it changed its mind`);
  return found;
}

/** Goes on after a cut, cut twice more, wherever that is, and to the end. */
function aftermath(chip: Chip, cut: Boot, values: number, seed: number, where: string): void {
  const random = new Random(seed);
  let last = cut;
  for (let again = 0; again < 2; again++) {
    const mode = CUT_MODES[random.below(CUT_MODES.length)] ?? "before";
    chip.power.cancel();
    chip.power.plan({ at: 1 + random.below(AFTERMATH), mode, seed });
    let model: Model;
    try {
      model = contents(chip.open());
    } catch (error) {
      if (error instanceof PowerLoss) continue;
      throw error;
    }
    const intended = after(last.model, last.inFlight ?? []);
    assert.ok(
      same(model, last.model) || same(model, intended),
      `${where}, then: neither before nor after`,
    );
    last = boot(
      chip,
      model,
      Array.from({ length: AFTERMATH }, () => work(random, values)),
    );
  }
  chip.power.cancel();
  recover(chip, last, `${where}, in the end`);
}

interface Result {
  readonly cuts: number;
  readonly erases: number;
  /** Commits that there was no room for. */
  readonly full: number;
}

function campaign(
  { blocks, blockLength, values }: Geometry,
  writeAlign: number,
  eraseValue: number,
  reads: Reads,
): Result {
  const status = { blocks, blockLength, writeAlign, eraseValue };
  const random = new Random(blockLength + writeAlign + eraseValue);
  let image: Uint8Array | undefined;
  let model: Model = new Map();
  let cuts = 0;
  let full = 0;
  let erases = 0;
  for (let session = 0; session < SESSIONS.length; session++) {
    const commits = Array.from({ length: SESSIONS[session] ?? 0 }, () => work(random, values));
    const whole = new Chip(status, image);
    const end = boot(whole, model, commits);
    assert.equal(end.inFlight, undefined);
    full += end.full;
    erases += whole.flash.wear.reduce((sum, wear) => sum + wear);
    for (let at = 1; at <= whole.power.operations; at++) {
      for (const mode of CUT_MODES) {
        const where = `session ${session}, operation ${at}, ${mode}`;
        const seed = session * 1000 + at;
        const torn = new Chip(status, image, [{ at, mode, seed }]);
        torn.flash.torn = reads;
        const cut = boot(torn, model, commits);
        assert.notEqual(cut.inFlight, undefined, where);
        aftermath(torn, cut, values, seed, where);
        cuts++;
      }
    }
    model = end.model;
    image = whole.flash.bytes;
  }
  return { cuts, erases, full };
}

for (const geometry of GEOMETRIES) {
  for (const writeAlign of [1, 4, 16, 32]) {
    for (const eraseValue of [0xff, 0x00]) {
      const { blocks, blockLength } = geometry;
      for (const reads of ["settled", "metastable"] as const) {
        const flash =
          `${blocks} blocks of ${blockLength}, alignment ${writeAlign}, erased ` +
          `${eraseValue}, torn bits ${reads}`;
        test(`${flash}: no cut loses a commit, or changes its mind`, () => {
          const { cuts, erases, full } = campaign(geometry, writeAlign, eraseValue, reads);
          assert.ok(
            cuts > COMMITS * CUT_MODES.length && erases > blocks && full < COMMITS / 2,
            `not vacuous: ${cuts} ${erases} ${full}`,
          );
        });
      }
    }
  }
}
