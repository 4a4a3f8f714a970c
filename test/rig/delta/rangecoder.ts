/**
 * The range coder that src/base/delta.ts decodes: adaptive bits of 11, and plain ones. A carry
 * waits in delayed bytes; the first byte, which is always 0, is left out.
 */
import {
  ADAPT_SHIFT,
  MODEL,
  PROBABILITY_BITS,
  PROBABILITY_START,
  RANGE_MIN,
} from "../../../src/base/deltamodel.ts";
import { ModelBits } from "./modelbits.ts";
import type { PriceMeter } from "./prices.ts";

/** Bytes that `finish` adds at most. */
const TAIL_BYTES = 5;

export class RangeCoder extends ModelBits {
  #meter: PriceMeter | undefined;
  #probability = new Uint16Array(MODEL.size);
  #bytes: number[] = [];
  #low = 0;
  #range = 0;
  #cache = 0;
  #pending = 0;
  #isFirst = true;

  /** `meter` learns what each bit costs. */
  constructor(meter?: PriceMeter) {
    super();
    this.#meter = meter;
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

  override bit(at: number, isOne: boolean): void {
    const probability = this.#probability[at] ?? 0;
    this.#meter?.note(at, isOne, probability);
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

  override direct(value: number, bits: number): void {
    for (let i = bits - 1; i >= 0; i--) {
      this.#range >>>= 1;
      if (((value >>> i) & 1) === 1) this.#low += this.#range;
      this.#normalise();
    }
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
