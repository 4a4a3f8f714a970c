/**
 * The staging slot: a package is written to it as a stream, block by block, and survives
 * interruptions.
 *
 * Invariants:
 *   - A block is erased when the stream enters it, so nothing is programmed over what an
 *     interruption left.
 *   - The stored progress counts whole blocks that are durable, for one generation of the record;
 *     it never runs ahead of the flash.
 *     It is stored by `checkpoint`, which the caller does between writes, where the stack is
 *     shallow.
 *   - Below `#compareEnd` incoming bytes are compared with the flash instead of written. The last
 *     block of the slot is never
 *     compared: a difference inside a block needs the block after it as a spare.
 *   - In RAM are less than `writeAlign` bytes of the package.
 */
import type { Flash, FlashStatus } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { copy, equal } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import type { Store } from "../store/store.ts";

/** Key of the progress in the store. */
export const PROGRESS_KEY = "update.progress";

/**
 * It is written once a block of the slot, and so is no JSON: version 1; generation and bytes, in 32
 * bits, little-endian.
 */
const PROGRESS_BYTES = 9;
const PROGRESS_VERSION = 1;
/** Of a delta package: version 2, and the segment at which to go on. */
const DELTA_PROGRESS_BYTES = 17;
const DELTA_PROGRESS_VERSION = 2;

/**
 * Bytes moved at a time when flash is compared with, or copied to, flash. A multiple of every
 * writeAlign.
 */
const PIECE_BYTES = 512;

/** Where a segment of a delta package begins, in the package and in the image. */
export interface Segment {
  readonly from: number;
  readonly image: number;
}

export interface StoredProgress {
  readonly generation: number;
  /** Bytes of the image that are durable, whole blocks. */
  readonly bytes: number;
  /** Of a delta package: where to go on. */
  readonly segment?: Segment;
}

const NO_PROGRESS: StoredProgress = frozen({ generation: 0, bytes: 0 });

/** What the store says. Firmware that knows version 1 alone finds no progress in version 2. */
export function storedProgress(store: Store): StoredProgress {
  const record = store.get(PROGRESS_KEY);
  if (record === undefined) return NO_PROGRESS;
  const version = record[0];
  const isDelta = version === DELTA_PROGRESS_VERSION;
  if (!isDelta && version !== PROGRESS_VERSION) return NO_PROGRESS;
  if (record.length < (isDelta ? DELTA_PROGRESS_BYTES : PROGRESS_BYTES)) return NO_PROGRESS;
  const view = new DataView(record.buffer);
  const progress = { generation: view.getUint32(1, true), bytes: view.getUint32(5, true) };
  if (!isDelta) return progress;
  const segment = { from: view.getUint32(9, true), image: view.getUint32(13, true) };
  return segment.image <= progress.bytes ? { ...progress, segment } : NO_PROGRESS;
}

/**
 * Every function throws what the flash and the store throw; the stream must then be begun again.
 */
export class Staging {
  /** Bytes that fit. */
  readonly capacity: number;
  /** Progress is durable by blocks of so many bytes. */
  readonly blockLength: number;
  #flash: Flash;
  #store: Store;
  #status: FlashStatus;
  #generation = 0;
  #durable = 0;
  #compareEnd = 0;
  /** Bytes before the carry: a multiple of writeAlign. */
  #at = 0;
  #carry: Uint8Array;
  #held = 0;
  /** Bytes after the last of the package that `finish` added. */
  #padding = 0;
  #piece = new Uint8Array(PIECE_BYTES);
  /** Of a delta package: where to go on behind the last whole block. */
  segment: Segment | undefined;

  constructor(flash: Flash, store: Store) {
    this.#flash = flash;
    this.#store = store;
    this.#status = flash.status();
    this.blockLength = this.#status.blockLength;
    this.capacity = this.#status.blocks * this.blockLength;
    this.#carry = new Uint8Array(this.#status.writeAlign);
  }

  /** Bytes taken since the first of the package. */
  get position(): number {
    return this.#at + this.#held - this.#padding;
  }

