/** How the inputs of the long run are shared between parsers and threads. */
import type { Parser } from "../../unit/fuzz/parser.ts";
import { PARSERS } from "../../unit/fuzz/parsers.ts";
import { CONVERTER } from "./convert.ts";

/** All that are fuzzed on Node. */
export const FUZZED: readonly Parser[] = [...PARSERS, CONVERTER];

/**
 * What one thread feeds: of each parser's `counts` inputs those numbered `from`, `from` + `step`
 * and so on.
 */
export interface Part {
  readonly seed: number;
  readonly from: number;
  readonly step: number;
  readonly counts: readonly number[];
  /** Shared: which parser, and which input of it, is being read. */
  readonly progress: Int32Array;
}

/** Of one parser. */
export interface Count {
  readonly accepted: number;
  readonly fed: number;
}

/** So many inputs for each parser, by weight; with `only`, all for those whose name has it. */
export function countsOf(inputs: number, only: string | undefined): number[] {
  const weights = FUZZED.map(({ name, weight }) =>
    only === undefined || name.includes(only) ? weight : 0,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => Math.ceil((inputs * weight) / sum));
}
