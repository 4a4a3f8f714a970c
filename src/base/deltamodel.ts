/**
 * The model of delta packages (XDP1): kinds of tokens, and where each adaptive bit of the code
 * lies. Decoder and generator have it in common.
 */
import { frozen } from "./frozen.ts";

/** Differences that are remembered. */
export const RECENT = 31;

/** Kinds of tokens. */
export const Token = frozen({ copy: 0, add: 1, literal: 2, match: 3 });

/** Where each adaptive bit lies; trees of n bits take 2^n places. */
export const MODEL = frozen({
  kind: 0,
  copyBits: 64,
  copyTail: 576,
  addIndex: 640,
  addBits: 768,
  from: 832,
  matchBits: 836,
  matchTail: 868,
  baseFar: 932,
  imageFar: 1108,
  sign: 1284,
  literal: 1285,
  size: 2309,
});

/** Within a distance: 32 lengths of tops, 4 places each, and its low bits. */
export const FAR_TOP = 32;
export const FAR_LOW = 160;
export const FAR_TOP_BITS = 2;
export const FAR_LOW_BITS = 4;
/** Bits below the top one of a number that are modelled; longer ones are plain. */
export const TAIL_BITS = 5;

export const PROBABILITY_BITS = 11;
export const PROBABILITY_START = 1024;
export const ADAPT_SHIFT = 4;
/** The coder shifts a byte below this. */
export const RANGE_MIN = 0x1000000;
