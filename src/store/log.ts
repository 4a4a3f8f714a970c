/**
 * One generation of the store, and which of those on flash counts. A generation is frames, one
 * after the other, in the data of its blocks as if these were one stretch of bytes. A position
 * counts from the start of the first block's data. A frame may run on into the next block.
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
import { copy, filled } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import { READS_MAX } from "../base/limits.ts";
import { flippedBit } from "./flip.ts";
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

/** Where the payload of a frame begins, and its bytes. */
export interface Frame {
  readonly position: number;
  readonly length: number;
  /** False: its CRC is wrong, though it was written whole. */
  readonly whole: boolean;
}

/** A bit that has flipped, as the mask of it in its byte, and what it is. */
interface Mend {
  readonly position: number;
  readonly mask: number;
  readonly bit: number;
}

/**
 * What stands where a frame may begin. `blank`: nothing was written there, or there is no room.
 * `broken`: no head of a frame. Else the length that the head says; `syndrome` is 0 when the CRC is
 * right.
 */
type Found = "blank" | "broken" | { readonly length: number; readonly syndrome: number };

export class Log {
  #ring: Ring;
  #blocks: Block[];
  #tail: number;
  #chunk = new Uint8Array(CHUNK_BYTES);
  #filled = 0;
  #crc = 0;
  #failed = false;
  #mends: Mend[] = [];

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

  /** Bits that have flipped, and that every read puts right. */
  get mended(): number {
    return this.#mends.length + this.#blocks.filter((block) => block.mended).length;
  }

  holds(number: number): boolean {
    return this.#blocks.some((block) => block.number === number);
  }

  /** Whether the flash says anything sensible about the block at a position. */
  answers(position: number): boolean {
    const block = this.#blocks[Math.floor(position / this.#ring.dataLength)];
    return block !== undefined && this.#ring.answers(block.number);
  }

  /**
   * Puts right the bit number `bit` from a position on, which has flipped, if `isGood` holds then.
   * Else nothing changes, and it returns false.
   */
  mend(position: number, bit: number, isGood: () => boolean): boolean {
    const byte = new Uint8Array(1);
    const at = position + (bit >> 3);
    const mask = 1 << (bit & 7);
    if (at >= this.end || !this.read(at, byte)) return false;
    this.#mends.push({ position: at, mask, bit: ~(byte[0] ?? 0) & mask });
    if (isGood()) return true;
    this.#mends.pop();
    return false;
  }

  /** The same for any bit of the four bytes that a frame or an entry begins with: its lengths. */
  mendHead(position: number, isGood: () => boolean): boolean {
    for (let bit = 0; bit < FRAME_HEAD_BYTES * 8; bit++)
      if (this.mend(position, bit, isGood)) return true;
    return false;
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
    for (const mend of this.#mends) {
      const at = mend.position - position;
      if (at >= 0 && at < buffer.length) buffer[at] = ((buffer[at] ?? 0) & ~mend.mask) | mend.bit;
    }
    return true;
  }

  /**
   * Visits each frame that was written whole, oldest first: one whose CRC is wrong, too, if there
   * is another one behind it. True when what follows the last one reads as erased.
   */
  scan(visit: (frame: Frame) => void): boolean {
    const { dataLength } = this.#ring;
    let position = 0;
    let blank = true;
    while (position < this.end) {
      const index = Math.floor(position / dataLength);
      const next = (index + 1) * dataLength;
      const inside = position % dataLength === 0 && this.#blocks[index]?.continues === true;
      const frame = inside ? undefined : this.#writtenAt(position);
      if (frame !== undefined) visit(frame);
      blank = frame !== undefined || (blank && !inside && this.#blank(position, next));
      position = frame === undefined ? next : this.#after(frame);
    }
    return blank;
  }

  /**
   * Which seal is there, the last one if both are: 0 for none, undefined when the first frame is
   * not whole either. A seal proves that it was: it may be damaged since. A seal that a later fault
   * made unreadable is passed over.
   */
  seal(): number | undefined {
    for (let reads = 0; reads < READS_MAX; reads++) {
      const seal = this.#sealBehind();
      if (seal > 0) return seal;
    }
    if (this.#wholeAt(0) !== undefined) return 0;
    return this.mendHead(0, () => this.#sealBehind() > 0) ? this.#sealBehind() : undefined;
  }

  /** The last seal behind the first frame; 0: there is none. */
  #sealBehind(): number {
    const length = this.#lengthAt(0);
    if (typeof length === "string") return 0;
    let position = this.#ring.aligned(FRAME_BYTES + length);
    let last = 0;
    for (let seal = 1; seal <= SEALS; seal++) {
      if (this.#wholeAt(position)?.length === 0) last = seal;
      position += this.#ring.aligned(FRAME_BYTES);
    }
    return last;
  }

  /** Whether a frame that was whole is, again or once more, be it that one bit is put right. */
  isWhole({ position, length }: Frame): boolean {
    const frame = this.#frameAt(position - FRAME_HEAD_BYTES);
    return frame?.whole === true && frame.length === length;
  }

  /** Where the next frame after this one begins. */
  #after({ position, length }: Frame): number {
    return position - FRAME_HEAD_BYTES + this.#ring.aligned(FRAME_BYTES + length);
  }

  /**
   * The frame at a position. One that is not whole was once, if something follows: what comes after
   * a torn frame begins in a new block.
   */
  #writtenAt(position: number): Frame | undefined {
    const frame = this.#frameAt(position);
    if (frame === undefined || frame.whole) return frame;
    return this.#frameAt(this.#after(frame))?.whole === true ? frame : undefined;
  }

  /** The frame at a position, whole where one flipped bit can be put right. */
  #frameAt(position: number): Frame | undefined {
    const frame = this.#wholeAt(position);
    if (frame !== undefined) return frame;
    const found = this.#look(position);
    if (found === "blank") return undefined;
    const isWhole = (): boolean => {
      const now = this.#look(position);
      return typeof now !== "string" && now.syndrome === 0;
    };
    if (this.mendHead(position, isWhole)) return this.#wholeAt(position);
    if (found === "broken") return undefined;
    const { length, syndrome } = found;
    const bit = flippedBit(syndrome, FRAME_HEAD_BYTES + length);
    const whole = bit !== undefined && this.mend(position, bit, isWhole);
    return { position: position + FRAME_HEAD_BYTES, length, whole };
  }

