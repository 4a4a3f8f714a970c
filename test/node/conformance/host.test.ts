/**
 * Boards that are processes keep every promise of the contract, on XS: the host board, and
 * hal/esp32 over the fake of ESP-IDF.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { esp32Bench } from "../../rig/conformance/esp32bench.ts";
import { hostBench } from "../../rig/conformance/hostbench.ts";
import { conformance, PART_NAMES } from "../../rig/conformance/plan.ts";
import type { ProcessBench } from "../../rig/conformance/processbench.ts";

async function conforms(bench: ProcessBench): Promise<void> {
  const checks = await conformance(bench, PART_NAMES);
  assert.deepEqual(
    checks.filter(({ problem }) => problem !== undefined),
    [],
  );
  assert.ok(checks.length >= 90, `${checks.length} checks`);
  bench.discard();
}

test("host: link, clock, random bytes, identity, flash and boot", { timeout: 600_000 }, () =>
  conforms(hostBench()),
);

test("esp32 over the fake of ESP-IDF: the same", { timeout: 600_000 }, () =>
  conforms(esp32Bench()),
);
