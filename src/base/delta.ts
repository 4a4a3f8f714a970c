/**
 * Decoder of delta packages (XDP1): segments of range-coded tokens become the bytes of an image, of
 * which most are copied from the image that runs. Portable version; boards with XS use the native
 * module of the same name.
 *
 * The bytes of a package are hostile: each token is checked against base, image and segment before
 * it is performed. Nothing is allocated after construction, nothing recurs, and a segment lies
 * whole in memory before it is decoded. The decoder reads no flash: it asks for it (`run`).
 */
import {
  ADAPT_SHIFT,
  FAR_LOW,
  FAR_LOW_BITS,
  FAR_TOP,
  FAR_TOP_BITS,
  MODEL,
  PROBABILITY_BITS,
  PROBABILITY_START,
  RANGE_MIN,
  RECENT,
  TAIL_BITS,
  Token,
} from "./deltamodel.ts";

/** Bytes of code in a segment at most, of its head, and of the code that any coder ends with. */
export const SEGMENT_BYTES_MAX = 2560;
export const SEGMENT_HEAD_BYTES = 10;
const CODE_BYTES_MIN = 4;
/** The image comes in pieces that end at multiples of this, in bytes, and at its end. */
export const PIECE_BYTES = 256;
/** Bytes of the buffer for pieces: byte n of the image lies at the remainder of n. */
export const WORK_BYTES = 512;
/** Bytes of flash that the decoder asks for at a time. */
export const WINDOW_BYTES = 256;
/** What `run` answers instead of a length. */
export const NEEDS_SEGMENT = 0;
export const CORRUPT = -1;
export const NEEDS_BASE = -2;
export const NEEDS_IMAGE = -3;

export class Delta {
  #baseLength: number;
  #imageLength: number;
  #probability = new Uint16Array(MODEL.size);
  #input = new Uint8Array(SEGMENT_HEAD_BYTES + SEGMENT_BYTES_MAX);
  #recent = new Int32Array(RECENT);
  /**
   * Bytes of the segment, its head included: wanted, here, decoded. Before the head is whole no
   * more than the head is wanted.
   */
  #length = SEGMENT_HEAD_BYTES;
  #held = 0;
  #next = 0;
  /** Bytes of the image that are made, that are handed out, and where this segment ends. */
  #out: number;
  #given: number;
  #end: number;
  /** What lies before this in the image is in flash alone. */
  #first: number;
  /** Place in base = place in image + bias, modulo 2^32; and the two before. */
  #bias = 0;
  #before = 0;
  #before2 = 0;
  #range = 0;
  #code = 0;
  #last = 0;
  /** Bytes of the token under way; its distance back in the image, 0: it copies from base. */
  #left = 0;
  #back = 0;
  /** A place in base was sought for the ADD that must follow. */
  #sought = false;
  /** An ADD waits for its word of base. */
  #adding = false;
  #difference = 0;
  /** What the caller's window holds: flash from here on, of this kind; or what is asked for. */
  #window = 0;
  #windowKind: number = NEEDS_SEGMENT;
  #failed = false;

  /**
   * `from`: the place in the image at which the next segment begins, 0 or what was recorded. Throws
   * a RangeError when it lies outside of the image.
   */
  constructor(baseLength: number, imageLength: number, from: number) {
    if (from > imageLength) throw new RangeError("a segment begins in the image");
    this.#baseLength = baseLength;
    this.#imageLength = imageLength;
    this.#out = this.#given = this.#end = this.#first = from;
  }

  /** Bytes of the image that are made; at the start of a segment, its place. */
  position(): number {
    return this.#out;
  }

  /** Bytes of the package until the segment, or its head, is whole; 0 while there is one to run. */
  missing(): number {
    return this.#length - this.#held;
  }

  /** Where the flash that `run` asks for begins. */
  wanted(): number {
    return this.#window;
  }

