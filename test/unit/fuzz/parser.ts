/**
 * What a parser under fuzzing is. One entry of parsers.ts is all that one needs: `npm test` feeds
 * every entry its corpus, on Node and on XS, and its share of a million inputs made of that, on
 * Node.
 */
import type { Choices } from "./choices.ts";

export interface Parser {
  readonly name: string;
  /** Its share of the inputs, beside those of the others. */
  readonly weight: number;
  /**
   * Inputs that mean something to it, good and bad: what others are made of by editing, cutting and
   * joining.
   */
  readonly corpus: readonly Uint8Array[];
  /** Words of its format; they are put into inputs. */
  readonly words: readonly Uint8Array[];
  /** Makes a document of its format from nothing. */
  readonly make?: (choices: Choices) => Uint8Array;
  /**
   * Takes one input, a copy of its own that it may rewrite, and throws when something does not hold
   * that must hold for every input. True when the input was accepted.
   */
  readonly check: (input: Uint8Array) => boolean;
}

/** Fails a check. Cheaper than node:assert, which reads its own source to say what is wrong. */
export function must(good: boolean, otherwise: string): asserts good {
  if (!good) throw new Error(otherwise);
}
