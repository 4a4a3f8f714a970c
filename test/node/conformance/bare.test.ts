/**
 * Bare-metal boards keep every promise of the contract, in the RAM that they have, and whatever
 * operation their power fails in.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ROWS } from "../../rig/boards/boards.ts";
import { bareBench } from "../../rig/conformance/barebench.ts";
import { conformance, CONSOLE_PARTS, PART_NAMES, QUICK_PARTS } from "../../rig/conformance/plan.ts";
import { BARE_IN_TURN, PATIENT } from "../../turn.ts";
import { missingTools } from "../tools.ts";

for (const name of BARE_IN_TURN) {
  const { build, driver } = ROWS[name];
  test(`${name}: link, clock, random bytes, identity, flash and boot`, {
    skip: missingTools(name),
    timeout: 1_800_000,
  }, async () => {
    const bench = bareBench(build, driver.classId);
    const checks = await conformance(bench, PATIENT === name ? PART_NAMES : QUICK_PARTS);
    assert.deepEqual(
      checks.filter(({ problem }) => problem !== undefined),
      [],
    );
    assert.ok(checks.length >= 120, `${checks.length} checks`);
    bench.discard();
  });

  test(`${name}: clock, random bytes, identity and flash over its console`, {
    skip: missingTools(name),
    timeout: 1_800_000,
  }, async () => {
    const bench = Object.assign(bareBench(build, driver.classId), { cutModes: [] });
    const parts = CONSOLE_PARTS.filter((part) => part !== "uptime");
    const checks = await conformance(bench, parts, { overConsole: true });
    assert.deepEqual(
      checks.filter(({ problem }) => problem !== undefined),
      [],
    );
    assert.ok(checks.length >= 40, `${checks.length} checks`);
    bench.discard();
  });
}
