/**
 * A delta package on its way to the staging slot: what the decoder makes of it goes there, and what
 * the decoder asks for comes from the slot, or from the image that runs.
 */
import {
  CORRUPT,
  Delta,
  NEEDS_BASE,
  NEEDS_IMAGE,
  NEEDS_SEGMENT,
  WINDOW_BYTES,
  WORK_BYTES,
} from "../base/delta.ts";
import { VERIFY_STEP_BYTES } from "../base/limits.ts";
import type { RunningBase } from "./runningbase.ts";
import type { Segment, Staging } from "./staging.ts";

export class Unpack {
  #staging: Staging;
  #base: RunningBase;
  #baseLength: number;
  #delta: Delta;
  #work = new Uint8Array(WORK_BYTES);
  #window = new Uint8Array(WINDOW_BYTES);
  /** Bytes of the package, and of the image as far as it was handed out. */
  #position: number;
  #made: number;
  /** What was durable when decoding began, and is dropped. */
  #durable: number;
  #imageLength: number;
  /** The one under way. */
  #segment: Segment;
  /** The segment is here, all of it: the next byte begins another one. */
  #isWhole = true;
  /** What came has to be decoded: `work`. */
  pending = false;

  /** `start`: the segment that comes first. The staging slot has been begun. */
  constructor(
    staging: Staging,
    base: RunningBase,
    baseLength: number,
    imageLength: number,
    start: Segment,
  ) {
    this.#staging = staging;
    this.#base = base;
    this.#baseLength = baseLength;
    this.#imageLength = imageLength;
    this.#delta = new Delta(baseLength, imageLength, start.image);
    this.#position = start.from;
    this.#made = start.image;
    this.#durable = staging.position;
    this.#segment = staging.segment = start;
  }

  /** Bytes of the package so far. */
  get position(): number {
    return this.#position;
  }

  /** True when the image is whole. */
  get complete(): boolean {
    return this.#made === this.#imageLength;
  }

  /** Bytes until the segment is whole: at most so many are lost when power fails. */
  get room(): number {
    return this.#delta.missing();
  }

  /**
   * Takes the next bytes, up to the end of a segment: that is left to `work`. Returns how many, or
   * undefined when they are corrupt.
   */
  take(bytes: Uint8Array): number | undefined {
    let at = 0;
    while (at < bytes.length && !this.pending) {
      if (this.#isWhole) this.#segment = { from: this.#position, image: this.#delta.position() };
      const taken = this.#delta.feed(bytes, at);
      if (taken === CORRUPT) return undefined;
      this.pending = this.#isWhole = this.#delta.missing() === 0;
      at += taken;
      this.#position += taken;
    }
    return at;
  }

  /**
   * Decodes on, until a block is whole, or about VERIFY_STEP_BYTES of flash have been read or made:
   * a few bytes of a package may make all of the image, and each of its tokens may read elsewhere.
   * Returns false when they are corrupt. Throws what flash throws.
   */
  work(): boolean {
    const end = this.#made + this.#staging.room;
    let left = VERIFY_STEP_BYTES;
    while (this.pending && left > 0 && this.#made < end) {
      const result = this.#delta.run(this.#work, this.#window);
      if (result === NEEDS_SEGMENT) this.pending = false;
      else if (result === CORRUPT) return false;
      else if (result === NEEDS_BASE) left -= this.#fill(this.#base, this.#baseLength);
      else if (result === NEEDS_IMAGE) left -= this.#fill(this.#staging, this.#made);
      else left -= this.#put(result);
    }
    return true;
  }

  /** Returns bytes that it read. */
  #fill(flash: { read(buffer: Uint8Array, offset: number): void }, limit: number): number {
    const from = this.#delta.wanted();
    const count = Math.min(WINDOW_BYTES, limit - from);
    flash.read(count < WINDOW_BYTES ? this.#window.subarray(0, count) : this.#window, from);
    return WINDOW_BYTES;
  }

  /** A piece of the image, without what is durable already. Returns its length. */
  #put(length: number): number {
    const before = this.#made;
    const place = before % WORK_BYTES;
    const skip = Math.min(length, Math.max(0, this.#durable - before));
    if (skip < length) this.#staging.write(this.#work.subarray(place + skip, place + length));
    this.#made += length;
    const end = this.#made - (this.#made % this.#staging.blockLength);
    if (end > before) this.#note(end);
    return length;
  }

  /**
   * Once the image is durable to this byte it goes on at the segment under way, or at the next one,
   * if one ends here. One that begins behind it is no place to go on: the one before stays.
   */
  #note(end: number): void {
    const isOver = this.#delta.missing() > 0 && this.#delta.position() === end && !this.complete;
    const segment = isOver ? { from: this.#position, image: end } : this.#segment;
    if (segment.image <= end) this.#staging.segment = segment;
  }
}
