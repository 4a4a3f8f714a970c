/** The result of a part of the campaign as a file, and the parts as one. */
import { gapIn, type Shard } from "../../rig/shard.ts";
import type { Size } from "./plan.ts";
import { Tally, type TallyData } from "./tally.ts";

/** What one process found in its part. */
export interface ShardResult {
  readonly size: Size;
  readonly seed: number;
  readonly shard: Shard;
  /** How many jobs the parts have together, where it is not all of them. */
  readonly sample?: number;
  readonly tally: TallyData;
}

/**
 * Puts the parts of one campaign together. Throws an Error when they are not of one, when a part is
 * missing, or there twice.
 */
export function merged(parts: readonly ShardResult[]): Tally {
  const gap = gapIn(parts.map(({ shard }) => shard));
  if (gap !== undefined) throw new Error(gap);
  const names = new Set(parts.map(nameOf));
  if (names.size > 1) throw new Error(`shards of different campaigns: ${[...names].join(", ")}`);
  const tally = new Tally();
  for (const part of parts) tally.merge(part.tally);
  return tally;
}

/** Names the campaign that a part is of. */
function nameOf({ size, seed, sample }: ShardResult): string {
  const jobs = sample === undefined ? "" : `${sample} jobs of `;
  return `${jobs}${size} with seed ${seed}`;
}
