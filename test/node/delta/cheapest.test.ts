/** The generator chooses the tokens that cost least. */
import fc from "fast-check";
import { equal, ok, test } from "../../check.ts";
import { Token } from "../../../src/base/deltamodel.ts";
import { coded } from "../../rig/delta/body.ts";
import { Cheapest } from "../../rig/delta/cheapest.ts";
import { Matcher } from "../../rig/delta/matcher.ts";
import { Prices } from "../../rig/delta/prices.ts";
import type { DeltaToken } from "../../rig/delta/token.ts";
import { firmware, noise } from "../../unit/base/deltaimages.ts";

const NONE = Buffer.alloc(0);
/** The shortest match that is looked for. */
const MATCH_BYTES = 3;

function tokensOf(image: Uint8Array, prices: Prices): readonly DeltaToken[] {
  const cheapest = new Cheapest(image, new Matcher(NONE, image), prices);
  return cheapest.of({ start: 0, end: image.length, bias: 0 });
}

/** Where no bit is cheaper than another, no kind depends on the one before. */
function priceOf(token: DeltaToken, image: Uint8Array, prices: Prices): number {
  const { at } = token;
  if (token.kind === "literal") return prices.literal(Token.copy, at, image[at] ?? 0);
  if (!("back" in token)) throw new Error(`a ${token.kind} without a base`);
  return prices.back(Token.copy, at, token.back) + prices.matchLength(token.length);
}

/** The price of the cheapest of all literals and matches, each tried at each place. */
function leastPrice(image: Uint8Array, prices: Prices): number {
  const least = new Array<number>(image.length + 1).fill(Number.POSITIVE_INFINITY);
  least[0] = 0;
  const step = (token: DeltaToken, length: number): void => {
    const whole = (least[token.at] ?? 0) + priceOf(token, image, prices);
    least[token.at + length] = Math.min(least[token.at + length] ?? 0, whole);
  };
  for (let at = 0; at < image.length; at++) {
    step({ kind: "literal", at }, 1);
    for (let back = 1; back <= at; back++)
      for (let n = 1; at + n <= image.length && image[at + n - 1] === image[at + n - 1 - back]; n++)
        if (n >= MATCH_BYTES) step({ kind: "match", at, length: n, back }, n);
  }
  return least[image.length] ?? 0;
}

test("no literals and matches cost less than those that are chosen", () => {
  const prices = new Prices();
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60, max: 2 }), (image) => {
      const chosen = tokensOf(image, prices);
      const price = chosen.reduce((sum, token) => sum + priceOf(token, image, prices), 0);
      const least = leastPrice(image, prices);
      ok(price <= least, `${price} bits, and ${least} would do`);
    }),
    { numRuns: 500 },
  );
});

test("what was read of base before is read again for less", () => {
  const base = Buffer.from(noise(4000, 5));
  const prices = new Prices();
  const image = Buffer.concat([base.subarray(900, 905), base.subarray(3000, 3005)]);
  const twice = Buffer.concat([image, base.subarray(910, 915), base.subarray(3010, 3015)]);
  const cheapest = new Cheapest(twice, new Matcher(base, twice), prices);
  const tokens = cheapest.of({ start: 0, end: twice.length, bias: 0 });
  equal(
    tokens.map((token) => ("bias" in token ? token.bias : 0)).join(" "),
    [900, 2995, 900, 2995].join(" "),
  );
});

test("a hundred thousand bytes of one value are two tokens", () => {
  equal(tokensOf(new Uint8Array(100_000), new Prices()).length, 2);
});

test("prices of code that was made make the next code shorter", () => {
  const pair = { base: NONE, image: Buffer.from(firmware(60_000, 0x20000000)) };
  const runs = [{ at: 0, from: 0, same: 0, end: pair.image.length }];
  const first = coded(pair, runs, new Prices());
  const second = coded(pair, runs, first.prices);
  ok(second.body.length < first.body.length, `${second.body.length}, ${first.body.length} bytes`);
});
