/**
 * The erase blocks of the store's partition: which were in use, and the next one to use, in turn,
 * so that all wear alike.
 */
import type { Flash, FlashStatus } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { copy, equal } from "../base/bytes.ts";
import { READS_MAX } from "../base/limits.ts";
import {
  BLOCK_HEADER_BYTES,
  decodeBlockHeader,
  encodeBlockHeader,
  type BlockHeader,
  type FoundHeader,
} from "./block.ts";

/** A block with a valid header. */
export interface Block extends FoundHeader {
  readonly number: number;
}

export class Ring {
  readonly status: FlashStatus;
  /** Bytes of a block after its header. */
  readonly dataLength: number;
  /** Blocks erased since the start. */
  erases = 0;
  #flash: Flash;
  #headerLength: number;
  /** Blocks that failed since the start: taken again only when there is no other. */
  #bad = new Set<number>();
  #last = -1;
  #sequence = 0;

  constructor(flash: Flash) {
    this.#flash = flash;
    this.status = flash.status();
    const { blocks, blockLength, writeAlign } = this.status;
    this.#headerLength = this.aligned(BLOCK_HEADER_BYTES);
    this.dataLength = blockLength - this.#headerLength;
    assert(
      blocks >= 2 && blockLength % writeAlign === 0 && this.dataLength > 0,
      "a store has two blocks or more, with room in them",
    );
  }

  /** So many bytes, and what fills them up to the write alignment. */
  aligned(bytes: number): number {
    return Math.ceil(bytes / this.status.writeAlign) * this.status.writeAlign;
  }

  /** Blocks to count on. */
  get usable(): number {
    return Math.max(2, this.status.blocks - this.#bad.size);
  }

  /** Reads every header: the blocks that have one, oldest first. */
  scan(): Block[] {
    const found: Block[] = [];
    const bytes = new Uint8Array(BLOCK_HEADER_BYTES);
    for (let number = 0; number < this.status.blocks; number++) {
      const header = this.#header(number, bytes);
      if (header === undefined) continue;
      found.push({ ...header, number });
      if (header.sequence >= this.#sequence) {
        this.#sequence = header.sequence + 1;
        this.#last = number;
      }
    }
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  /**
   * A header that reads wrong once is no reason to give its block away, nor to hold that a bit of
   * it has flipped.
   */
  #header(number: number, bytes: Uint8Array): FoundHeader | undefined {
    let mended: FoundHeader | undefined;
    for (let reads = 0; reads < READS_MAX; reads++) {
      if (
        !this.#try(() => {
          this.#flash.read(bytes, number * this.status.blockLength);
        })
      )
        continue;
      const header = decodeBlockHeader(bytes);
      if (header?.mended === false || bytes[0] === this.status.eraseValue) return header;
      mended = header ?? mended;
    }
    return mended;
  }

  /** Whether the header of a block can be read: where it cannot, the flash may be out of order. */
  answers(number: number): boolean {
    return this.#header(number, new Uint8Array(BLOCK_HEADER_BYTES)) !== undefined;
  }

  /**
   * Erases the next block that `busy` does not name, and gives it a header. `generation` undefined:
   * it begins a log of its own. Undefined when none is left, or the flash fails; to call again then
   * means to try another.
   *
   * Of a sequence the remainder by the number of blocks is the block's own number: a header that a
   * cut has torn, and that is read at one start and not at the next, never has the sequence of
   * another block.
   */
  take(
    generation: number | undefined,
    continues: boolean,
    busy: (number: number) => boolean,
  ): Block | undefined {
    const number =
      this.#next((candidate) => busy(candidate) || this.#bad.has(candidate)) ?? this.#next(busy);
    if (number === undefined) return undefined;
    const { blocks } = this.status;
    const sequence = this.#sequence + ((number + blocks - (this.#sequence % blocks)) % blocks);
    const header = { sequence, generation: generation ?? sequence, continues, mended: false };
    this.#sequence = sequence + 1;
    this.#last = number;
    return this.#erase(number) && this.#begin(number, header) ? { ...header, number } : undefined;
  }

  #next(passed: (number: number) => boolean): number | undefined {
    for (let step = 1; step <= this.status.blocks; step++) {
      const number = (this.#last + step) % this.status.blocks;
      if (!passed(number)) return number;
    }
    return undefined;
  }

  /**
   * Reads data of a block; the offset counts from the end of its header. False when the flash
   * fails.
   */
  read(number: number, offset: number, buffer: Uint8Array): boolean {
    return this.#try(() => {
      this.#flash.read(buffer, number * this.status.blockLength + this.#headerLength + offset);
    });
  }

  /**
   * Writes erased data of a block and reads it back. False when the flash fails; the block is then
   * not used again.
   */
  write(number: number, offset: number, bytes: Uint8Array): boolean {
    return this.#program(number, this.#headerLength + offset, bytes);
  }

  #erase(number: number): boolean {
    this.erases++;
    const done = this.#try(() => {
      this.#flash.eraseBlock(number);
    });
    if (!done) this.#bad.add(number);
    return done;
  }

  #begin(number: number, header: BlockHeader): boolean {
    const bytes = new Uint8Array(this.#headerLength).fill(this.status.eraseValue);
    copy(bytes, 0, encodeBlockHeader(header), 0, BLOCK_HEADER_BYTES);
    return this.#program(number, 0, bytes);
  }

  #program(number: number, offset: number, bytes: Uint8Array): boolean {
    const at = number * this.status.blockLength + offset;
    const back = new Uint8Array(bytes.length);
    const done = this.#try(() => {
      this.#flash.write(bytes, at);
      this.#flash.read(back, at);
    });
    if (done && equal(back, bytes)) return true;
    this.#bad.add(number);
    return false;
  }

  /**
   * The store's only catch: a device that fails is a value from here on; anything else is not ours.
   */
  #try(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (error instanceof Error && "kind" in error && error.kind === "device") return false;
      throw error;
    }
  }
}
