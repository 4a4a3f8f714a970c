/**
 * The trailer of a slot under MCUboot (docs/design.md of the project, "Image trailer"): the last
 * bytes of the slot, each field in a unit of programming of its own, so that one is written while
 * the others stay erased.
 *
 *   … | swap info | copy done | image ok | magic, 16 bytes |   end of the slot
 */
import type { Flash } from "../hal.ts";
import { equal, filled } from "../../src/base/bytes.ts";
import { frozen } from "../../src/base/frozen.ts";

const MAGIC_BYTES = 16;
/** Values of the swap info's lower four bits. */
export const SwapType = frozen({ none: 1, test: 2, permanent: 3, revert: 4 });

/** Up to 8 bytes of alignment the magic is fixed; beyond, its first two bytes are the alignment. */
const MAGIC_8 = Uint8Array.of(
  0x77,
  0xc2,
  0x95,
  0xf3,
  0x60,
  0xd2,
  0xef,
  0x7f,
  0x35,
  0x52,
  0x50,
  0x0f,
  0x2c,
  0xb6,
  0x79,
  0x80,
);
const MAGIC_TAIL = Uint8Array.of(
  0x2d,
  0xe1,
  0x5d,
  0x29,
  0x41,
  0x0b,
  0x8d,
  0x77,
  0x67,
  0x9c,
  0x11,
  0x0f,
  0x1f,
  0x8a,
);
const SET = 1;

export type Magic = "good" | "bad" | "unset";
export type Flag = "set" | "bad" | "unset";

export interface TrailerState {
  readonly magic: Magic;
  readonly imageOk: Flag;
  readonly copyDone: Flag;
}

export class Trailer {
  readonly #flash: Flash;
  readonly #align: number;
  readonly #erased: number;
  readonly #size: number;
  readonly #magic: Uint8Array;

  /**
   * `flash` is the whole slot; `maxAlign` what MCUboot was built with (MCUBOOT_BOOT_MAX_ALIGN), at
   * least the slot's writeAlign.
   */
  constructor(flash: Flash, maxAlign: number) {
    const { blocks, blockLength, eraseValue } = flash.status();
    this.#flash = flash;
    this.#align = maxAlign;
    this.#erased = eraseValue;
    this.#size = blocks * blockLength;
    this.#magic = MAGIC_8;
    if (maxAlign > 8) {
      this.#magic = new Uint8Array(MAGIC_BYTES);
      this.#magic.set([maxAlign & 0xff, maxAlign >> 8]);
      this.#magic.set(MAGIC_TAIL, 2);
    }
  }

  read(): TrailerState {
    const magic = new Uint8Array(MAGIC_BYTES);
    this.#flash.read(magic, this.#size - MAGIC_BYTES);
    return {
      magic: equal(magic, this.#magic)
        ? "good"
        : filled(magic, 0, MAGIC_BYTES, this.#erased)
          ? "unset"
          : "bad",
      imageOk: this.#flag(1),
      copyDone: this.#flag(2),
    };
  }

  /** "Swap me": what the boot loader looks for in the second slot, and leaves in the first. */
  writeMagic(): void {
    const from = this.#place(0);
    const bytes = this.#blank(this.#size - from);
    bytes.set(this.#magic, bytes.length - MAGIC_BYTES);
    this.#flash.write(bytes, from);
  }

  writeImageOk(): void {
    this.#writeByte(1, SET);
  }

  writeCopyDone(): void {
    this.#writeByte(2, SET);
  }

  /** One of SwapType, for image 0. */
  writeSwapInfo(type: number): void {
    this.#writeByte(3, type);
  }

  /** Erases the slot's last block, with what else is in it. */
  erase(): void {
    this.#flash.eraseBlock(this.#flash.status().blocks - 1);
  }

  /**
   * Where field `index` begins: 0 the magic with its padding, then 1 image ok, 2 copy done, 3 swap
   * info, downwards.
   */
  #place(index: number): number {
    const magic = this.#size - MAGIC_BYTES;
    return magic - (magic % this.#align) - index * this.#align;
  }

  #flag(index: number): Flag {
    const byte = new Uint8Array(1);
    this.#flash.read(byte, this.#place(index));
    return byte[0] === this.#erased ? "unset" : byte[0] === SET ? "set" : "bad";
  }

  #writeByte(index: number, value: number): void {
    const bytes = this.#blank(this.#align);
    bytes[0] = value;
    this.#flash.write(bytes, this.#place(index));
  }

  #blank(length: number): Uint8Array {
    return new Uint8Array(length).fill(this.#erased);
  }
}
