/**
 * The bytes of a package on their way to the staging slot, whichever way they come, an image or a
 * delta package: judged by its header before a byte is erased.
 */
import { copy, hex } from "../base/bytes.ts";
import { VERIFY_STEP_BYTES } from "../base/limits.ts";
import {
  admitDelta,
  type DeltaHeader,
  deltaHeaderSize,
  isDelta,
  parseDeltaHeader,
} from "../image/deltaheader.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../image/imageheader.ts";
import { admit, AREA_HEAD_BYTES, type ImageFault, type ImagePolicy } from "../image/policy.ts";
import { flashFailure } from "./failure.ts";
import type { RunningBase } from "./runningbase.ts";
import type { Segment, Staging } from "./staging.ts";
import { Unpack } from "./unpack.ts";

export type IntakeFault = ImageFault | "flash" | "wrongBase" | "failedBefore";

export interface IntakeOptions {
  readonly staging: Staging;
  readonly policy: ImagePolicy;
  readonly base: RunningBase;
  /** Digests, in hexadecimal, of images that are not taken again. */
  readonly failed: () => readonly string[];
}

/** A delta package that goes on: bytes of its image, and the segment that comes next. */
export interface Resumed {
  readonly image: number;
  readonly segment: Segment;
}

/** Where the head of an area has the length of the area. */
const AREA_LENGTH_AT = 2;

/** After a fault the intake is spent. Flash that fails is a fault too. */
export class Intake {
  #options: IntakeOptions;
  #staging: Staging;
  #header = new Uint8Array(IMAGE_HEADER_BYTES);
  #held = 0;
  /** Bytes announced, or 0. */
  #size: number;
  /** Where the last area of records begins; 0: this intake has not seen the header. */
  #records = 0;
  #recordsHead = new Uint8Array(AREA_HEAD_BYTES);
  /** Its base has still to be proved. */
  #claimed: DeltaHeader | undefined;
  #unpack: Unpack | undefined;
  /** Bytes of the image that a delta package makes; undefined before its base is proved. */
  image: number | undefined;
  /** The header has been judged: what follows goes to the slot. */
  judged: boolean;
  /** A base has to be proved, or what came has to be decoded: `work`, and no `take`. */
  working = false;

  /** The slot has been begun; `size` is 0 while nobody has said it. */
  constructor(options: IntakeOptions, size: number, resumed?: Resumed) {
    const { staging, base } = options;
    this.#options = options;
    this.#staging = staging;
    this.#size = size;
    this.judged = resumed !== undefined || staging.position > 0;
    if (resumed === undefined) return;
    this.image = resumed.image;
    this.#unpack = new Unpack(staging, base, base.length, resumed.image, resumed.segment);
  }

