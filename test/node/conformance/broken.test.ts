/** The kit refuses HALs that lie: each is caught by the case that was written for it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { conformance } from "../../rig/conformance/plan.ts";
import { SimBench } from "../../rig/conformance/simbench.ts";
import { BROKEN } from "./broken.ts";

for (const { lie, part, caught, make } of BROKEN) {
  test(`caught: ${lie}`, { timeout: 300_000 }, async () => {
    const checks = await conformance(
      new SimBench(make(), { cuts: caught.includes("power loss in") }),
      [part],
    );
    const problems = checks.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
    assert.ok(problems.includes(caught), problems.join("\n") || "no case failed");
  });
}
