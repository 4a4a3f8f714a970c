/**
 * A new version that cannot reach its server: it goes back by itself, says so once, and is not
 * tried again.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import type { UserInterface } from "../../src/user/question.ts";
import { TRIAL_DEADLINE_MS, TRIALS_MAX } from "../../src/base/limits.ts";
import { Bench } from "./bench.ts";
import { recovers, WAYS } from "./check.ts";

for (const scenario of WAYS) {
  test(`${scenario}: no server on trial: 410, State 70; a new offer is tried`, () => {
    const bench = new Bench({ scenario });
    const outcome = bench.run(undefined, () => {
      bench.dm = bench.client.engine.record.phase === "trial" ? "gone" : "there";
    });
    deepStrictEqual(
      [outcome?.ok, outcome?.code, bench.running, bench.state],
      [false, 410, "1.0.0", 70],
    );
    ok(
      bench.elapsedMs >= TRIAL_DEADLINE_MS && bench.elapsedMs < TRIAL_DEADLINE_MS + 60_000,
      `${bench.elapsedMs} ms`,
    );
    deepStrictEqual(
      [bench.alerts.filter(({ data }) => data === "410").length, bench.board.boot.trials],
      [1, 1],
    );
    bench.serve({ scenario });
    deepStrictEqual([bench.run()?.code, bench.running, bench.board.boot.trials], [200, "2.0.0", 2]);
  });

  test(`${scenario}: a stranger answers on trial: 410, State 70; a new offer is tried`, () => {
    const bench = new Bench({ scenario });
    const outcome = bench.run(undefined, () => {
      bench.dm = bench.client.engine.record.phase === "trial" ? "senseless" : "there";
    });
    deepStrictEqual(
      [outcome?.ok, outcome?.code, bench.running, bench.state],
      [false, 410, "1.0.0", 70],
    );
    ok(
      bench.elapsedMs >= TRIAL_DEADLINE_MS && bench.elapsedMs < TRIAL_DEADLINE_MS + 60_000,
      `${bench.elapsedMs} ms`,
    );
    bench.serve({ scenario });
    deepStrictEqual([bench.run()?.code, bench.running, bench.board.boot.trials], [200, "2.0.0", 2]);
    recovers(bench, scenario);
  });
}

test("an image that a session rejects goes back at once, not when the session ends", () => {
  const bench = new Bench();
  const request = bench.link.request.bind(bench.link);
  let rejectedMs = 0;
  bench.selfTest = () => {
    rejectedMs = bench.elapsedMs;
    bench.link.request = () => ({ head: () => undefined, read: () => 0, close: () => undefined });
    return false;
  };
  const outcome = bench.run(undefined, () => {
    if (bench.client.engine.record.phase === "rejecting")
      ok(bench.elapsedMs - rejectedMs < 1000, `${bench.elapsedMs - rejectedMs} ms`);
    if (bench.running === "1.0.0") bench.link.request = request;
  });
  deepStrictEqual([outcome?.code, bench.running, bench.state], [410, "1.0.0", 80]);
});

test("an image that failed its test, and is all that boots, is reported as a failure: 410", () => {
  const bench = new Bench();
  bench.selfTest = () => false;
  const outcome = bench.run(undefined, () => {
    if (bench.client.engine.record.phase === "rejecting") bench.board.slots[0].eraseBlock(0);
  });
  deepStrictEqual([outcome?.code, bench.running, bench.state], [410, "2.0.0", 80]);
  ok(
    bench.lines.some((line) => line.includes("no other image can be booted")),
    "it is in the log",
  );
});

test("a good package that the selector cannot start is not banned: 410, State 70", () => {
  const bench = new Bench();
  const {
    boot,
    slots: [, { bytes }],
  } = bench.board;
  const arm = boot.arm.bind(boot);
  const flip = (): void => {
    bytes[100] = (bytes[100] ?? 0) ^ 1;
  };
  boot.arm = () => {
    arm();
    flip();
  };
  deepStrictEqual(
    [bench.run()?.code, bench.running, bench.state, boot.trials],
    [410, "1.0.0", 70, 0],
  );
  boot.arm = arm;
  flip();
  bench.serve({});
  deepStrictEqual([bench.run()?.code, bench.running], [200, "2.0.0"]);
});

test("power that comes and goes while a person is asked is no trial", () => {
  let cuts = 0;
  const userInterface: UserInterface = {
    ask: () => (cuts <= TRIALS_MAX ? undefined : { kind: "yes" }),
    clear: () => undefined,
  };
  const bench = new Bench({ people: { confirm: "update", answers: [] }, userInterface });
  const outcome = bench.run(undefined, () => {
    if (bench.client.engine.record.phase === "proving" && cuts++ <= TRIALS_MAX) bench.cut();
  });
  deepStrictEqual([outcome?.code, bench.running, bench.board.boot.trials], [200, "2.0.0", 1]);
});

test("power fails in every trial: after TRIALS_MAX 410 and State 70, then it may retry", () => {
  const bench = new Bench({ scenario: "replace" });
  const outcome = bench.run(undefined, () => {
    if (bench.client.engine.record.phase === "trial") bench.cut();
  });
  deepStrictEqual(
    [outcome?.code, bench.state, bench.running, bench.board.boot.trials],
    [410, 70, "1.0.0", TRIALS_MAX],
  );
  strictEqual(bench.client.engine.install("./FwUpdate/Main", "again"), undefined);
  bench.run(60_000);
  strictEqual(bench.running, "2.0.0");
});
