/**
 * Whole updates of the bare-metal board that lose their power: a sample of what `npm run sweep`
 * does with every operation.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { skip } from "./device.ts";
import { Bench } from "./sweep/bench.ts";
import { coverage, isMissed, planKills, planSweep, runId } from "./sweep/plan.ts";

/** One operation of so many is cut. */
const EVERY = 43;
const KILLS = 6;
const KILLS_PER_RUN = 3;
const MOMENTS = { firstMs: 20, lastMs: 900 };

let bench: Bench | undefined;
before(() => {
  if (skip === false) bench = new Bench("qemu");
});
after(() => {
  bench?.close();
});

function theBench(): Bench {
  assert.ok(bench);
  return bench;
}

test("an update whose power is cut in flash operations ends with version 2 and the truth", {
  skip,
}, async (context) => {
  const update = await theBench().undisturbed();
  const cuts = [];
  for (const run of planSweep(update, { whole: false, every: EVERY })) {
    const result = await theBench().perform(run);
    assert.equal(result.problem, undefined, `again: npm run sweep -- --run ${runId(run)}`);
    cuts.push(...result.cuts);
  }
  const missed = coverage(update, cuts).filter(
    (each, index) => index % EVERY === 0 && isMissed(each, false),
  );
  assert.deepEqual(missed, []);
  context.diagnostic(`${cuts.length} cuts in an update of ${update.length} operations`);
});

test("an update that is killed at any moment ends with a running version and the truth", {
  skip,
}, async (context) => {
  for (const run of planKills(KILLS, KILLS_PER_RUN, MOMENTS, 1)) {
    const { problem, killedIn } = await theBench().perform(run);
    assert.equal(problem, undefined, `again: npm run sweep -- --run ${runId(run)}`);
    context.diagnostic(`killed in State ${killedIn.join(", ")}`);
  }
});
