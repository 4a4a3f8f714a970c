/** Which of the generations on flash counts. */
import { Log, SEALS } from "./log.ts";
import type { Ring } from "./ring.ts";

/**
 * The generation that counts, absent when none does. `begun`: there is something of a newer one.
 * `before`: while the last seal of the one that counts may not be there, the one before it that is
 * sealed for good.
 */
export interface Counting {
  readonly log: Log | undefined;
  readonly begun: boolean;
  readonly before: Log | undefined;
}

/**
 * The newest generation with a seal. Without one nothing was ever read from any of them, or what
 * was read is in the oldest that is whole: it was given a seal that a cut has torn, and there was
 * no room to keep the one before it.
 */
export function countingOf(ring: Ring): Counting {
  const blocks = ring.scan();
  const newest = blocks.at(-1);
  let log: Log | undefined;
  let sealed = false;
  let before: Log | undefined;
  for (let start = blocks.length - 1; start >= 0 && before === undefined; start--) {
    const first = blocks[start];
    if (first === undefined || first.sequence !== first.generation) continue;
    const candidate = new Log(
      ring,
      blocks.filter((block) => block.generation === first.generation),
    );
    const seal = candidate.seal();
    if (seal === SEALS) before = candidate;
    if (sealed || seal === undefined) continue;
    log = candidate;
    sealed = seal > 0;
  }
  return {
    log,
    begun: newest !== undefined && log?.holds(newest.number) !== true,
    before: before === log ? undefined : before,
  };
}
