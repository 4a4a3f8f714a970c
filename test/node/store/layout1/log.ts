/**
 * One generation of the store: frames, one after the other, in the data of its blocks as if these
 * were one stretch of bytes. A position counts from the start of the first block's data. A frame
 * may run on into the next block.
 *
 * A block is written in one go, and after a reset only read: nobody can tell flash that is erased
 * from flash in which a program had just begun. Behind a frame whose program failed the next one
 * begins in a new block too.
 *
 * | at | bytes | frame, little-endian; its end is padded to the write alignment  |
 * |----|-------|-----------------------------------------------------------------|
 * | 0  | 1     | mark a5                                                         |
 * | 1  | 3     | n, length of the payload                                        |
 * | 4  | n     | entries                                                         |
 * | 4+n| 4     | CRC-32 of the above                                             |
 */
import { copy, filled } from "../../../../src/base/bytes.ts";
import { crc32 } from "../../../../src/base/crc32.ts";
import { READS_MAX } from "../../../../src/base/limits.ts";
import type { Block, Ring } from "./ring.ts";

/** Bytes of a frame around its payload. */
export const FRAME_BYTES = 8;
/** Empty frames behind the first one of a generation; for what, see store.ts. */
export const SEALS = 2;
/** What the length of a frame can say. */
export const FRAME_PAYLOAD_BYTES_MAX = 0xffffff;
/** Of these, before it. */
export const FRAME_HEAD_BYTES = 4;
const FRAME_MARK = 0xa5;
/** Bytes per flash operation; not less than any alignment. */
const CHUNK_BYTES = 512;

/** A whole frame: where its payload begins, and the bytes of that. */
export interface Frame {
  readonly position: number;
  readonly length: number;
}

export class Log {
  #ring: Ring;
  #blocks: Block[];
  #tail: number;
  #chunk = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #crc = 0;
  #failed = false;

  /** A log over `blocks`, oldest first: none for a new one. The next frame goes to a new block. */
  constructor(ring: Ring, blocks: readonly Block[]) {
    this.#ring = ring;
    this.#blocks = [...blocks];
    this.#tail = this.end;
  }

  get blockCount(): number {
    return this.#blocks.length;
  }
  /** The position after the last block. */
  get end(): number {
    return this.#blocks.length * this.#ring.dataLength;
  }
  /** Where the next frame goes. */
  get tail(): number {
    return this.#tail;
  }

  holds(number: number): boolean {
    return this.#blocks.some((block) => block.number === number);
  }

  /** Fills the buffer from a position inside the log. False when the flash fails. */
  read(position: number, buffer: Uint8Array): boolean {
    const { dataLength } = this.#ring;
    let done = 0;
    while (done < buffer.length) {
      const offset = (position + done) % dataLength;
      const block = this.#blocks[Math.floor((position + done) / dataLength)];
      const count = Math.min(buffer.length - done, dataLength - offset);
      if (
        block === undefined ||
        !this.#ring.read(block.number, offset, buffer.subarray(done, done + count))
      )
        return false;
      done += count;
    }
    return true;
  }

  /** Visits each whole frame, oldest first. True when what follows the last one reads as erased. */
  scan(visit: (frame: Frame) => void): boolean {
    const { dataLength } = this.#ring;
    let position = 0;
    let blank = true;
    while (position < this.end) {
      const index = Math.floor(position / dataLength);
      const next = (index + 1) * dataLength;
      const inside = position % dataLength === 0 && this.#blocks[index]?.continues === true;
      const length = inside ? undefined : this.#frameLength(position);
      if (length !== undefined) visit({ position: position + FRAME_HEAD_BYTES, length });
      blank = length !== undefined || (blank && !inside && this.#blank(position, next));
      position = length === undefined ? next : position + this.#ring.aligned(FRAME_BYTES + length);
    }
    return blank;
  }

  /**
   * Which seal is there, the last one if both are: 0 for none, undefined when the first frame is
   * not whole. One that a later fault made unreadable is passed over.
   */
  seal(): number | undefined {
    let position = 0;
    let found: number | undefined;
    for (let seal = 0; seal <= SEALS; seal++) {
      const length = this.#frameLength(position);
      if (length !== undefined) found = seal;
      else if (seal === 0) return undefined;
      position += this.#ring.aligned(FRAME_BYTES + (length ?? 0));
    }
    return found;
  }

  /**
   * The payload's length of the frame at a position, or undefined when there is no whole one,
   * however often it is read.
   */
  #frameLength(position: number): number | undefined {
    for (let reads = 0; reads < READS_MAX; reads++) {
      const length = this.#readFrame(position);
      if (length !== "broken") return length;
    }
    return undefined;
  }

