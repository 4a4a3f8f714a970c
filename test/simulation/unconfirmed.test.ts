/** A new version that cannot reach its server: it goes back by itself, says so once, and is not tried again. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { TRIAL_DEADLINE_MS, TRIALS_MAX } from "../../src/base/limits.ts";
import { Bench } from "./bench.ts";
import { recovers, WAYS } from "./check.ts";

for (const scenario of WAYS) {
  test(`${scenario}: no server while on trial: 410 at the deadline; offered again: 405 without a trial; another is taken`, () => {
    const bench = new Bench({ scenario });
    const outcome = bench.run(undefined, () => { bench.dmGone = bench.client.engine.record.phase === "trial"; });
    deepStrictEqual([outcome?.ok, outcome?.code, bench.running, bench.state], [false, 410, "1.0.0", 80]);
    ok(bench.elapsedMs >= TRIAL_DEADLINE_MS && bench.elapsedMs < TRIAL_DEADLINE_MS + 60_000, `${bench.elapsedMs} ms`);
    deepStrictEqual([bench.alerts.filter(({ data }) => data === "410").length, bench.board.boot.trials], [1, 1]);
    bench.serve({ scenario });
    deepStrictEqual([bench.run()?.code, bench.running, bench.board.boot.trials], [405, "1.0.0", 1]);
    recovers(bench, scenario);
  });
}

test("power that fails during every trial: TRIALS_MAX trials, then 410, State 70, and Exec Update tries it again", () => {
  const bench = new Bench({ scenario: "replace" });
  const outcome = bench.run(undefined, () => { if (bench.client.engine.record.phase === "trial") bench.cut(); });
  deepStrictEqual([outcome?.code, bench.state, bench.running, bench.board.boot.trials], [410, 70, "1.0.0", TRIALS_MAX]);
  strictEqual(bench.client.engine.install("./FwUpdate/Main", "again"), undefined);
  bench.run(60_000);
  strictEqual(bench.running, "2.0.0");
});
