/** The sim board keeps every promise of the contract. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { conformance, PART_NAMES } from "../../rig/conformance/plan.ts";
import { SimBench } from "../../rig/conformance/simbench.ts";

const CHECKS_MIN = { link: 30, rest: 10, uptime: 1, flash: 40, boot: 35 } as const;

for (const part of PART_NAMES) {
  test(`sim: ${part}`, { timeout: 300_000 }, async () => {
    const checks = await conformance(new SimBench(undefined, { countsCrashes: true }), [part]);
    assert.deepEqual(
      checks.filter(({ problem }) => problem !== undefined),
      [],
    );
    assert.ok(checks.length >= CHECKS_MIN[part], `${checks.length} checks`);
  });
}