  /** Bytes of the package so far. */
  get position(): number {
    return (this.#unpack?.position ?? this.#staging.position) + this.#held;
  }

  /** What comes goes to the slot as it is: an image, and its header has been judged. */
  get isDirect(): boolean {
    return this.judged && this.#unpack === undefined;
  }

  /** Bytes to take next, at most: until the header is judged, a segment or a block is whole. */
  get room(): number {
    if (this.#unpack !== undefined) return Math.max(1, this.#unpack.room);
    return this.judged ? this.#staging.room : this.#header.length - this.#held;
  }

  set size(size: number) {
    this.#size = size;
  }

  /** True when the header, and the head of its last records, say that more must follow. */
  get short(): boolean {
    if (this.#unpack !== undefined) return !this.#unpack.complete;
    const end = this.#records + AREA_HEAD_BYTES;
    if (this.#records === 0) return this.#held > 0;
    const size = new DataView(this.#recordsHead.buffer).getUint16(AREA_LENGTH_AT, true);
    return this.position < end || this.position < this.#records + size;
  }

  /**
   * Takes the next bytes, as far as there is nothing to `work` off: returns how many. Of an image
   * it takes all.
   */
  take(bytes: Uint8Array): number | IntakeFault {
    try {
      return this.#take(bytes);
    } catch (error) {
      return flashFailure(error);
    }
  }

  /** A bounded step of the proof of the base, or of decoding: until a block is whole, at most. */
  work(): IntakeFault | undefined {
    try {
      if (this.#claimed !== undefined) return this.#prove();
      const unpack = this.#unpack;
      if (unpack?.work() === false) return "corrupt";
      this.working = unpack?.pending === true;
      return undefined;
    } catch (error) {
      return flashFailure(error);
    }
  }

  /** All bytes are there, and worked off; durable when it returns undefined. */
  finish(): IntakeFault | undefined {
    if (this.#held > 0 || this.position === 0 || (this.#size > 0 && this.position !== this.#size))
      return "corrupt";
    if (this.#unpack !== undefined && !this.#unpack.complete) return "corrupt";
    try {
      this.#staging.finish();
      return undefined;
    } catch (error) {
      return flashFailure(error);
    }
  }

  #take(bytes: Uint8Array): number | IntakeFault {
    const unpack = this.#unpack;
    const at = unpack === undefined ? this.#staging.position : unpack.position;
    const after = at + this.#held + bytes.length;
    if (this.#size > 0 && after > this.#size) return "corrupt";
    if (unpack !== undefined) {
      const taken = unpack.take(bytes);
      this.working = unpack.pending;
      return taken ?? "corrupt";
    }
    if (!this.judged) return this.#open(bytes);
    if (after > this.#staging.capacity) return "tooLarge";
    if (after > this.#records) this.#seen(bytes);
    this.#staging.write(bytes);
    return bytes.length;
  }

  /** Bytes of the header, and what comes behind that of an image. */
  #open(bytes: Uint8Array): number | IntakeFault {
    let at = 0;
    while (!this.judged && !this.working) {
      const taken = Math.min(bytes.length - at, this.#header.length - this.#held);
      copy(this.#header, this.#held, bytes, at, at + taken);
      this.#held += taken;
      at += taken;
      if (this.#held < this.#header.length) return at;
      const fault = this.#judge();
      if (fault !== undefined) return fault;
    }
    if (at === bytes.length || this.working) return at;
    const taken = this.#take(bytes.subarray(at));
    return typeof taken === "number" ? at + taken : taken;
  }

  /** What is held is a header, or the start of a longer one. */
  #judge(): IntakeFault | undefined {
    if (isDelta(this.#header)) return this.#judgeDelta();
    const header = parseImageHeader(this.#header);
    if (header === undefined) return "corrupt";
    const size = this.#size > 0 ? this.#size : undefined;
    const fault = admit(header, size, this.#options.policy);
    if (fault !== undefined) return fault;
    this.#records = header.headerSize + header.payloadSize + header.protectedSize;
    this.#held = 0;
    this.judged = true;
    this.#staging.write(this.#header);
    return undefined;
  }

  #judgeDelta(): IntakeFault | undefined {
    const size = deltaHeaderSize(this.#header);
    if (size === undefined) return "corrupt";
    if (this.#header.length < size) {
      const whole = new Uint8Array(size);
      copy(whole, 0, this.#header, 0, this.#held);
      this.#header = whole;
      return undefined;
    }
    const header = parseDeltaHeader(this.#header);
    if (header === undefined) return "corrupt";
    const fault = admitDelta(header, this.#options.policy);
    if (fault !== undefined) return fault;
    if (this.#options.failed().includes(hex(header.imageDigest))) return "failedBefore";
    if (header.baseLength > this.#options.base.length) return "wrongBase";
    this.#claimed = header;
    this.working = true;
    return undefined;
  }

  #prove(): IntakeFault | undefined {
    const header = this.#claimed;
    if (header === undefined) return undefined;
    const { base } = this.#options;
    const { baseLength, baseDigest, imageLength } = header;
    const isProved = baseLength === 0 || base.proves(baseLength, baseDigest, VERIFY_STEP_BYTES);
    if (isProved === undefined) return undefined;
    if (!isProved) return "wrongBase";
    const start = { from: header.size, image: 0 };
    this.#claimed = undefined;
    this.working = false;
    this.judged = true;
    this.#held = 0;
    this.image = imageLength;
    this.#unpack = new Unpack(this.#staging, base, baseLength, imageLength, start);
    return undefined;
  }

  /** Keeps the head of the last records, where it comes by. */
  #seen(bytes: Uint8Array): void {
    const at = this.#staging.position;
    const from = Math.max(this.#records, at);
    const to = Math.min(this.#records + AREA_HEAD_BYTES, at + bytes.length);
    if (this.#records > 0 && from < to)
      copy(this.#recordsHead, from - this.#records, bytes, from - at, to - at);
  }
}
