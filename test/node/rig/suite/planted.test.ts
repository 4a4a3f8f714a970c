/**
 * Each scenario of the suite fails when the fault is planted that it is there for: others each
 * hour. PLANTED=all plants them all, PLANTED='network.*' those; some take a minute.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BOARDS } from "../../../rig/boards/boards.ts";
import type { RigBoard } from "../../../rig/boards/board.ts";
import { simIn } from "../../../rig/boards/sim.ts";
import { EventLog } from "../../../rig/events/log.ts";
import { WHOLE } from "../../../rig/shard.ts";
import { chosen } from "../../../rig/suite/choice.ts";
import { withFirmwareOnce } from "../../../rig/suite/offer.ts";
import { type Ended, runScenario } from "../../../rig/suite/run.ts";
import { SCENARIOS } from "../../../rig/suite/table.ts";
import type { TestScenario } from "../../../rig/suite/scenario.ts";
import { root } from "../../../root.ts";
import { anySpace } from "../../../simulation/mutants/mutant.ts";
import { TURN } from "../../../turn.ts";
import { missingTools } from "../../tools.ts";
import type { Bug, Plant } from "./plants/plant.ts";
import { PLANTS } from "./plants/plants.ts";

const BUILD = join(root, "build/js");
/** How long those take together that have their turn, on a machine with nothing else to do. */
const SECONDS = 40;
const LIMIT_SECONDS = 120;

/** Board sim, whose program has the bug; the rig beside it is sound. */
function simWith(name: string, bug: Bug): RigBoard {
  const hooks = ["native", "mutants"].map(
    (folder) => `--import ${join(BUILD, "test/simulation", folder, "register.js")}`,
  );
  const MUTANT = JSON.stringify({ name, ...bug });
  return simIn({ ...process.env, MUTANT, NODE_OPTIONS: hooks.join(" ") });
}

function boardFor(name: string, { bug, world }: Plant): RigBoard {
  if (bug !== undefined) return withFirmwareOnce(simWith(name, bug));
  return withFirmwareOnce(BOARDS[world?.board ?? "sim"]);
}

function run(name: string, plant: Plant, scenario: TestScenario): Promise<Ended> {
  const { world, limit = LIMIT_SECONDS } = plant;
  const board = boardFor(name, plant);
  const planted = world === undefined ? scenario : world.of(scenario);
  const log = new EventLog(board.name);
  return runScenario(board, planted, log, { attempt: 1, limitMs: limit * 1000 });
}

test("each scenario has a fault of its own to find, and each fault a scenario", () => {
  deepStrictEqual(Object.keys(PLANTS).sort(), SCENARIOS.map(({ name }) => name).sort());
  for (const { bug, world } of Object.values(PLANTS))
    strictEqual([bug, world].filter((each) => each !== undefined).length, 1);
});

test("a device without a fault comes to an end well within the limit of a plant", () => {
  for (const { name, seconds } of SCENARIOS)
    ok((PLANTS[name]?.limit ?? LIMIT_SECONDS) > 1.5 * seconds, name);
});

test("the line of every bug is in its file once", () => {
  const wrong = Object.entries(PLANTS).filter(([, { bug }]) => {
    if (bug === undefined) return false;
    const text = readFileSync(join(BUILD, `${bug.file}.js`), "utf8");
    return text.split(anySpace(bug.find)).length !== 2;
  });
  deepStrictEqual(
    wrong.map(([name]) => name),
    [],
  );
});

const asked = process.env.PLANTED;

/** Scenarios in the order of this turn, as many as take so long together. */
function ofTurn(): readonly TestScenario[] {
  let left = SECONDS;
  return chosen(SCENARIOS, { filters: [], shard: WHOLE, seed: TURN }).filter(
    ({ name, seconds }) => {
      const takes = PLANTS[name]?.limit ?? seconds;
      if (takes > left) return false;
      left -= takes;
      return true;
    },
  );
}

const planted =
  asked === undefined
    ? ofTurn()
    : chosen(SCENARIOS, { filters: asked === "all" ? [] : [asked], shard: WHOLE });

for (const scenario of planted) {
  const { name } = scenario;
  const plant = PLANTS[name];
  if (plant === undefined) continue; // the first test says so
  const skip = missingTools(plant.world?.board ?? "sim");
  test(`${name} fails where ${plant.what}`, { skip }, async (context) => {
    const { verdict, problems } = await run(name, plant, scenario);
    const text = problems.join("; ");
    context.diagnostic(text);
    strictEqual(verdict, "failed", text);
    ok(
      problems.some((problem) => plant.says.test(problem)),
      `it should say ${plant.says.source}: ${text}`,
    );
  });
}
