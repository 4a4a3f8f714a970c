/** A campaign over several processes: hands out jobs until they, or the time, are used up. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { root } from "../../root.ts";
import { partOf, type Shard } from "../../rig/shard.ts";
import { shuffled } from "../../rig/suite/choice.ts";
import { type Job, jobsOf, type Size } from "./plan.ts";
import { Tally, type TallyData } from "./tally.ts";
import type { Order } from "./worker.ts";

export interface CampaignOptions {
  readonly size: Size;
  /** This machine's part of the jobs: `index` of `count`, from 1. */
  readonly shard: Shard;
  /** The first round of seeds. */
  readonly seed: number;
  /** So many jobs at most, of all parts together; which follows from the seed. */
  readonly sample?: number;
  /** Go on, in rounds of other seeds, for so long; undefined: one round. */
  readonly budgetMs?: number;
  readonly workers: number;
  readonly onJob?: (job: Job, found: TallyData) => void;
}

const BUILD = join(root, "build/js/test/simulation");

/** Everything that was found. Rejects when a process dies. */
export async function campaign(options: CampaignOptions): Promise<Tally> {
  const { shard, budgetMs, size, sample, seed } = options;
  const tally = new Tally();
  const started = performance.now();
  const all = jobsOf(size);
  const chosen = sample === undefined ? all : shuffled(all, seed).slice(0, sample);
  const jobs = partOf(chosen, shard);
  let next = 0;
  let round = options.seed;
  const take = (): Order | undefined => {
    if (budgetMs !== undefined && performance.now() - started > budgetMs) return undefined;
    if (next === jobs.length) {
      if (budgetMs === undefined) return undefined;
      next = 0;
      round++;
    }
    const job = jobs[next++];
    return job === undefined ? undefined : { job, round, size };
  };
  const found = (order: Order, data: TallyData): void => {
    tally.merge(data);
    options.onJob?.(order.job, data);
  };
  await Promise.all(Array.from({ length: options.workers }, () => work(take, found)));
  return tally;
}

function work(
  take: () => Order | undefined,
  found: (order: Order, data: TallyData) => void,
): Promise<void> {
  const worker = fork(join(BUILD, "campaign/worker.js"), {
    execArgv: ["--enable-source-maps", "--import", join(BUILD, "native/register.js")],
  });
  return new Promise((resolve, reject) => {
    let order: Order | undefined;
    worker.on("message", (data: TallyData) => {
      if (order !== undefined) found(order, data);
      order = give(worker, take);
    });
    worker.on("exit", (code) => {
      if (order === undefined) resolve();
      else
        reject(
          new Error(
            `a worker died with status ${code ?? "?"} at ${order.job.set} ${order.job.variant}`,
          ),
        );
    });
    order = give(worker, take);
  });
}

/** The next job goes to the worker; undefined when there is none, and then the worker ends. */
function give(worker: ChildProcess, take: () => Order | undefined): Order | undefined {
  const order = take();
  if (order === undefined) worker.disconnect();
  else worker.send(order);
  return order;
}
