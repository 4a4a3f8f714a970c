/**
 * `npm run sweep`: cuts the power of a bare-metal board in every flash operation of a whole
 * update, and kills it at seeded moments; and in some operations of an update by a package that is
 * unpacked, pushed or downloaded.
 * Exit status 1 when a run does not end well, or when an operation was never cut.
 */
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { setUp } from "../../../rig/setup.ts";
import { BARE_NAMES, type BareName } from "../../../rig/boards/boards.ts";
import { wordOption } from "../../../rig/options.ts";
import { PACKAGE_FORMS, type PackageForm } from "../../../rig/rig.ts";
import { type ScenarioName, SCENARIOS } from "../../../rig/server/scenario.ts";
import { BARE_IN_TURN, inTurn, TURN } from "../../../turn.ts";
import { Bench, IMAGE, type Result, type Way } from "./bench.ts";
import {
  coverage,
  type Extent,
  isIn,
  isMissed,
  parseRunId,
  planKills,
  planSweep,
  type Run,
  runId,
} from "./plan.ts";
import { table } from "./table.ts";

interface Options {
  readonly board?: BareName;
  readonly form?: PackageForm;
  readonly scenario?: ScenarioName;
  readonly every?: number;
  readonly whole?: true;
  readonly kills?: number;
  readonly seed: number;
  readonly jobs: number;
  readonly run?: string;
  readonly verbose?: true;
}

const KILLS_PER_RUN = 5;
const WHOLE_KILLS = 50;
/** Of a board that takes turns: one operation of so many, others each turn. */
const SAMPLE = { every: 29, kills: 5 } as const;
/** One of them each turn, and of its operations few: a piece of 256 bytes is one. */
const UNPACKED: Way = inTurn(
  (["delta", "compressed"] as const).flatMap((form) =>
    (["replace", "download"] as const).map((scenario) => ({ form, scenario })),
  ),
);
const UNPACKED_SAMPLE = { every: 401, kills: 0 } as const;
const MOMENTS = { firstMs: 20, lastMs: 900 };
/** A line of progress for every so many updates. */
const PROGRESS_RUNS = 20;

