/** Which scenarios a run has, and in which order. */
import { Random } from "../../../hal/sim/random.ts";
import { partOf, type Shard } from "../shard.ts";
import type { TestScenario } from "./scenario.ts";

export interface Choice {
  /** Patterns of names, in which * stands for any characters; none: every name. */
  readonly filters: readonly string[];
  readonly shard: Shard;
  /** Shuffles; absent: the order of the table. */
  readonly seed?: number;
  /** So many of them at most, after shuffling. */
  readonly sample?: number;
}

/** Returns the scenarios of that choice. The same choice gives the same ones, in the same order. */
export function chosen(
  scenarios: readonly TestScenario[],
  { filters, shard, seed, sample }: Choice,
): readonly TestScenario[] {
  const patterns = filters.map(patternOf);
  const named = scenarios.filter(
    ({ name }) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name)),
  );
  const ordered = seed === undefined ? named : shuffled(named, seed);
  return partOf(ordered.slice(0, sample ?? ordered.length), shard);
}

function patternOf(filter: string): RegExp {
  const parts = filter.split("*").map((part) => part.replace(/[^\w-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/** Returns the items in an order that follows from the seed. */
export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const random = new Random(seed);
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(random.below(left.length), 1));
  return order;
}
