/**
 * The tree over the real store: every command is whole or not there, wherever power fails in it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CUT_MODES, PowerLoss } from "../../../hal/sim/power.ts";
import { Chip } from "../store/chip.ts";
import { Garden, OWNER } from "../../unit/tree/garden.ts";

const FLASH = { blocks: 4, blockLength: 1024, writeAlign: 4, eraseValue: 0xff };

/** A bed with a pot that has a title; its Atomic moves the pot's text to the name of the garden. */
function commands(garden: Garden): void {
  garden.add("./Garden/Beds/b/Pots/p", "rose");
  garden.replace("./Garden/Beds/b/Pots/p?prop=Title", "title");
  garden.tree.begin();
  garden.tree.copy("./Garden/Beds/b/Pots/p", "./Garden/Name", OWNER);
  garden.tree.remove("./Garden/Beds/b", OWNER);
  garden.tree.commit();
}

/** What a server sees, in one text. */
function seen(garden: Garden): string {
  return ["Name", "Beds", "Beds/b/Pots/p", "Beds/b/Pots/p?prop=Title"]
    .map((name) => garden.read(`./Garden/${name}`))
    .join();
}

test("power fails in each flash operation of each command, in every way", () => {
  const first = new Chip(FLASH);
  new Garden(first.open());
  const image = first.flash.bytes;
  const whole = new Chip(FLASH, image);
  commands(new Garden(whole.open()));
  const allowed = new Set([",,404,404", ",b,rose,", ",b,rose,title", "rose,,404,404"]);
  const met = new Set<string>();
  assert.ok(whole.power.operations >= 3);
  for (let at = 1; at <= whole.power.operations; at++) {
    for (const mode of CUT_MODES) {
      const chip = new Chip(FLASH, image, [{ at, mode, seed: at }]);
      assert.throws(() => {
        commands(new Garden(chip.open()));
      }, PowerLoss);
      met.add(seen(new Garden(chip.open())));
    }
  }
  for (const state of met) assert.ok(allowed.has(state), state);
  assert.equal(met.size, allowed.size);
});
