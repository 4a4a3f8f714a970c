/**
 * Whole updates on the sim board, with power cut in every operation. A failure prints the way and
 * the cuts, which repeat it.
 */
import { ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { CUT_MODES, type Cut, type CutMode } from "../../../hal/sim/power.ts";
import { Random } from "../../../hal/sim/random.ts";
import type { Reason } from "../../../src/update/reason.ts";
import { scenario, type Geometry } from "../../simulation/scenario.ts";
import {
  cutText,
  WAYS,
  World,
  type Behaviour,
  type Outcome,
  type Scenario,
} from "../../simulation/world.ts";

const BEHAVIOURS: readonly Behaviour[] = ["good", "unhealthy", "crash", "crashLate"];

function run(told: Scenario, cuts: readonly Cut[]): Outcome {
  try {
    return new World(told, cuts).run();
  } catch (error) {
    const which = `${told.way} ${told.behaviour} ${cuts.map(cutText).join(" ")}`;
    throw new Error(`${which}: ${error instanceof Error ? error.message : "failed"}`, {
      cause: error,
    });
  }
}

function expect(told: Scenario, cuts: readonly Cut[], result: Reason): Outcome {
  const outcome = run(told, cuts);
  const which = `${told.way} ${told.behaviour} ${cuts.map(cutText).join(" ")}`;
  strictEqual(outcome.result, result, which);
  strictEqual(outcome.updated, result === "succeeded", which);
  return outcome;
}

/**
 * All modes on the way to success; of an image that fails, which shares all operations before its
 * trial, a third in turn.
 */
function modesAt(at: number, behaviour: Behaviour): readonly CutMode[] {
  return behaviour === "good" ? CUT_MODES : CUT_MODES.filter((_, index) => index % 3 === at % 3);
}

for (const way of WAYS) {
  test(`${way}: without a cut every behaviour of the new image has its result`, () => {
    for (const behaviour of BEHAVIOURS) {
      const outcome = expect(
        scenario(way, behaviour),
        [],
        behaviour === "good" ? "succeeded" : "reverted",
      );
      ok(
        outcome.operations > 15 && outcome.trials === 1,
        `${outcome.operations} operations, ${outcome.trials} trials`,
      );
    }
  });

  test(`${way}: a corrupt package never boots`, () => {
    strictEqual(expect(scenario(way, "good", undefined, true), [], "corrupt").trials, 0);
  });

  test(`${way}: one cut, in every operation, in every mode, changes no result`, () => {
    for (const behaviour of BEHAVIOURS) {
      const told = scenario(way, behaviour);
      const { operations } = run(told, []);
      for (let at = 1; at <= operations; at++) {
        for (const [index, mode] of modesAt(at, behaviour).entries()) {
          const outcome = expect(
            told,
            [{ at, mode, seed: at + index }],
            behaviour === "good" ? "succeeded" : "reverted",
          );
          ok(outcome.boots > 1, "the cut happened");
        }
      }
    }
  });

  test(`${way}: a corrupt package never boots, whatever the power does`, () => {
    const told = scenario(way, "good", undefined, true);
    const { operations } = run(told, []);
    for (let at = 1; at <= operations; at++) {
      for (const mode of CUT_MODES)
        strictEqual(expect(told, [{ at, mode, seed: 1 }], "corrupt").trials, 0);
    }
  });
}

test("two cuts, in every pair of operations, change no result", () => {
  const told = scenario("pullAndInstall", "good");
  const { operations } = run(told, []);
  const random = new Random(1);
  for (let first = 1; first <= operations; first++) {
    for (let second = 1; second <= operations + 4; second++) {
      const mode = () => CUT_MODES[random.below(CUT_MODES.length)] ?? "before";
      expect(
        told,
        [
          { at: first, mode: mode(), seed: first },
          { at: second, mode: mode(), seed: second },
        ],
        "succeeded",
      );
    }
  }
});

test("storms of cuts end in one result, even if power always fails at one operation", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = new Random(seed);
    const way = WAYS[random.below(WAYS.length)] ?? "push";
    const behaviour = BEHAVIOURS[random.below(BEHAVIOURS.length)] ?? "good";
    const same = 1 + random.below(24);
    const cuts = Array.from({ length: 1 + random.below(8) }, (_, index) => ({
      at: seed % 2 === 0 ? same : 1 + random.below(20),
      mode: CUT_MODES[random.below(CUT_MODES.length)] ?? "before",
      seed: index,
    }));
    const told = scenario(way, behaviour);
    const outcome = run(told, cuts);
    ok(
      outcome.result === "reverted" || (behaviour === "good" && outcome.result === "succeeded"),
      `${way} ${cuts.map(cutText).join(" ")}`,
    );
    strictEqual(outcome.updated, outcome.result === "succeeded");
    const keptOut = behaviour === "good" && outcome.result === "reverted";
    ok(!keptOut || (cuts.length >= 3 && outcome.record.kept), "only power keeps a good image out");
  }
});

test("other flash: bytes that erase to zero, coarse programs, small and large blocks", () => {
  const geometries: readonly Geometry[] = [
    {
      store: { blocks: 8, blockLength: 1024, writeAlign: 1, eraseValue: 0 },
      slot: { blocks: 7, blockLength: 128, writeAlign: 1, eraseValue: 0 },
      payloadBytes: 420,
      chunkBytes: 61,
    },
    {
      store: { blocks: 2, blockLength: 16384, writeAlign: 256, eraseValue: 0xff },
      slot: { blocks: 2, blockLength: 512, writeAlign: 256, eraseValue: 0xff },
      payloadBytes: 700,
      chunkBytes: 333,
    },
    {
      store: { blocks: 4, blockLength: 4096, writeAlign: 32, eraseValue: 0xff },
      slot: { blocks: 3, blockLength: 4096, writeAlign: 32, eraseValue: 0xff },
      payloadBytes: 5000,
      chunkBytes: 1024,
    },
  ];
  for (const geometry of geometries) {
    for (const way of ["push", "pullAndInstall"] as const) {
      const told = scenario(way, "good", geometry);
      const { operations } = run(told, []);
      for (let at = 1; at <= operations; at++) {
        const mode = CUT_MODES[at % CUT_MODES.length] ?? "before";
        expect(told, [{ at, mode, seed: at }], "succeeded");
      }
    }
  }
});