  /**
   * Bytes to write next, at most: up to the end of a block. While a part of a unit of writeAlign is
   * held its rest comes alone, so that what follows is written from where it lies.
   */
  get room(): number {
    const { writeAlign } = this.#status;
    return this.#held > 0
      ? writeAlign - this.#held
      : this.blockLength - (this.#at % this.blockLength);
  }

  /**
   * Goes on behind what is durable of this generation: the next byte is number `position`. `image`:
   * bytes that a delta package makes. Of a package of the other kind nothing counts, nor more than
   * there can be. Returns the segment of a delta package at which to go on, if there is one.
   */
  resume(generation: number, image?: number): Segment | undefined {
    const stored = this.#begin(generation);
    const isOther = (stored.segment === undefined) !== (image === undefined);
    const { capacity } = this;
    if (isOther || this.#durable > (image ?? capacity) || (image ?? 0) > capacity)
      this.#durable = 0;
    this.#at = this.#durable;
    return this.#durable > 0 ? stored.segment : undefined;
  }

  /**
   * Starts at the first byte of the package; what is durable of this generation is compared, and
   * written only where it differs. From here on progress counts what has been compared: a block
   * that differs may be erased at any moment.
   */
  compare(generation: number): void {
    this.#begin(generation);
    this.#compareEnd = Math.min(this.#durable, this.capacity - this.#status.blockLength);
    if (this.#durable > 0) this.#progress(0);
  }

  /** Makes the progress durable when another block is whole: true. */
  checkpoint(): boolean {
    const whole = this.#at - (this.#at % this.#status.blockLength);
    if (whole <= this.#durable) return false;
    this.#progress(whole);
    return true;
  }

  /** Takes the next bytes. They must fit. */
  write(bytes: Uint8Array): void {
    const { position, capacity, blockLength } = this;
    const { writeAlign } = this.#status;
    assert(position + bytes.length <= capacity, "the package fits");
    let from = 0;
    while (from < bytes.length) {
      const left = bytes.length - from;
      if (this.#held > 0 || left < writeAlign) {
        const taken = Math.min(left, writeAlign - this.#held);
        copy(this.#carry, this.#held, bytes, from, from + taken);
        this.#held += taken;
        from += taken;
        if (this.#held === writeAlign) {
          this.#held = 0;
          this.#put(this.#carry);
        }
      } else {
        const length = Math.min(left - (left % writeAlign), blockLength - (this.#at % blockLength));
        this.#put(length === bytes.length ? bytes : bytes.subarray(from, from + length));
        from += length;
      }
    }
  }

  /** Writes what is held back. The package is whole and durable when it returns. */
  finish(): void {
    if (this.#held === 0) return;
    this.#padding = this.#status.writeAlign - this.#held;
    this.#carry.fill(this.#status.eraseValue, this.#held);
    this.#held = 0;
    this.#put(this.#carry);
  }

  /** Reads the package; the board's flash bounds it. */
  read(buffer: Uint8Array, offset: number): void {
    this.#flash.read(buffer, offset);
  }

  #begin(generation: number): StoredProgress {
    const stored = storedProgress(this.#store);
    const bytes = stored.generation === generation ? stored.bytes : 0;
    this.#generation = generation;
    this.#durable = bytes <= this.capacity && bytes % this.#status.blockLength === 0 ? bytes : 0;
    this.#compareEnd = 0;
    this.#at = 0;
    this.#held = 0;
    this.#padding = 0;
    this.segment = undefined;
    return stored;
  }

  /** Makes aligned bytes that lie in one block durable at #at. */
  #put(bytes: Uint8Array): void {
    const { blockLength } = this.#status;
    if (this.#at < this.#compareEnd && !this.#same(bytes)) this.#diverge();
    if (this.#at >= this.#compareEnd) {
      if (this.#at % blockLength === 0) this.#flash.eraseBlock(this.#at / blockLength);
      this.#flash.write(bytes, this.#at);
    }
    this.#at += bytes.length;
  }

  #same(bytes: Uint8Array): boolean {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      const part = bytes.subarray(from, Math.min(from + PIECE_BYTES, bytes.length));
      const present = this.#piece.subarray(0, part.length);
      this.#flash.read(present, this.#at + from);
      if (!equal(present, part)) return false;
    }
    return true;
  }

  /**
   * From #at on the package is another one. The beginning of this block is right: it moves to the
   * next block and back.
   */
  #diverge(): void {
    const { blockLength } = this.#status;
    const start = this.#at - (this.#at % blockLength);
    this.#compareEnd = 0;
    if (this.#at === start) return;
    const spare = start + blockLength;
    this.#flash.eraseBlock(spare / blockLength);
    this.#move(start, spare, this.#at - start);
    this.#flash.eraseBlock(start / blockLength);
    this.#move(spare, start, this.#at - start);
  }

  #move(from: number, to: number, length: number): void {
    for (let done = 0; done < length; done += PIECE_BYTES) {
      const part = this.#piece.subarray(0, Math.min(PIECE_BYTES, length - done));
      this.#flash.read(part, from + done);
      this.#flash.write(part, to + done);
    }
  }

  #progress(bytes: number): void {
    const { segment } = this;
    const isDelta = segment !== undefined;
    const record = new Uint8Array(isDelta ? DELTA_PROGRESS_BYTES : PROGRESS_BYTES);
    const view = new DataView(record.buffer);
    view.setUint8(0, isDelta ? DELTA_PROGRESS_VERSION : PROGRESS_VERSION);
    if (isDelta) {
      view.setUint32(9, segment.from, true);
      view.setUint32(13, segment.image, true);
    }
    view.setUint32(1, this.#generation, true);
    view.setUint32(5, bytes, true);
    this.#store.commit([[PROGRESS_KEY, record]]);
    this.#durable = bytes;
  }
}
