/** One machine's part of a list that several work on. */
import { Exit, RigError } from "./exit.ts";

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

export const WHOLE: Shard = { index: 1, count: 1 };

/** How engines tell a process its part: variables of its number, of how many, and of the first. */
const ENGINES: readonly (readonly [index: string, count: string, first: number | string])[] = [
  ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN"],
  ["CI_NODE_INDEX", "CI_NODE_TOTAL", 1], // GitLab, where a job has parallel:
  ["JOB_COMPLETION_INDEX", "XS_FUMO_SHARDS", 0], // Kubernetes does not say how many
  ["BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0],
  ["CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0],
];

/** What must not be set for a process that is not to be a part. */
export const SHARD_VARIABLES: readonly string[] = ENGINES.map(([index]) => index);

/**
 * Returns the part that the engine which started this process wants of it; the whole without one.
 * Throws a RigError when it names a part that is none.
 */
export function shardOf(environment: NodeJS.ProcessEnv): Shard {
  for (const [index, count, first] of ENGINES) {
    if (environment[index] === undefined || environment[count] === undefined) continue;
    const from = typeof first === "number" ? first : Number(environment[first] ?? 1);
    const part = `${Number(environment[index]) - from + 1}/${environment[count]}`;
    try {
      return parseShard(part);
    } catch (error) {
      const why = error instanceof Error ? error.message : part;
      const hint = `${index} and ${count} say so; --shard takes their place`;
      throw new RigError(Exit.usage, why, hint);
    }
  }
  return WHOLE;
}

/** Reads "2/8". Throws an Error that says what is wanted. */
export function parseShard(text: string): Shard {
  const [, index = "", count = ""] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count))
    throw new Error(`a shard is 1/4, not ${text}`);
  return shard;
}

/** The items of that part: every item is in one part. */
export function partOf<T>(items: readonly T[], { index, count }: Shard): readonly T[] {
  return items.filter((_, at) => at % count === index - 1);
}

/** Says which parts are missing or there twice; undefined when they make a whole. */
export function gapIn(shards: readonly Shard[]): string | undefined {
  const [first] = shards;
  if (first === undefined) return "no shards";
  const { count } = first;
  const other = shards.find((shard) => shard.count !== count);
  if (other !== undefined) return `shards of ${count} and of ${other.count}`;
  for (let index = 1; index <= count; index++) {
    const times = shards.filter((shard) => shard.index === index).length;
    if (times === 0) return `shard ${index}/${count} is missing`;
    if (times > 1) return `shard ${index}/${count} is there ${times} times`;
  }
  return undefined;
}
