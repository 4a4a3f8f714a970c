/**
 * The bytes of a package on their way to the staging slot, whichever way they come: judged by its
 * header before a byte is erased.
 */
import { copy } from "../base/bytes.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../image/imageheader.ts";
import { admit, AREA_HEAD_BYTES, type ImageFault, type ImagePolicy } from "../image/policy.ts";
import { flashFailure } from "./failure.ts";
import type { Staging } from "./staging.ts";

/** Where the head of an area has the length of the area. */
const AREA_LENGTH_AT = 2;

/** After a fault the intake is spent. Flash that fails is a fault too. */
export class Intake {
  #staging: Staging;
  #policy: ImagePolicy;
  #header = new Uint8Array(IMAGE_HEADER_BYTES);
  #held = 0;
  /** Bytes announced, or 0. */
  #size: number;
  /** Where the last area of records begins; 0: this intake has not seen the header. */
  #records = 0;
  #recordsHead = new Uint8Array(AREA_HEAD_BYTES);

  /** `staging` has been begun; `size` is 0 while nobody has said it. */
  constructor(staging: Staging, policy: ImagePolicy, size: number) {
    this.#staging = staging;
    this.#policy = policy;
    this.#size = size;
  }

  /** Bytes of the package so far. */
  get position(): number {
    return this.#staging.position + this.#held;
  }

  /** Bytes to write next, at most, so that none goes past the end of a block of the slot. */
  get room(): number {
    return this.#staging.room - this.#held;
  }

  set size(size: number) {
    this.#size = size;
  }

  /** True when the header, and the head of its last records, say that more must follow. */
  get short(): boolean {
    const end = this.#records + AREA_HEAD_BYTES;
    if (this.#records === 0) return this.#held > 0;
    const size = new DataView(this.#recordsHead.buffer).getUint16(AREA_LENGTH_AT, true);
    return this.position < end || this.position < this.#records + size;
  }

  /** Takes the next bytes. */
  write(bytes: Uint8Array): ImageFault | "flash" | undefined {
    try {
      return this.#take(bytes);
    } catch (error) {
      return flashFailure(error);
    }
  }

  /** All bytes are there; durable when it returns undefined. */
  finish(): ImageFault | "flash" | undefined {
    if (this.#held > 0 || this.position === 0 || (this.#size > 0 && this.position !== this.#size))
      return "corrupt";
    try {
      this.#staging.finish();
      return undefined;
    } catch (error) {
      return flashFailure(error);
    }
  }

  #take(bytes: Uint8Array): ImageFault | undefined {
    const at = this.#staging.position;
    const after = at + this.#held + bytes.length;
    if (this.#size > 0 && after > this.#size) return "corrupt";
    if (after > this.#staging.capacity) return "tooLarge";
    if (at > 0) {
      if (after > this.#records) this.#seen(bytes);
      this.#staging.write(bytes);
      return undefined;
    }
    const taken = Math.min(bytes.length, IMAGE_HEADER_BYTES - this.#held);
    copy(this.#header, this.#held, bytes, 0, taken);
    this.#held += taken;
    if (this.#held < IMAGE_HEADER_BYTES) return undefined;
    const header = parseImageHeader(this.#header);
    const fault =
      header === undefined
        ? "corrupt"
        : admit(header, this.#size > 0 ? this.#size : undefined, this.#policy);
    if (fault !== undefined) return fault;
    if (header !== undefined)
      this.#records = header.headerSize + header.payloadSize + header.protectedSize;
    this.#held = 0;
    this.#staging.write(this.#header);
    this.#seen(bytes.subarray(taken));
    this.#staging.write(bytes.subarray(taken));
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
