/** The sim board keeps every promise of the contract. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { conformance, PART_NAMES } from "../../rig/conformance/plan.ts";
import { SimBench } from "../../rig/conformance/simbench.ts";

for (const part of PART_NAMES) {
  test(`sim: ${part}`, { timeout: 300_000 }, async () => {
    const checks = await conformance(new SimBench(undefined, { countsCrashes: true }), [part]);
    assert.deepEqual(
      checks.filter(({ problem }) => problem !== undefined),
      [],
    );
    assert.ok(checks.length >= 8, `${checks.length} checks`);
  });
}
