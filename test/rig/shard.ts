/** One machine's part of a list that several work on. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

export const WHOLE: Shard = { index: 1, count: 1 };

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
