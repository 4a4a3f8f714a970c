/**
 * The inputs of a parser by number: the same number, and seed, is the same input wherever it runs.
 */
import { Choices, edited, joined } from "./choices.ts";
import type { Parser } from "./parser.ts";

/** Inputs that are made of one document: as it is, and edited. */
const VARIANTS = 10;
const NOTHING = new Uint8Array(0);

export class Inputs {
  readonly #parser: Parser;
  readonly #seed: number;
  /** The document that input #number / VARIANTS is made of. */
  #document: Uint8Array = NOTHING;
  #number = -1;

  constructor(parser: Parser, seed: number) {
    this.#parser = parser;
    this.#seed = seed;
  }

  /** The first are the corpus as it is. */
  input(index: number): Uint8Array {
    const { corpus, words } = this.#parser;
    const given = corpus[index];
    if (given !== undefined) return given.slice();
    const number = Math.floor(index / VARIANTS);
    if (number !== this.#number) {
      this.#number = number;
      this.#document = this.#make(new Choices(this.#seed, number));
    }
    if (index % VARIANTS === 0) return this.#document.slice();
    return edited(this.#document, new Choices(this.#seed + 0x5bd1, index), words, corpus);
  }

  /** One of the corpus, two of them, one that is made, or noise. */
  #make(choices: Choices): Uint8Array {
    const { corpus, make } = this.#parser;
    const one = choices.from(corpus);
    const kind = choices.of(16);
    if (kind === 0) return choices.bytes(choices.of(64));
    if (kind === 1)
      return joined(one.subarray(0, choices.of(one.length + 1)), choices.from(corpus));
    return make === undefined || kind < 5 ? one : make(choices);
  }
}

/**
 * The least that still fails: parts of the input are left out, halves first, then ever smaller
 * ones, as long as `fails` says so. For a person, and for the corpus.
 */
export function smallest(input: Uint8Array, fails: (input: Uint8Array) => boolean): Uint8Array {
  let result = input;
  for (let length = result.length >> 1; length > 0; length >>= 1) {
    for (let at = 0; at + length <= result.length; ) {
      const less = joined(result.subarray(0, at), result.subarray(at + length));
      if (fails(less.slice())) result = less;
      else at += length;
    }
  }
  return result;
}
