/**
 * Boards that are processes keep every promise of the contract, on XS: the host board, and
 * hal/esp32 over the fake of ESP-IDF.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { esp32Bench } from "../../rig/conformance/esp32bench.ts";
import { hostBench } from "../../rig/conformance/hostbench.ts";
import { conformance, PART_NAMES, QUICK_PARTS } from "../../rig/conformance/plan.ts";
import type { ProcessBench } from "../../rig/conformance/processbench.ts";
import { PATIENT } from "../../turn.ts";

async function conforms(bench: ProcessBench, isPatient: boolean): Promise<void> {
  const checks = await conformance(bench, isPatient ? PART_NAMES : QUICK_PARTS);
  assert.deepEqual(
    checks.filter(({ problem }) => problem !== undefined),
    [],
  );
  assert.ok(checks.length >= 115, `${checks.length} checks`);
  bench.discard();
}

test("host: link, clock, random bytes, identity, flash and boot", { timeout: 900_000 }, () =>
  conforms(hostBench(), PATIENT === "host"),
);

test("esp32 over the fake of ESP-IDF: the same", { timeout: 900_000 }, () =>
  conforms(esp32Bench(), PATIENT === "esp32-fake"),
);

test("host: clock, random bytes and identity over the console, without a network", {
  timeout: 600_000,
}, async () => {
  const bench = hostBench();
  const checks = await conformance(bench, ["rest"], { overConsole: true });
  assert.deepEqual(
    checks.filter(({ problem }) => problem !== undefined),
    [],
  );
  assert.ok(checks.length >= 10, `${checks.length} checks`);
  bench.discard();
});
