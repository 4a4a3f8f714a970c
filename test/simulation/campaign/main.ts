/**
 * `npm run campaign`: every cut of a whole update, on as many processes as there are processors.
 * Exit status 1 when a property does not hold, or when a kind of operation or a mode was never
 * exercised by the whole; a part or a sample need not exercise all.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { countOption } from "../../rig/options.ts";
import { setUp } from "../../rig/setup.ts";
import { parseShard, type Shard, shardOf, WHOLE } from "../../rig/shard.ts";
import { merged, type ShardResult } from "./merge.ts";
import { campaign } from "./run.ts";
import type { Failure, Tally } from "./tally.ts";

interface Options {
  readonly quick?: true;
  readonly shard: Shard;
  readonly seed: number;
  readonly sample?: number;
  readonly budget?: number;
  readonly workers: number;
  readonly verbose?: true;
  readonly json?: string;
  readonly merge?: readonly string[];
}

function duration(text: string): number {
  const match = /^(\d+)(s|m|h)$/.exec(text);
  const unit = match?.[2];
  if (match === null) throw new Error(`a budget is 90s, 15m or 8h, not ${text}`);
  return Number(match[1]) * (unit === "h" ? 3_600_000 : unit === "m" ? 60_000 : 1000);
}

const options = new Command("campaign")
  .description(
    "Cuts the power of a device in every operation of a whole update, and checks what must hold.",
  )
  .option("--quick", "the part that npm test runs")
  .option("--shard <i/n>", "this machine's part", parseShard, shardOf(process.env))
  .option("--seed <n>", "the first round of seeds", Number, 0)
  .option("--sample <n>", "so many of its jobs at most; with --seed others", countOption)
  .option("--budget <time>", "go on in rounds of other seeds for so long, e.g. 15m", duration)
  .option("--workers <n>", "processes", Number, availableParallelism())
  .option("--verbose", "say what each job did")
  .option("--json <file>", "write what was found, for --merge; with --merge, of all parts")
  .option("--merge <files...>", "run nothing: put the parts together, and judge the whole")
  .parse()
  .opts<Options>();

/** Prints the table and judges; what a part or a sample has not exercised another may have. */
function judge(tally: Tally, isWhole: boolean): void {
  const { missing, failures, scenarios, shared, cpuMs } = tally;
  process.stdout.write(
    `${tally.table()}\n${scenarios} scenarios, ${((scenarios * 1000) / cpuMs).toFixed(0)} per ` +
      `CPU-second; ` +
      `${shared} ended in a state that another had gone on from; ${failures.length} violations\n`,
  );
  const what = isWhole ? "never exercised" : "not exercised in this part";
  if (missing.length > 0) process.stdout.write(`${what}: ${missing.join(", ")}\n`);
  const isPoor = isWhole && missing.length > 0;
  process.exitCode = failures.length > 0 || isPoor ? 1 : 0;
}

function printFailures(failures: readonly Failure[]): void {
  for (const { id, problem } of failures)
    process.stdout.write(`FAILED ${id}\n  ${problem}\n  again: xs-fumo replay '${id}'\n`);
}

async function run(): Promise<void> {
  const { shard, seed, sample, workers, budget, verbose } = options;
  const size = options.quick === true ? "quick" : "whole";
  setUp("sim", (text) => {
    process.stderr.write(`${text}\n`);
  });
  const started = performance.now();
  const tally = await campaign({
    size,
    shard,
    seed,
    workers,
    ...(sample === undefined ? {} : { sample }),
    ...(budget === undefined ? {} : { budgetMs: budget }),
    onJob: (job, { failures, sets }) => {
      printFailures(failures);
      if (verbose === true)
        process.stdout.write(`${job.set} ${job.variant}: ${JSON.stringify(sets)}\n`);
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const drawn = sample === undefined ? {} : { sample };
  write({ size, seed, shard, ...drawn, tally: tally.data });
  judge(tally, shard.count === 1 && sample === undefined);
  process.stdout.write(`${seconds.toFixed(0)} s on ${workers} processes\n`);
}

/** Writes what was found, where --json says. */
function write(result: ShardResult): void {
  const { json } = options;
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result)}\n`);
}

function mergeFiles(files: readonly string[]): void {
  try {
    const parts = files.map((file) => JSON.parse(readFileSync(file, "utf8")) as ShardResult);
    const tally = merged(parts);
    printFailures(tally.failures);
    const [first] = parts;
    if (first !== undefined) write({ ...first, shard: WHOLE, tally: tally.data });
    judge(tally, first?.sample === undefined);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

if (options.merge === undefined) await run();
else mergeFiles(options.merge);
