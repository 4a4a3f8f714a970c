/**
 * Work that a few bytes of a peer may ask for, and that takes longer than a step of the client may:
 * a result, or what is left to do before there is one.
 */
import { assert } from "./assert.ts";

/** What is left of it. */
export interface Pending<T> {
  /** Does a bounded piece: the result, or what is left then. */
  step(): Work<T>;
  /** Gives it up: no step follows. */
  abort(): void;
}

type Result = number | readonly number[];
export type Work<T> = T | Pending<T>;

export function isPending<T extends Result>(work: Work<T>): work is Pending<T> {
  return typeof work === "object" && "step" in work;
}

/** The result of work that has no step left. */
export function resultOf<T extends Result>(work: Work<T>): T {
  assert(!isPending(work), "it takes no more than a step");
  return work;
}

/** What `next` makes of the result: at once, or behind the last step. */
export function after<T extends Result, U extends Result>(
  work: Work<T>,
  next: (result: T) => Work<U>,
): Work<U> {
  if (!isPending(work)) return next(work);
  return {
    step: () => after(work.step(), next),
    abort: () => {
      work.abort();
    },
  };
}