  /** The frame at a position if it is whole, once in READS_MAX reads. */
  #wholeAt(position: number): Frame | undefined {
    for (let reads = 0; reads < READS_MAX; reads++) {
      const found = this.#look(position);
      if (found === "blank") return undefined;
      if (found !== "broken" && found.syndrome === 0)
        return { position: position + FRAME_HEAD_BYTES, length: found.length, whole: true };
    }
    return undefined;
  }

  #look(position: number): Found {
    const length = this.#lengthAt(position);
    if (typeof length === "string") return length;
    const end = position + FRAME_HEAD_BYTES + length;
    let crc = 0;
    for (let at = position; at < end; at += CHUNK_BYTES) {
      const part = this.#chunk.subarray(0, Math.min(CHUNK_BYTES, end - at));
      if (!this.read(at, part)) return "broken";
      crc = crc32(part, crc);
    }
    const stored = new DataView(this.#chunk.buffer, 0, 4);
    if (!this.read(end, this.#chunk.subarray(0, 4))) return "broken";
    return { length, syndrome: crc ^ stored.getUint32(0, true) };
  }

  /** The length that the head of the frame at a position says; for the words see Found. */
  #lengthAt(position: number): number | "blank" | "broken" {
    const head = this.#chunk.subarray(0, FRAME_HEAD_BYTES);
    if (position + FRAME_BYTES > this.end) return "blank";
    if (!this.read(position, head)) return "broken";
    if (head[0] !== FRAME_MARK)
      return head[0] === this.#ring.status.eraseValue ? "blank" : "broken";
    const length = (head[1] ?? 0) | ((head[2] ?? 0) << 8) | ((head[3] ?? 0) << 16);
    return position + FRAME_BYTES + length > this.end ? "broken" : length;
  }

  /**
   * Appends a frame of `length` bytes, which `content` gives to `put` piece by piece; `busy` names
   * blocks not to take. Returns the position of its first payload byte; undefined when `content`
   * says that what it gave is wrong, or the flash fails or has no block left: then the log holds
   * what it held, and the next frame begins in a new block.
   */
  append(
    length: number,
    busy: (number: number) => boolean,
    content: (put: (bytes: Uint8Array) => void) => boolean,
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
    if (!content(put)) this.#failed = true;
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
      if (this.append(0, busy, () => true) === undefined) return false;
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

/**
 * The generation that counts, absent when none does. `begun`: there is something of a newer one.
 * `before`: while the last seal of the one that counts may not be there, the one before it that is
 * sealed for good.
 */
export interface Counting {
  readonly log: Log | undefined;
  readonly begun: boolean;
  readonly before: Log | undefined;
}

/**
 * The newest generation with a seal. Without one nothing was ever read from any of them, or what
 * was read is in the oldest that is whole: it was given a seal that a cut has torn, and there was
 * no room to keep the one before it.
 */
export function countingOf(ring: Ring): Counting {
  const blocks = ring.scan();
  const newest = blocks.at(-1);
  let log: Log | undefined;
  let sealed = false;
  let before: Log | undefined;
  for (let start = blocks.length - 1; start >= 0 && before === undefined; start--) {
    const first = blocks[start];
    if (first === undefined || first.sequence !== first.generation) continue;
    const candidate = new Log(
      ring,
      blocks.filter((block) => block.generation === first.generation),
    );
    const seal = candidate.seal();
    if (seal === SEALS) before = candidate;
    if (sealed || seal === undefined) continue;
    log = candidate;
    sealed = seal > 0;
  }
  return {
    log,
    begun: newest !== undefined && log?.holds(newest.number) !== true,
    before: before === log ? undefined : before,
  };
}