const options = new Command("sweep")
  .description(
    "Cuts the power of a bare-metal board in every flash operation of a whole update, and kills " +
      "it at seeded moments.",
  )
  .option(
    "--board <board>",
    `one of ${BARE_NAMES.join(", ")} (default: the first whole, and of one of the others a sample)`,
    wordOption(BARE_NAMES),
  )
  .option(
    "--form <form>",
    `how the package is made, one of ${PACKAGE_FORMS.join(", ")} (default: whole)`,
    wordOption(PACKAGE_FORMS),
  )
  .option(
    "--scenario <name>",
    `how it comes, one of ${SCENARIOS.join(", ")} (default: ${IMAGE.scenario})`,
    wordOption(SCENARIOS),
  )
  .option("--every <n>", "cut one operation of so many", Number)
  .option("--whole", "cut the operations in the slot in each mode, not in one each")
  .option("--kills <n>", "kill QEMU so many times", Number)
  .option("--seed <n>", "where the moments of the kills come from", Number, 1)
  .option("--jobs <n>", "boards side by side", Number, 2 * availableParallelism())
  .option("--run <id>", "one run again, from the id that a failure prints, with its console")
  .option("--verbose", "say what each run did")
  .addHelpText("after", "\nExamples:\n  npm run sweep\n  npm run sweep -- --run e380000t.p101428a")
  .parse()
  .opts<Options>();

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Every run, some side by side, and how long all of them took. */
async function performAll(bench: Bench, runs: readonly Run[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = runs.values();
  const started = performance.now();
  const lane = async (): Promise<void> => {
    for (const run of queue) {
      const at = performance.now();
      const result = await bench.perform(run);
      results.push(result);
      if (results.length % PROGRESS_RUNS === 0) say(`${results.length} of ${runs.length} updates`);
      if (result.problem !== undefined)
        say(
          `FAILED ${result.problem}\n  again: npm run sweep -- --board ${bench.board} ` +
            `--form ${bench.way.form} --scenario ${bench.way.scenario} --run ${runId(run)}`,
        );
      else if (options.verbose === true)
        say(`${((performance.now() - at) / 1000).toFixed(1)} s  ${runId(run)}`);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, lane));
  const losses = results.reduce(
    (sum, { cuts, killedIn }) => sum + cuts.length + killedIn.length,
    0,
  );
  say(
    `${results.length} updates, ${losses} losses of power, ` +
      `${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  return results;
}

async function sweep(bench: Bench, extent: Extent): Promise<boolean> {
  const update = await bench.undisturbed();
  const runs = planSweep(update, extent);
  say(`an undisturbed update has ${update.length} flash operations`);
  const results = await performAll(bench, runs);
  const covered = coverage(
    update,
    results.flatMap(({ cuts }) => cuts),
  );
  say(table(covered));
  const missed = covered.filter(
    (each, index) => isIn(index, extent) && isMissed(each, extent.whole),
  );
  for (const {
    operation: { kind, offset },
    modes,
  } of missed) {
    say(
      `FAILED not cut: ${kind} at ${offset.toString(16)}` +
        `${modes.length > 0 ? `, but ${modes.join(" and ")}` : ""}`,
    );
  }
  return missed.length === 0 && results.every(({ problem }) => problem === undefined);
}

/** Until as many kills have come: an update may end before the last ones of its run. */
async function kills(bench: Bench, count: number): Promise<boolean> {
  const results: Result[] = [];
  const states = (): readonly number[] => results.flatMap(({ killedIn }) => killedIn);
  for (let seed = options.seed; states().length < count; seed++) {
    results.push(
      ...(await performAll(
        bench,
        planKills(count - states().length, KILLS_PER_RUN, MOMENTS, seed),
      )),
    );
  }
  const times = [...new Set(states())]
    .sort((a, b) => a - b)
    .map(
      (state) =>
        `${states().filter((each) => each === state).length} in ` +
        `${state < 0 ? "the boot loader" : `State ${state}`}`,
    );
  say(`killed ${states().length} times: ${times.join(", ")}`);
  return results.every(({ problem }) => problem === undefined);
}

async function again(bench: Bench, id: string): Promise<boolean> {
  const { problem, log } = await bench.perform(parseRunId(id));
  for (const { line } of log.all("serial")) say(line);
  say(problem ?? "ends well");
  return problem === undefined;
}

const WHOLE = { every: 1, kills: WHOLE_KILLS } as const;

/** One board, as the options say; otherwise so much is cut. True: all was well. */
async function perform(
  board: BareName,
  way: Way,
  extent: { readonly every: number; readonly kills: number },
): Promise<boolean> {
  const { every = extent.every, kills: count = extent.kills } = options;
  setUp(board, say);
  say(
    `board ${board}, ${way.scenario} of a package that is ${way.form}, ` +
      `one operation of ${every}, turn ${TURN}`,
  );
  const bench = new Bench(board, way);
  try {
    if (options.run !== undefined) return await again(bench, options.run);
    const cut = { whole: options.whole === true, every, first: TURN };
    return (await sweep(bench, cut)) && (count === 0 || (await kills(bench, count)));
  } finally {
    bench.close();
  }
}

const one = options.board ?? (options.run === undefined ? undefined : BARE_NAMES[0]);
const { form = IMAGE.form, scenario = IMAGE.scenario } = options;
const [first] = BARE_IN_TURN;
let isGood = true;
for (const board of one === undefined ? BARE_IN_TURN : [one]) {
  const extent = board === one || board === first ? WHOLE : SAMPLE;
  isGood = (await perform(board, { form, scenario }, extent)) && isGood;
}
if (first !== undefined && one === undefined && options.form === undefined)
  isGood = (await perform(first, UNPACKED, UNPACKED_SAMPLE)) && isGood;
process.exitCode = isGood ? 0 : 1;
