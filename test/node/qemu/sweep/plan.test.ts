/**
 * The plan of a sweep: every operation is in it, in the order of the update, and a sweep that left
 * one out shows it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { riscv32 } from "../../../../hal/qemu-riscv32/build.ts";
import { type Operation, parseOperation } from "./operation.ts";
import {
  coverage,
  type Cut,
  isMissed,
  type Loss,
  MODES,
  parseRunId,
  planKills,
  planSweep,
  type Run,
  runId,
} from "./plan.ts";
import { table } from "./table.ts";

const PARTS = riscv32.parts;

const store = (index: number): Operation => ({
  kind: "program",
  offset: PARTS.store + index * 16,
  length: 16,
  partition: "store",
});
const slot = (index: number): Operation => ({
  kind: "program",
  offset: PARTS.slotB + index * 2048,
  length: 2048,
  partition: "slot",
});
const UPDATE: readonly Operation[] = [
  store(0),
  { kind: "erase", offset: PARTS.slotB, length: 262144, partition: "slot" },
  slot(0),
  slot(1),
  slot(2),
  store(1),
  slot(3),
  slot(4),
  { kind: "program", offset: PARTS.bootLog, length: 16, partition: "boot log" },
];

/** What would come of the runs if everything went as planned. */
function cutsOf(runs: readonly Run[]): Cut[] {
  return runs.flat().flatMap((loss) => {
    const operation = UPDATE.find(
      ({ kind, offset }) => loss.kind === kind && loss.offset === offset,
    );
    return operation === undefined || loss.kind === "kill" ? [] : [{ operation, mode: loss.mode }];
  });
}

test("a line of the console is an operation, cut or not", () => {
  assert.deepEqual(
    parseOperation("[   0.371] D flash: program of 1860 bytes at 380800, power is cut\r", PARTS),
    {
      operation: { kind: "program", offset: 0x380800, length: 1860, partition: "slot" },
      isCut: true,
    },
  );
  assert.deepEqual(parseOperation("[   0.371] D flash: erase of 262144 bytes at 0c0000", PARTS), {
    operation: { kind: "erase", offset: 0xc0000, length: 262144, partition: "boot log" },
    isCut: false,
  });
  assert.equal(parseOperation("[   0.371] I flash: something else", PARTS), undefined);
});

test("every operation is planned: in the logs in each mode, in the slot in one or each", () => {
  for (const whole of [false, true]) {
    const covered = coverage(UPDATE, cutsOf(planSweep(UPDATE, { whole, every: 1 })));
    for (const { operation, modes } of covered) {
      const isInSlot = operation.offset >= PARTS.slotA;
      assert.equal(
        modes.length,
        isInSlot && !whole ? 1 : MODES.length,
        runId([{ ...operation, mode: "torn" }]),
      );
    }
  }
});

test("each log operation has its own run; slot cuts keep their order and are far apart", () => {
  const big = [store(0), ...Array.from({ length: 40 }, (_, index) => slot(index)), store(1)];
  const runs = planSweep(big, { whole: false, every: 1 });
  const isInSlot = (loss: Loss): boolean => loss.kind !== "kill" && loss.offset >= PARTS.slotA;
  assert.equal(runs.length, 2 * MODES.length + 4);
  for (const run of runs) {
    if (!run.every(isInSlot)) assert.equal(run.length, 1);
    const offsets = run.flatMap((loss) => (loss.kind === "kill" ? [] : [loss.offset]));
    offsets.slice(1).forEach((offset, index) => {
      assert.equal(offset - (offsets[index] ?? 0), 4 * 2048);
    });
  }
});

test("an operation that was not cut shows, even if another was cut at the same place", () => {
  const cuts = cutsOf(planSweep(UPDATE, { whole: false, every: 1 })).filter(
    ({ operation }) => operation.offset !== slot(2).offset,
  );
  const longer: Cut[] = cuts.map((cut) =>
    cut.operation === UPDATE[5] ? { ...cut, operation: { ...store(1), length: 32 } } : cut,
  );
  const missed = coverage(UPDATE, longer)
    .filter(({ modes }) => modes.length === 0)
    .map(({ operation }) => operation);
  assert.deepEqual(missed, [slot(2), store(1)]);
  const torn = coverage(
    UPDATE,
    cuts.filter(({ mode }) => mode === "torn"),
  ).filter((each) => isMissed(each, false));
  assert.deepEqual(
    torn.filter(({ modes }) => modes.length > 0).map(({ operation }) => operation),
    [store(0), store(1), UPDATE[8]],
  );
  assert.match(table(coverage(UPDATE, longer)), /^all +9 +7 /m);
});

test("where the network splits slot writes differently, the same first byte counts", () => {
  const other: Cut = {
    operation: { ...slot(1), offset: slot(1).offset - 4, length: 8 },
    mode: "torn",
  };
  assert.deepEqual(
    coverage([slot(0), slot(1)], [other]).map(({ modes }) => modes.length),
    [0, 1],
  );
});

test("a run has an id, from which it can be repeated", () => {
  const [run = []] = planSweep(UPDATE, { whole: true, every: 1 });
  assert.deepEqual(parseRunId(runId(run)), run);
  assert.deepEqual(parseRunId("e380000t.p0c0000a.k120"), [
    { kind: "erase", offset: 0x380000, mode: "torn" },
    { kind: "program", offset: 0xc0000, mode: "after" },
    { kind: "kill", ms: 120 },
  ]);
  assert.throws(() => parseRunId("e380000t.x"), /called x/);
});

test("kills are as many as asked for, depend on the seed, and stay within bounds", () => {
  const plan = (seed: number): readonly Run[] =>
    planKills(12, 5, { firstMs: 20, lastMs: 100 }, seed);
  assert.deepEqual(
    plan(1).map((run) => run.length),
    [5, 5, 2],
  );
  assert.deepEqual(plan(1), plan(1));
  assert.notDeepEqual(plan(1), plan(2));
  assert.ok(
    plan(1)
      .flat()
      .every((loss) => loss.kind === "kill" && loss.ms >= 20 && loss.ms < 100),
  );
});
