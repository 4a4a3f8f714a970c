/** Large objects: values that come in chunks (OMA-TS-DM-Protocol §7). Kept whole or not at all. */
import { copy } from "../base/bytes.ts";
import type { Work } from "../base/work.ts";
import { Status } from "../syncml/status.ts";

/** What is known of a large object before its first byte. `size` counts decoded bytes. */
export interface StreamMeta {
  readonly format: string;
  readonly type: string;
  readonly size?: number;
  /**
   * The bytes come out of a message that is not whole yet, and perhaps never will be: what is there
   * and good must not be lost for them.
   */
  readonly early?: true;
}

/**
 * Takes the bytes of a large object. `write` and `close` give statuses, 200 to go on; after another
 * one nothing was kept. While `write` has steps left the bytes stay as they are, and nothing but
 * `abort` comes in between.
 */
export interface Sink {
  /** Bytes that it keeps in memory until it is closed or aborted. */
  readonly keeps: number;
  write(bytes: Uint8Array): Work<number>;
  close(): Work<number>;
  abort(): void;
}

/**
 * Collects a value that is only of use whole. 424 when the bytes do not add up, 413 when there are
 * more than `bytesMax`.
 */
export class Collector implements Sink {
  readonly #size: number | undefined;
  readonly #bytesMax: number;
  readonly #done: (bytes: Uint8Array) => Work<number>;
  #bytes: Uint8Array | undefined;
  #length = 0;

  /**
   * `size` has been checked against `bytesMax`. `done` gets the whole value, and gives the status.
   */
  constructor(
    size: number | undefined,
    bytesMax: number,
    done: (bytes: Uint8Array) => Work<number>,
  ) {
    this.#bytesMax = bytesMax;
    this.#size = size;
    this.#done = done;
  }

  get keeps(): number {
    return this.#size ?? this.#bytesMax;
  }

  write(bytes: Uint8Array): number {
    const length = this.#length + bytes.length;
    if (this.#size !== undefined && length > this.#size) return Status.sizeMismatch;
    if (length > this.#bytesMax) return Status.tooLarge;
    this.#bytes ??= new Uint8Array(this.keeps);
    copy(this.#bytes, this.#length, bytes, 0, bytes.length);
    this.#length = length;
    return Status.ok;
  }

  close(): Work<number> {
    if (this.#size !== undefined && this.#length !== this.#size) return Status.sizeMismatch;
    return this.#done((this.#bytes ?? new Uint8Array(0)).subarray(0, this.#length));
  }

  abort(): void {
    this.#bytes = undefined;
    this.#length = 0;
  }
}
