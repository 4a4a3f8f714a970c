/**
 * The kit refuses HALs that lie: each is caught by the case that was written for it. A run ends
 * with that case.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { conformance } from "../../rig/conformance/plan.ts";
import { SimBench } from "../../rig/conformance/simbench.ts";
import { BROKEN } from "./broken.ts";

/** Lies: those of a porting engineer among them, which an earlier kit has let through. */
const LIES_MIN = 100;
/** At a time: most of a run is waiting. */
const AT_ONCE = 4;
const RECEIVE_MS = 2000;

class Caught extends Error {
  override name = "Caught";
}

test("every lie is another one", () => {
  assert.equal(new Set(BROKEN.map(({ lie }) => lie)).size, BROKEN.length);
  assert.ok(BROKEN.length >= LIES_MIN, `${BROKEN.length} lies`);
});

test("lies are caught", { concurrency: AT_ONCE }, async (context) => {
  await Promise.all(
    BROKEN.map(({ lie, part, caught, options, make }) =>
      context.test(`caught: ${lie}`, { timeout: 300_000 }, async () => {
        const problems: string[] = [];
        const outcome = await conformance(
          new SimBench(make(), {
            cuts: caught.includes("power loss in"),
            countsCrashes: true,
            ...options,
          }),
          [part],
          {
            receiveMs: RECEIVE_MS,
            onCheck: ({ name, problem }) => {
              if (problem !== undefined) problems.push(`${name}: ${problem}`);
              if (problem !== undefined && name === caught) throw new Caught();
            },
          },
        ).catch((error: unknown) => error);
        if (outcome instanceof Error && !(outcome instanceof Caught)) throw outcome;
        assert.ok(outcome instanceof Caught, problems.join("\n") || "no case failed");
      }),
    ),
  );
});
