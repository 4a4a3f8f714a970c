/**
 * The range coder that src/base/delta.ts decodes: adaptive bits of 11, and plain ones. A carry
 * waits in delayed bytes; the first byte, which is always 0, is left out.
 */
import {
  ADAPT_SHIFT,
  FAR_LOW,
  FAR_LOW_BITS,
  FAR_TOP,
  FAR_TOP_BITS,
  MODEL,
  PROBABILITY_BITS,
  PROBABILITY_START,
  RANGE_MIN,
  TAIL_BITS,
} from "../../../src/base/deltamodel.ts";

/** Bytes that `finish` adds at most. */
const TAIL_BYTES = 5;

export class RangeCoder {
  #probability = new Uint16Array(MODEL.size);
  #bytes: number[] = [];
  #low = 0;
  #range = 0;
  #cache = 0;
  #pending = 0;
  #isFirst = true;

  constructor() {
    this.reset();
  }

  /** The model and the code begin anew. */
  reset(): void {
    this.#probability.fill(PROBABILITY_START);
    this.#bytes = [];
    this.#low = this.#cache = this.#pending = 0;
    this.#range = 0xffffffff;
    this.#isFirst = true;
  }

  /** Bytes of the code if it ended here, at most. */
  get size(): number {
    return this.#bytes.length + this.#pending + TAIL_BYTES;
  }

  bit(at: number, isOne: boolean): void {
    const probability = this.#probability[at] ?? 0;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    if (isOne) {
      this.#low += bound;
      this.#range -= bound;
      this.#probability[at] = probability - (probability >> ADAPT_SHIFT);
    } else {
      this.#range = bound;
      this.#probability[at] =
        probability + (((1 << PROBABILITY_BITS) - probability) >> ADAPT_SHIFT);
    }
    this.#normalise();
  }

  /** The low `bits` of a value, the highest first, each in the context of those before it. */
  tree(at: number, bits: number, value: number): void {
    let node = 1;
    for (let i = bits - 1; i >= 0; i--) {
      const isOne = ((value >>> i) & 1) === 1;
      this.bit(at + node, isOne);
      node = node * 2 + (isOne ? 1 : 0);
    }
  }

  direct(value: number, bits: number): void {
    for (let i = bits - 1; i >= 0; i--) {
      this.#range >>>= 1;
      if (((value >>> i) & 1) === 1) this.#low += this.#range;
      this.#normalise();
    }
  }

  /** 1 to 2^32 - 1. */
  number(bitsAt: number, tailAt: number, value: number): void {
    const rest = 31 - Math.clz32(value);
    this.tree(bitsAt, 5, rest);
    const tail = value - 2 ** rest;
    if (rest <= TAIL_BITS) this.tree(tailAt + (1 << rest) - 1, rest, tail);
    else this.direct(tail, rest);
  }

  /** 1 to 2^32 - 1. */
  distance(at: number, value: number): void {
    const rest = 31 - Math.clz32(value);
    const top = Math.min(rest, FAR_TOP_BITS);
    const low = Math.min(rest - top, FAR_LOW_BITS);
    const middle = rest - top - low;
    this.tree(at, 5, rest);
    this.tree(at + FAR_TOP + rest * 4, top, value >>> (rest - top));
    this.direct((value >>> low) & ((1 << middle) - 1), middle);
    this.tree(at + FAR_LOW, low, value);
  }

  /** The code, whole. */
  finish(): Uint8Array {
    for (let i = 0; i < TAIL_BYTES; i++) this.#shift();
    return Uint8Array.from(this.#bytes);
  }

  #normalise(): void {
    while (this.#range < RANGE_MIN) {
      this.#range *= 256;
      this.#shift();
    }
  }

  #shift(): void {
    const carry = this.#low >= 2 ** 32 ? 1 : 0;
    if (carry === 1 || this.#low < 0xff000000) {
      if (!this.#isFirst) this.#bytes.push((this.#cache + carry) & 0xff);
      this.#isFirst = false;
      for (; this.#pending > 0; this.#pending--) this.#bytes.push((0xff + carry) & 0xff);
      this.#cache = Math.floor(this.#low / RANGE_MIN) & 0xff;
    } else this.#pending++;
    this.#low = (this.#low % RANGE_MIN) * 256;
  }
}
