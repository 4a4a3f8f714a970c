/**
 * `npm run campaign`: every cut of a whole update, on as many processes as there are processors.
 * Exit status 1 when a property
 * does not hold, or when a kind of operation or a mode was never exercised.
 */
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { setUp } from "../../rig/setup.ts";
import { campaign } from "./run.ts";

interface Options {
  readonly quick?: true;
  readonly shard: { readonly index: number; readonly count: number };
  readonly seed: number;
  readonly budget?: number;
  readonly workers: number;
  readonly verbose?: true;
}

function shard(text: string): Options["shard"] {
  const [index = NaN, count = NaN] = text.split("/").map(Number);
  if (!(index >= 1 && index <= count)) throw new Error(`a shard is 1/4, not ${text}`);
  return { index, count };
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
  .option("--shard <i/n>", "this machine's part", shard, { index: 1, count: 1 })
  .option("--seed <n>", "the first round of seeds", Number, 0)
  .option("--budget <time>", "go on in rounds of other seeds for so long, e.g. 15m", duration)
  .option("--workers <n>", "processes", Number, availableParallelism())
  .option("--verbose", "say what each job did")
  .parse()
  .opts<Options>();

setUp("sim", (text) => {
  process.stderr.write(`${text}\n`);
});
const started = performance.now();
const tally = await campaign({
  size: options.quick === true ? "quick" : "whole",
  shard: options.shard,
  seed: options.seed,
  workers: options.workers,
  ...(options.budget === undefined ? {} : { budgetMs: options.budget }),
  onJob: (job, { failures, sets }) => {
    for (const { id, problem } of failures)
      process.stdout.write(`FAILED ${id}\n  ${problem}\n  again: xs-fumo replay '${id}'\n`);
    if (options.verbose === true)
      process.stdout.write(`${job.set} ${job.variant}: ${JSON.stringify(sets)}\n`);
  },
});
const seconds = (performance.now() - started) / 1000;
const { missing, failures, scenarios, shared, cpuMs } = tally;
process.stdout.write(
  `${tally.table()}\n${scenarios} scenarios in ${seconds.toFixed(0)} s on ${options.workers} ` +
    `processes, ` +
    `${((scenarios * 1000) / cpuMs).toFixed(0)} per CPU-second; ` +
    `${shared} ended in a state that another had gone on from; ${failures.length} violations\n`,
);
if (missing.length > 0) process.stdout.write(`never exercised: ${missing.join(", ")}\n`);
process.exitCode = failures.length > 0 || missing.length > 0 ? 1 : 0;
