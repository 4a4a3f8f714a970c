/** Large objects: values that come in chunks (OMA-TS-DM-Protocol §7). Kept whole or not at all. */
import { copy } from "../base/bytes.ts";
import { LEAF_BYTES_MAX } from "../base/limits.ts";
import { TreeStatus } from "./status.ts";

/** What is known of a large object before its first byte. `size` counts decoded bytes. */
export interface StreamMeta {
  readonly format: string;
  readonly type: string;
  readonly size?: number;
}

/**
 * Takes the bytes of a large object. `write` and `close` give statuses, 200 to go on; after another
 * one nothing was kept.
 */
export interface Sink {
  write(bytes: Uint8Array): number;
  close(): number;
  abort(): void;
}

/**
 * Collects a value that is only of use whole. 424 when the bytes do not add up, 413 when there are
 * more than `bytesMax`.
 */
export class Collector implements Sink {
  readonly #chunks: Uint8Array[] = [];
  readonly #size: number | undefined;
  readonly #bytesMax: number;
  readonly #done: (bytes: Uint8Array) => number;
  #length = 0;

  /**
   * `size` has been checked against `bytesMax`. `done` gets the whole value, and gives the status.
   */
  constructor(
    size: number | undefined,
    done: (bytes: Uint8Array) => number,
    bytesMax: number = LEAF_BYTES_MAX,
  ) {
    this.#bytesMax = bytesMax;
    this.#size = size;
    this.#done = done;
  }

  write(bytes: Uint8Array): number {
    const length = this.#length + bytes.length;
    if (this.#size !== undefined && length > this.#size) return TreeStatus.sizeMismatch;
    if (length > this.#bytesMax) return TreeStatus.tooLarge;
    this.#chunks.push(bytes.slice());
    this.#length = length;
    return TreeStatus.ok;
  }

  close(): number {
    if (this.#size !== undefined && this.#length !== this.#size) return TreeStatus.sizeMismatch;
    const value = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      copy(value, at, chunk, 0, chunk.length);
      at += chunk.length;
    }
    return this.#done(value);
  }

  abort(): void {
    this.#chunks.length = 0;
    this.#length = 0;
  }
}
