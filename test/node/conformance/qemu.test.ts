/**
 * The bare-metal board keeps every promise of the contract, in the RAM that it has, and whatever
 * operation its power fails in.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { conformance, PART_NAMES } from "../../rig/conformance/plan.ts";
import { qemuBench } from "../../rig/conformance/qemubench.ts";
import { skip } from "../qemu/device.ts";

test("qemu: link, clock, random bytes, identity, flash and boot", {
  skip,
  timeout: 1_800_000,
}, async () => {
  const bench = qemuBench();
  const checks = await conformance(bench, PART_NAMES);
  assert.deepEqual(
    checks.filter(({ problem }) => problem !== undefined),
    [],
  );
  assert.ok(checks.length >= 100, `${checks.length} checks`);
  bench.discard();
});