  /**
   * Takes bytes[from, …) of the package, as far as the head of the segment goes, or its code.
   * Returns how many it took, or CORRUPT.
   */
  feed(bytes: Uint8Array, from: number): number {
    if (from > bytes.length) throw new RangeError("feed");
    const taken = Math.min(this.#length - this.#held, bytes.length - from);
    if (taken > 0 && this.#out === this.#imageLength) this.#failed = true;
    if (this.#failed) return CORRUPT;
    this.#input.set(bytes.subarray(from, from + taken), this.#held);
    this.#held += taken;
    if (taken === 0 || this.#held < this.#length) return taken;
    if (this.#held > SEGMENT_HEAD_BYTES) for (let i = 0; i < CODE_BYTES_MIN; i++) this.#shift();
    else if (!this.#open()) {
      this.#failed = true;
      return CORRUPT;
    }
    return taken;
  }

  /**
   * Decodes on. Returns the length of a piece of the image, which lies in `work`, of WORK_BYTES,
   * and has to be in flash when `run` is called next; or NEEDS_SEGMENT: feed the next one, or the
   * image is whole; NEEDS_BASE, NEEDS_IMAGE: put into `window`, of WINDOW_BYTES, what flash holds
   * from `wanted()` on, as far as it fits and goes, and call again. `work` is the same for each
   * call.
   */
  run(work: Uint8Array, window: Uint8Array): number {
    if (work.length !== WORK_BYTES || window.length !== WINDOW_BYTES) throw new RangeError("run");
    for (;;) {
      if (this.#failed) return CORRUPT;
      const stop = Math.min(
        this.#given - (this.#given % PIECE_BYTES) + PIECE_BYTES,
        this.#imageLength,
      );
      if (this.#out >= stop && stop > this.#given) {
        const length = stop - this.#given;
        this.#given = stop;
        return length;
      }
      if (this.#held < this.#length) return NEEDS_SEGMENT;
      const asked = this.#advance(work, window, Math.min(stop, this.#end));
      if (asked !== NEEDS_SEGMENT) return asked;
    }
  }

  /** Whether the head of a segment can be true; then the model begins anew. */
  #open(): boolean {
    const view = new DataView(this.#input.buffer);
    const length = view.getUint16(0, true);
    const makes = view.getUint32(2, true);
    if (length < CODE_BYTES_MIN || length > SEGMENT_BYTES_MAX) return false;
    if (makes === 0 || makes > this.#imageLength - this.#out) return false;
    this.#length += length;
    this.#next = SEGMENT_HEAD_BYTES;
    this.#end = this.#out + makes;
    this.#bias = this.#before = this.#before2 = (view.getUint32(6, true) - this.#out) >>> 0;
    this.#last = Token.copy;
    this.#range = 0xffffffff;
    this.#recent.fill(0);
    this.#probability.fill(PROBABILITY_START);
    return true;
  }

  /** A token, or some of one. Then, at the end of a segment, its code must be at its end, too. */
  #advance(work: Uint8Array, window: Uint8Array, stop: number): number {
    let asked: number = NEEDS_SEGMENT;
    if (this.#adding) asked = this.#add(work, window);
    else if (this.#left > 0) asked = this.#copy(work, window, stop);
    else this.#token(work);
    if (this.#out === this.#end && !this.#failed) {
      if (this.#next !== this.#length) this.#failed = true;
      this.#length = SEGMENT_HEAD_BYTES;
      this.#held = 0;
    }
    return asked;
  }

  #token(work: Uint8Array): void {
    const context = this.#last * 4 + (this.#out & 3);
    const kind = this.#tree(MODEL.kind + context * 4, 2);
    if (this.#sought && kind !== Token.add) {
      this.#failed = true;
      return;
    }
    this.#sought = false;
    this.#last = kind;
    this.#back = 0;
    if (kind === Token.literal) {
      work[this.#out % WORK_BYTES] = this.#tree(MODEL.literal + (this.#out & 3) * 256, 8);
      this.#out++;
    } else if (kind === Token.add) {
      this.#difference = this.#nextDifference();
      this.#adding = true;
      if (this.#end - this.#out < 4 || !this.#inBase(4)) this.#failed = true;
    } else if (kind === Token.copy) {
      this.#left = this.#number(MODEL.copyBits + context * 32, MODEL.copyTail);
      this.#check();
    } else this.#match();
  }

  #match(): void {
    const from = this.#tree(MODEL.from, 2);
    if (from === 0) this.#back = this.#distance(MODEL.imageFar);
    else this.#jump(from);
    this.#left = this.#number(MODEL.matchBits, MODEL.matchTail) - 1;
    if (from !== 0 && this.#left > 0) this.#last = Token.copy;
    this.#sought = this.#left === 0;
    if (this.#back > this.#out || (from === 0 && this.#left === 0)) this.#failed = true;
    this.#check();
  }

  /** What a COPY or MATCH takes has to be there, and to fit. */
  #check(): void {
    if (this.#left > this.#end - this.#out) this.#failed = true;
    if (this.#back === 0 && this.#left > 0 && !this.#inBase(this.#left)) this.#failed = true;
  }

  /** In base. */
  #place(): number {
    return (this.#out + this.#bias) >>> 0;
  }

  #inBase(length: number): boolean {
    return this.#place() + length <= this.#baseLength;
  }

  /** Base comes from another place from here on: a new one, or one of the two before. */
  #jump(from: number): void {
    let to = from === 2 ? this.#before : this.#before2;
    if (from === 1) {
      const isBehind = this.#bit(MODEL.sign) === 1;
      const far = this.#distance(MODEL.baseFar);
      to = (this.#bias + (isBehind ? -far : far)) >>> 0;
    }
    if (from !== 2) this.#before2 = this.#before;
    this.#before = this.#bias;
    this.#bias = to;
  }

  /** The difference of this index, or a new one, moves to the front. */
  #nextDifference(): number {
    let index = this.#tree(MODEL.addIndex + ((this.#out >> 2) & 3) * 32, 5);
    let value = this.#recent[index] ?? 0;
    if (index === RECENT) {
      const bits = this.#tree(MODEL.addBits, 6);
      if (bits > 32) this.#failed = true;
      const zigzag = bits === 0 || bits > 32 ? 0 : 2 ** (bits - 1) + this.#direct(bits - 1);
      value = (zigzag >>> 1) ^ -(zigzag & 1);
      index--;
    }
    this.#recent.copyWithin(1, 0, index);
    this.#recent[0] = value;
    return value;
  }

  /** Puts the word of base and the difference, or asks for the word. */
  #add(work: Uint8Array, window: Uint8Array): number {
    const at = this.#place();
    if (!this.#hasBase(at, 4)) return this.#ask(NEEDS_BASE, at, this.#baseLength);
    const from = at - this.#window;
    let word = this.#difference;
    for (let i = 0; i < 4; i++) word = (word + ((window[from + i] ?? 0) << (8 * i))) | 0;
    for (let i = 0; i < 4; i++) work[this.#out++ % WORK_BYTES] = word >>> (8 * i);
    this.#adding = false;
    return NEEDS_SEGMENT;
  }

  /** Some bytes of the token under way, none beyond `stop`, or asks for them. */
  #copy(work: Uint8Array, window: Uint8Array, stop: number): number {
    const most = Math.min(this.#left, stop - this.#out);
    if (this.#back === 0) {
      const at = this.#place();
      if (!this.#hasBase(at, 1)) return this.#ask(NEEDS_BASE, at, this.#baseLength);
      this.#take(work, window, at, Math.min(most, this.#baseLength - at));
      return NEEDS_SEGMENT;
    }
    const at = this.#out - this.#back;
    const block = this.#out - (this.#out % PIECE_BYTES);
    const kept = Math.max(block - PIECE_BYTES, this.#first);
    if (at >= kept) {
      for (let i = 0; i < most; i++)
        work[(this.#out + i) % WORK_BYTES] = work[(at + i) % WORK_BYTES] ?? 0;
      this.#moved(most);
      return NEEDS_SEGMENT;
    }
    if (this.#windowKind !== NEEDS_IMAGE || at < this.#window || at >= this.#window + WINDOW_BYTES)
      return this.#ask(NEEDS_IMAGE, at, Math.max(block, this.#first));
    this.#take(work, window, at, Math.min(most, kept - at));
    return NEEDS_SEGMENT;
  }

  /** Bytes of the window, from flash at `at` on. */
  #take(work: Uint8Array, window: Uint8Array, at: number, most: number): void {
    const from = at - this.#window;
    const count = Math.min(most, WINDOW_BYTES - from);
    const to = this.#out % WORK_BYTES;
    work.set(window.subarray(from, from + count), to);
    this.#moved(count);
  }

  #moved(count: number): void {
    this.#out += count;
    this.#left -= count;
  }

  #hasBase(at: number, length: number): boolean {
    return (
      this.#windowKind === NEEDS_BASE &&
      at >= this.#window &&
      at + length <= this.#window + WINDOW_BYTES
    );
  }

  /** A whole window, if there is that much before `limit`. */
  #ask(kind: number, at: number, limit: number): number {
    this.#windowKind = kind;
    this.#window = Math.max(0, Math.min(at, limit - WINDOW_BYTES));
    return kind;
  }

  #shift(): void {
    if (this.#next === this.#length) this.#failed = true;
    const byte = this.#next < this.#length ? (this.#input[this.#next++] ?? 0) : 0;
    this.#code = ((this.#code << 8) | byte) >>> 0;
  }

  #normalise(): void {
    while (this.#range < RANGE_MIN) {
      this.#range = (this.#range << 8) >>> 0;
      this.#shift();
    }
  }

  #bit(at: number): number {
    const probability = this.#probability[at] ?? 0;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    const isOne = this.#code >= bound;
    if (isOne) {
      this.#range -= bound;
      this.#code -= bound;
      this.#probability[at] = probability - (probability >> ADAPT_SHIFT);
    } else {
      this.#range = bound;
      this.#probability[at] =
        probability + (((1 << PROBABILITY_BITS) - probability) >> ADAPT_SHIFT);
    }
    this.#normalise();
    return isOne ? 1 : 0;
  }

  #tree(at: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = node * 2 + this.#bit(at + node);
    return node - (1 << bits);
  }

  #direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.#range >>>= 1;
      const isOne = this.#code >= this.#range;
      if (isOne) this.#code -= this.#range;
      value = value * 2 + (isOne ? 1 : 0);
      this.#normalise();
    }
    return value;
  }

  /** 1 to 2^32 - 1. */
  #number(bitsAt: number, tailAt: number): number {
    const rest = this.#tree(bitsAt, 5);
    const tail =
      rest <= TAIL_BITS ? this.#tree(tailAt + (1 << rest) - 1, rest) : this.#direct(rest);
    return 2 ** rest + tail;
  }

  /** 1 to 2^32 - 1. */
  #distance(at: number): number {
    const rest = this.#tree(at, 5);
    const top = Math.min(rest, FAR_TOP_BITS);
    const low = Math.min(rest - top, FAR_LOW_BITS);
    const middle = rest - top - low;
    const high = (1 << top) + this.#tree(at + FAR_TOP + rest * 4, top);
    const plain = high * 2 ** middle + this.#direct(middle);
    return plain * 2 ** low + this.#tree(at + FAR_LOW, low);
  }
}
