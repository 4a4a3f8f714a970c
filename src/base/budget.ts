/**
 * The memory that a peer may have the device spend, as one number: what is decoded, staged or kept
 * of a message, whatever it is, is charged here before it is made. A heap of XS cannot say that it
 * is full, it resets the board; so what would not fit is refused beforehand.
 */
import { frozen } from "./frozen.ts";

/**
 * What values take on a heap of XS on a chip of 32 bits, where a slot has 16 bytes: no less than
 * what was measured.
 */
export const Cost = frozen({
  /** A command with its lists, without its texts and items. */
  command: 128,
  /** An item, or the meta information of one, without its texts. */
  item: 80,
  meta: 48,
  /** A view of bytes that are there. */
  view: 80,
  /** Bytes, or a text, besides their length. */
  bytes: 128,
  text: 32,
  /** A node of a description of a tree, without its texts. */
  node: 112,
  /** An answer that waits for room, and another command that it is for. */
  answer: 256,
  entry: 16,
  /** A change that waits for its commit, besides the lengths of key and value. */
  change: 320,
  /** A key of the store, besides its length. */
  fact: 128,
});

export class Budget {
  readonly #limit: number;
  #used = 0;

  /** Bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that may still be charged. */
  get left(): number {
    return this.#limit - this.#used;
  }

  /** Takes so many bytes. False, and nothing is taken, when that would be too many. */
  charge(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.#used += bytes;
    return true;
  }

  /** Gives back so many bytes. */
  release(bytes: number): void {
    this.#used -= bytes;
  }

  /** All that was charged is gone, but for so many bytes. */
  reset(used: number): void {
    this.#used = used;
  }
}
