/** How the values of a delta package are put as bits, each with its place in the model. */
import {
  FAR_LOW,
  FAR_LOW_BITS,
  FAR_TOP,
  FAR_TOP_BITS,
  TAIL_BITS,
} from "../../../src/base/deltamodel.ts";

export abstract class ModelBits {
  /** A bit whose chance the model learns at `at`. */
  abstract bit(at: number, isOne: boolean): void;

  /** The low `bits` of a value, whose chances are even. */
  abstract direct(value: number, bits: number): void;

  /** The low `bits` of a value, the highest first, each in the context of those before it. */
  tree(at: number, bits: number, value: number): void {
    let node = 1;
    for (let i = bits - 1; i >= 0; i--) {
      const isOne = ((value >>> i) & 1) === 1;
      this.bit(at + node, isOne);
      node = node * 2 + (isOne ? 1 : 0);
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
}
