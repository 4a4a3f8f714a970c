/**
 * The tokens that cost least, for a piece of an image that nothing in base resembles as a whole:
 * the shortest way through its bytes, where each token is a step and its price the length.
 */
import { Token } from "../../../src/base/deltamodel.ts";
import type { Matcher } from "./matcher.ts";
import type { Prices } from "./prices.ts";
import type { DeltaToken } from "./token.ts";

/** A match of so many bytes is taken whole. */
const LONG = 192;

/** The cheapest way to each byte of the piece, and one behind it. */
class Ways {
  readonly cost: Float64Array;
  /** Kind of the last token, as the decoder remembers it. */
  readonly last: Uint8Array;
  readonly length: Int32Array;
  /** Distance in the image, or 0: the token is a literal or from base. */
  readonly back: Int32Array;
  readonly isLiteral: Uint8Array;
  /** After it. */
  readonly bias: Int32Array;
  readonly before: readonly [Int32Array, Int32Array];

  constructor(count: number) {
    this.cost = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
    this.last = new Uint8Array(count + 1);
    this.length = new Int32Array(count + 1);
    this.back = new Int32Array(count + 1);
    this.isLiteral = new Uint8Array(count + 1);
    this.bias = new Int32Array(count + 1);
    this.before = [new Int32Array(count + 1), new Int32Array(count + 1)];
  }
}

/** A piece of the image, target[start, end), behind bytes whose bias is known. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly bias: number;
}

export class Cheapest {
  #target: Uint8Array;
  #matcher: Matcher;
  #prices: Prices;
  #piece: Piece = { start: 0, end: 0, bias: 0 };
  #ways = new Ways(0);

  constructor(target: Uint8Array, matcher: Matcher, prices: Prices) {
    this.#target = target;
    this.#matcher = matcher;
    this.#prices = prices;
  }

  of(piece: Piece): readonly DeltaToken[] {
    const { start, end, bias } = piece;
    this.#piece = piece;
    const ways = new Ways(end - start);
    this.#ways = ways;
    ways.cost[0] = 0;
    ways.last[0] = Token.copy;
    ways.bias[0] = ways.before[0][0] = ways.before[1][0] = bias;
    for (let at = start; at < end; ) at = this.#from(at);
    return this.#tokens();
  }

  /** Takes each step that begins at `at`. Returns the next place that is worth it. */
  #from(at: number): number {
    const { start, end } = this.#piece;
    const index = at - start;
    const ways = this.#ways;
    const matcher = this.#matcher;
    const here = matcher.start + at;
    this.#literal(at);
    const bias = ways.bias[index] ?? 0;
    const places = [bias, ways.before[0][index] ?? 0, ways.before[1][index] ?? 0];
    for (const [which, other] of places.entries()) {
      if (which > 0 && other === bias) continue;
      const from = at + other;
      if (from < 0 || from >= matcher.start) continue;
      const length = matcher.same(from, here, Math.min(end - at, matcher.start - from));
      if (this.#base(at, other, length)) return at + length;
    }
    let shorter = 0;
    for (const { place, length } of matcher.find(at, end, at + bias)) {
      const isLong =
        place < matcher.start
          ? this.#base(at, place - at, length)
          : this.#image(at, here - place, length, shorter);
      if (isLong) return at + length;
      shorter = length;
    }
    return at + 1;
  }

  #literal(at: number): void {
    const index = at - this.#piece.start;
    const last = this.#ways.last[index] ?? 0;
    const price = this.#prices.literal(last, at, this.#target[at] ?? 0);
    if (!this.#isCheaper(index, 1, price)) return;
    this.#step(index, 1, price, Token.literal);
    this.#ways.isLiteral[index + 1] = 1;
  }

  /** Bytes of the image; those up to `shorter` are nearer. Returns whether it is a long match. */
  #image(at: number, back: number, length: number, shorter: number): boolean {
    const index = at - this.#piece.start;
    const price = this.#prices.back(this.#ways.last[index] ?? 0, at, back);
    const isLong = length >= LONG;
    for (let n = isLong ? length : shorter + 1; n <= length; n++) {
      const whole = price + this.#prices.matchLength(n);
      if (!this.#isCheaper(index, n, whole)) continue;
      this.#step(index, n, whole, Token.match);
      this.#ways.back[index + n] = back;
    }
    return isLong;
  }

  /** Bytes of base. Returns whether it is a long match. */
  #base(at: number, bias: number, length: number): boolean {
    const index = at - this.#piece.start;
    const ways = this.#ways;
    const prices = this.#prices;
    const last = ways.last[index] ?? 0;
    const now = ways.bias[index] ?? 0;
    const first = ways.before[0][index] ?? 0;
    const second = ways.before[1][index] ?? 0;
    let price = 0;
    if (bias === first) price = prices.again(last, at, 0);
    else if (bias === second) price = prices.again(last, at, 1);
    else if (bias !== now) price = prices.jump(last, at, bias - now);
    const isLong = length >= LONG;
    for (let n = isLong ? length : 1; n <= length; n++) {
      const whole = bias === now ? prices.copy(last, at, n) : price + prices.matchLength(n);
      if (!this.#isCheaper(index, n, whole)) continue;
      this.#step(index, n, whole, Token.copy);
      if (bias === now) continue;
      const to = index + n;
      ways.bias[to] = bias;
      ways.before[0][to] = now;
      ways.before[1][to] = bias === first ? second : first;
    }
    return isLong;
  }

  #isCheaper(index: number, length: number, price: number): boolean {
    const { cost } = this.#ways;
    return (cost[index] ?? 0) + price < (cost[index + length] ?? 0);
  }

  /** Goes that way; what it does to the decoder beyond its kind, the caller says. */
  #step(index: number, length: number, price: number, last: number): void {
    const ways = this.#ways;
    const to = index + length;
    ways.cost[to] = (ways.cost[index] ?? 0) + price;
    ways.length[to] = length;
    ways.last[to] = last;
    ways.isLiteral[to] = ways.back[to] = 0;
    ways.bias[to] = ways.bias[index] ?? 0;
    ways.before[0][to] = ways.before[0][index] ?? 0;
    ways.before[1][to] = ways.before[1][index] ?? 0;
  }

  #tokens(): readonly DeltaToken[] {
    const { start, end } = this.#piece;
    const { length: lengths, back: backs, bias, isLiteral } = this.#ways;
    const tokens: DeltaToken[] = [];
    for (let index = end - start; index > 0; ) {
      const length = lengths[index] ?? 0;
      const back = backs[index] ?? 0;
      const at = start + index - length;
      if (isLiteral[index] === 1) tokens.push({ kind: "literal", at });
      else if (back > 0) tokens.push({ kind: "match", at, length, back });
      else tokens.push({ kind: "match", at, length, bias: bias[index] ?? 0 });
      index -= length;
    }
    return tokens.reverse();
  }
}
