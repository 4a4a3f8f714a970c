/** The host board keeps every promise of the contract, on XS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { HostBench } from "../../rig/conformance/hostbench.ts";
import { conformance, PART_NAMES } from "../../rig/conformance/plan.ts";

test("host: link, clock, random bytes, identity, flash and boot", { timeout: 240_000 }, async () => {
  const bench = new HostBench();
  const checks = await conformance(bench, PART_NAMES);
  assert.deepEqual(checks.filter(({ problem }) => problem !== undefined), []);
  assert.ok(checks.length >= 90, `${checks.length} checks`);
  bench.discard();
});