  /** `broken`: there is something, and it is no whole frame. */
  #readFrame(position: number): number | "broken" | undefined {
    const bytes = this.#chunk.subarray(0, FRAME_HEAD_BYTES);
    if (position + FRAME_BYTES > this.end) return undefined;
    if (!this.read(position, bytes)) return "broken";
    if (bytes[0] !== FRAME_MARK)
      return bytes[0] === this.#ring.status.eraseValue ? undefined : "broken";
    const length = (bytes[1] ?? 0) | ((bytes[2] ?? 0) << 8) | ((bytes[3] ?? 0) << 16);
    const end = position + FRAME_HEAD_BYTES + length;
    if (end + 4 > this.end) return "broken";
    let crc = 0;
    for (let at = position; at < end; at += CHUNK_BYTES) {
      const part = this.#chunk.subarray(0, Math.min(CHUNK_BYTES, end - at));
      if (!this.read(at, part)) return "broken";
      crc = crc32(part, crc);
    }
    const stored = new DataView(this.#chunk.buffer, 0, 4);
    return this.read(end, this.#chunk.subarray(0, 4)) && stored.getUint32(0, true) === crc
      ? length
      : "broken";
  }

  /**
   * Appends a frame of `length` bytes, which `content` gives to `put` piece by piece; `busy` names
   * blocks not to take. The position of its first payload byte; undefined when the flash fails or
   * has no block left: then the log holds what it held, and the next frame begins in a new block.
   */
  append(
    length: number,
    busy: (number: number) => boolean,
    content: (put: (bytes: Uint8Array) => void) => void,
  ): number | undefined {
    const payload = this.#tail + FRAME_HEAD_BYTES;
    this.#filled = 0;
    this.#crc = 0;
    this.#failed = false;
    const put = (bytes: Uint8Array): void => {
      this.#crc = crc32(bytes, this.#crc);
      this.#put(bytes, payload - FRAME_HEAD_BYTES, busy);
    };
    put(Uint8Array.of(FRAME_MARK, length & 0xff, (length >> 8) & 0xff, length >> 16));
    content(put);
    const crc = this.#crc;
    put(Uint8Array.of(crc & 0xff, (crc >>> 8) & 0xff, (crc >>> 16) & 0xff, crc >>> 24));
    this.#flush(payload - FRAME_HEAD_BYTES, busy);
    if (!this.#failed) return payload;
    this.#tail = this.end;
    return undefined;
  }

  /** Appends the seals. False when the flash fails. */
  close(busy: (number: number) => boolean): boolean {
    for (let count = 0; count < SEALS; count++)
      if (this.append(0, busy, () => undefined) === undefined) return false;
    return true;
  }

  #put(bytes: Uint8Array, frame: number, busy: (number: number) => boolean): void {
    for (let from = 0; from < bytes.length; ) {
      const count = Math.min(bytes.length - from, CHUNK_BYTES - this.#filled);
      copy(this.#chunk, this.#filled, bytes, from, from + count);
      this.#filled += count;
      from += count;
      if (this.#filled === CHUNK_BYTES) this.#flush(frame, busy);
    }
  }

  /**
   * Writes the chunk, padded to the alignment, at the tail; a block is taken when the tail stands
   * at the end.
   */
  #flush(frame: number, busy: (number: number) => boolean): void {
    const { dataLength, status } = this.#ring;
    const length = this.#ring.aligned(this.#filled);
    this.#chunk.fill(status.eraseValue, this.#filled, length);
    this.#filled = 0;
    for (let from = 0; from < length && !this.#failed; ) {
      if (this.#tail === this.end && !this.#extend(this.#tail > frame, busy)) break;
      const offset = this.#tail % dataLength;
      const count = Math.min(length - from, dataLength - offset);
      const block = this.#blocks[Math.floor(this.#tail / dataLength)];
      if (
        block === undefined ||
        !this.#ring.write(block.number, offset, this.#chunk.subarray(from, from + count))
      )
        this.#failed = true;
      this.#tail += count;
      from += count;
    }
  }

  #extend(continues: boolean, busy: (number: number) => boolean): boolean {
    const block = this.#ring.take(
      this.#blocks[0]?.generation,
      continues,
      (number) => busy(number) || this.holds(number),
    );
    if (block === undefined) this.#failed = true;
    else this.#blocks.push(block);
    return block !== undefined;
  }

  #blank(from: number, to: number): boolean {
    for (let at = from; at < to; at += CHUNK_BYTES) {
      const part = this.#chunk.subarray(0, Math.min(CHUNK_BYTES, to - at));
      if (!this.read(at, part) || !filled(part, 0, part.length, this.#ring.status.eraseValue))
        return false;
    }
    return true;
  }
}
