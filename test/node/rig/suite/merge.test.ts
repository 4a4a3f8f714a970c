/** Parts of a suite as one run: from the engine that says which part, to the verdict of all. */
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Verdict } from "../../../rig/events/event.ts";
import { EventLog } from "../../../rig/events/log.ts";
import { ScenarioRun } from "../../../rig/events/scenariorun.ts";
import { shardOf, WHOLE } from "../../../rig/shard.ts";
import { gapsIn, joined, type Part } from "../../../rig/suite/merge.ts";
import { endsOf, summaryOf } from "../../../rig/suite/verdicts.ts";
import { Cli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "merge-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const NAMES = ["a.one", "a.two", "a.three"];

/** The log of a part that had these scenarios, of all that there are. */
function part(
  name: string,
  ended: readonly (readonly [string, Verdict, attempt?: number])[],
  scenarios: readonly string[] = NAMES,
  board = "sim",
): Part {
  const log = new EventLog(board);
  log.emit({ kind: "plan", shard: "1/2", scenarios });
  for (const [scenario, verdict, attempt = 1] of ended)
    new ScenarioRun(log, scenario, attempt).end(verdict);
  return { name, events: log.events };
}

const FIRST = part("first", [
  ["a.one", "passed"],
  ["a.three", "passed"],
]);
const SECOND = part("second", [["a.two", "passed"]]);

test("parts that have every scenario once are a whole, whose events are numbered through", () => {
  deepStrictEqual(gapsIn([FIRST, SECOND]), []);
  const events = joined([FIRST, SECOND]);
  deepStrictEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
  );
  ok(events.every(({ t }, index) => t >= (events[index - 1]?.t ?? 0)));
  deepStrictEqual(
    endsOf(events).map(({ name }) => name),
    ["a.one", "a.three", "a.two"],
  );
});

test("a scenario in no part, in two, or a log of something else is a gap", () => {
  deepStrictEqual(gapsIn([FIRST]), ["a.two on board sim has ended in no part"]);
  deepStrictEqual(gapsIn([FIRST, SECOND, { ...SECOND, name: "third" }]), [
    "a.two on board sim is in second and third",
  ]);
  const begun = new EventLog("sim");
  begun.emit({ kind: "plan", shard: "2/2", scenarios: NAMES });
  begun.emit({ kind: "scenario", name: "a.two", phase: "began", attempt: 1 });
  deepStrictEqual(gapsIn([FIRST, { name: "begun", events: begun.events }]), [
    "a.two on board sim has ended in no part",
  ]);
  match(gapsIn([FIRST, part("other", [], ["a.two"])]).join(), /^other is of another run/);
  deepStrictEqual(gapsIn([FIRST, { name: "x", events: [] }]), ["x is no log of a suite"]);
  const host = part("host", [["a.two", "passed"]], NAMES, "host");
  strictEqual(gapsIn([FIRST, SECOND, host]).length, 2);
});

for (const [ended, status] of [
  [[["a.one", "passed"]], 0],
  [[["a.one", "skipped"]], 0],
  [
    [
      ["a.one", "failed"],
      ["a.one", "passed"],
    ],
    1,
  ],
  [
    [
      ["a.one", "error"],
      ["a.one", "passed", 2],
    ],
    0,
  ],
  [
    [
      ["a.one", "failed"],
      ["a.two", "error"],
    ],
    3,
  ],
] as const)
  test(`status ${status} of ${JSON.stringify(ended)}`, () => {
    strictEqual(summaryOf(endsOf(part("p", ended).events)).status, status);
  });

test("each engine says which part a process is", () => {
  deepStrictEqual(shardOf({}), WHOLE);
  const slurm = { SLURM_ARRAY_TASK_ID: "7", SLURM_ARRAY_TASK_COUNT: "4" };
  deepStrictEqual(shardOf({ ...slurm, SLURM_ARRAY_TASK_MIN: "5" }), { index: 3, count: 4 });
  deepStrictEqual(shardOf({ CI_NODE_INDEX: "4", CI_NODE_TOTAL: "4" }), { index: 4, count: 4 });
  const kubernetes = { JOB_COMPLETION_INDEX: "0", XS_FUMO_SHARDS: "8" };
  deepStrictEqual(shardOf(kubernetes), { index: 1, count: 8 });
  deepStrictEqual(shardOf({ JOB_COMPLETION_INDEX: "0" }), WHOLE);
  const buildkite = { BUILDKITE_PARALLEL_JOB: "1", BUILDKITE_PARALLEL_JOB_COUNT: "2" };
  deepStrictEqual(shardOf(buildkite), { index: 2, count: 2 });
  throws(() => shardOf(slurm), /a shard is 1\/4, not 7\/4/);
});

test("an engine whose parts have gaps is wrong usage, and is told what to do", async () => {
  const slurm = { SLURM_ARRAY_TASK_ID: "7", SLURM_ARRAY_TASK_COUNT: "4" };
  const cli = new Cli(["test", "--list"], slurm);
  strictEqual(await cli.ended, 2);
  match(cli.errors, /not 7\/4\n {2}SLURM_ARRAY_TASK_ID .* --shard takes their place$/m);
});

test("two parts, one by its engine, are merged to what one process finds", async () => {
  const names = ["package.corrupt", "package.unsigned", "package.downgrade"];
  const filters = names.flatMap((name) => ["--filter", name]);
  const log = (name: string): string => join(folder, `${name}.ndjson`);
  const parts = [
    new Cli(["test", ...filters, "--shard", "1/2", "--log", log("1")]),
    new Cli(["test", ...filters, "--log", log("2")], {
      SLURM_ARRAY_TASK_ID: "2",
      SLURM_ARRAY_TASK_COUNT: "2",
    }),
  ];
  for (const each of parts) strictEqual(await each.ended, 0, each.output + each.errors);
  const junit = join(folder, "all.xml");
  const words = ["merge", log("1"), log("2"), "--junit", junit, "--report", join(folder, "a.html")];
  const all = new Cli(words);
  strictEqual(await all.ended, 0, all.output + all.errors);
  match(all.output, /^3 passed, 0 failed, 0 errors of the bench, 0 skipped$/m);
  const report = readFileSync(junit, "utf8");
  match(report, /<testsuite name="xs-fumo\.sim" tests="3" failures="0" errors="0" skipped="0"/);
  for (const name of names) ok(report.includes(`name="${name}"`), name);
  ok(readFileSync(join(folder, "a.html"), "utf8").includes("package.unsigned"));
  const half = new Cli(["merge", log("1")]);
  strictEqual(await half.ended, 3, half.output);
  match(half.output, /^missing +package\.\w+ on board sim has ended in no part$/m);
  writeFileSync(log("3"), "no json\n");
  const broken = new Cli(["merge", log("1"), log("3")]);
  strictEqual(await broken.ended, 2);
  match(broken.errors, /3\.ndjson:1 is no event/);
});
