/**
 * What each bit of the model costs, on average, in code that was made before. The generator weighs
 * its tokens with that.
 */
import { MODEL, PROBABILITY_BITS, Token } from "../../../src/base/deltamodel.ts";
import { ModelBits } from "./modelbits.ts";

/** Lengths whose price is kept. */
const KEPT = 256;

export class Prices extends ModelBits {
  /** Of a zero and of a one at each place. */
  #cost: Float64Array;
  #sum = 0;
  #literal: Float64Array;
  #copyLength: Float64Array;
  #matchLength: Float64Array;

  /** Each bit costs one bit where nothing is known. */
  constructor(cost = new Float64Array(MODEL.size * 2).fill(1)) {
    super();
    this.#cost = cost;
    this.#literal = Float64Array.from({ length: 4 * 256 }, (_, index) => {
      this.#sum = 0;
      this.tree(MODEL.literal + (index >> 8) * 256, 8, index & 255);
      return this.#sum;
    });
    this.#copyLength = Float64Array.from({ length: 16 * KEPT }, (_, index) =>
      this.#copyNumber(Math.floor(index / KEPT), index % KEPT),
    );
    this.#matchLength = Float64Array.from({ length: KEPT }, (_, length) =>
      this.#matchNumber(length),
    );
  }

  override bit(at: number, isOne: boolean): void {
    this.#sum += this.#cost[at * 2 + (isOne ? 1 : 0)] ?? 1;
  }

  override direct(_value: number, bits: number): void {
    this.#sum += bits;
  }

  /** A byte of the image, at that place. */
  literal(last: number, at: number, byte: number): number {
    return this.#kind(last, at, Token.literal) + (this.#literal[(at & 3) * 256 + byte] ?? 0);
  }

  /** What follows in base. */
  copy(last: number, at: number, length: number): number {
    const context = last * 4 + (at & 3);
    const number =
      length < KEPT
        ? (this.#copyLength[context * KEPT + length] ?? 0)
        : this.#copyNumber(context, length);
    return this.#kind(last, at, Token.copy) + number;
  }

  /** What a match costs but for its length: in the image, so many bytes back. */
  back(last: number, at: number, distance: number): number {
    this.#sum = this.#kind(last, at, Token.match);
    this.tree(MODEL.from, 2, 0);
    this.distance(MODEL.imageFar, distance);
    return this.#sum;
  }

  /** What a match costs but for its length: in base, so many bytes from what follows there. */
  jump(last: number, at: number, distance: number): number {
    this.#sum = this.#kind(last, at, Token.match);
    this.tree(MODEL.from, 2, 1);
    this.bit(MODEL.sign, distance < 0);
    this.distance(MODEL.baseFar, Math.abs(distance));
    return this.#sum;
  }

  /** What a match costs but for its length: where base was read before. `which`: 0 or 1. */
  again(last: number, at: number, which: number): number {
    this.#sum = this.#kind(last, at, Token.match);
    this.tree(MODEL.from, 2, 2 + which);
    return this.#sum;
  }

  matchLength(length: number): number {
    return length < KEPT ? (this.#matchLength[length] ?? 0) : this.#matchNumber(length);
  }

  #kind(last: number, at: number, kind: number): number {
    const tree = MODEL.kind + (last * 4 + (at & 3)) * 4;
    const high = kind >> 1;
    const cost = this.#cost;
    return (cost[(tree + 1) * 2 + high] ?? 1) + (cost[(tree + 2 + high) * 2 + (kind & 1)] ?? 1);
  }

  #copyNumber(context: number, length: number): number {
    if (length === 0) return 0;
    this.#sum = 0;
    this.number(MODEL.copyBits + context * 32, MODEL.copyTail, length);
    return this.#sum;
  }

  #matchNumber(length: number): number {
    this.#sum = 0;
    this.number(MODEL.matchBits, MODEL.matchTail, length + 1);
    return this.#sum;
  }
}

/** Adds up what bits cost while they are coded. */
export class PriceMeter {
  #sum = new Float64Array(MODEL.size * 2);
  #count = new Uint32Array(MODEL.size * 2);

  /** `probability`: of a zero, in 2^-11. */
  note(at: number, isOne: boolean, probability: number): void {
    const row = at * 2 + (isOne ? 1 : 0);
    const whole = 1 << PROBABILITY_BITS;
    const chance = isOne ? whole - probability : probability;
    this.#sum[row] = (this.#sum[row] ?? 0) + PROBABILITY_BITS - Math.log2(chance);
    this.#count[row] = (this.#count[row] ?? 0) + 1;
  }

  /** One bit, seen once, is added: what was never seen costs that. */
  prices(): Prices {
    return new Prices(this.#sum.map((sum, row) => (sum + 1) / ((this.#count[row] ?? 0) + 1)));
  }
}
