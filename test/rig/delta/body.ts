/** The body of a package: the segments that make an image of its base, in few bytes. */
import { align, type Run } from "./alignment.ts";
import { withoutPointers } from "./pointers.ts";
import { PriceMeter, Prices } from "./prices.ts";
import { encodeSegments, type SegmentLimits } from "./segments.ts";
import { Tokens } from "./tokens.ts";

/** An image and its base, which may be empty. */
export interface Pair {
  readonly base: Buffer;
  readonly image: Buffer;
}

export interface Body {
  readonly body: Buffer;
  /** What its bits cost. Tokens that are chosen by that are cheaper. */
  readonly prices: Prices;
}

/** `runs`: which part of the image resembles which part of base. */
export function coded(
  { base, image }: Pair,
  runs: readonly Run[],
  prices: Prices,
  limits: Partial<SegmentLimits> = {},
): Body {
  const meter = new PriceMeter();
  const tokens = new Tokens(base, image, prices).of(runs);
  return { body: encodeSegments(image, tokens, limits, meter), prices: meter.prices() };
}

/**
 * Finds what resembles what in two ways. The one that takes fewer bytes is coded once more, with
 * the prices of the first time: a third time saves no more.
 */
export function smallestBody(pair: Pair, limits: Partial<SegmentLimits>): Buffer {
  const bare = withoutPointers(pair.base, pair.image);
  const ways = [pair, ...(bare === undefined ? [] : [bare])].map(({ base, image }) => {
    const runs = align(base, image);
    return { runs, ...coded(pair, runs, new Prices(), limits) };
  });
  const best = ways.reduce((a, b) => (b.body.length < a.body.length ? b : a));
  const { body } = coded(pair, best.runs, best.prices, limits);
  return body.length < best.body.length ? body : best.body;
}
