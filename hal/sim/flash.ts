/**
 * A NOR flash in memory: programming only takes bits away from the erased state, erasing restores a block, and a cut leaves
 * what a real part would. Strict: a byte that was programmed since its erase, even with the erased value, is not again.
 */
import type { Flash, FlashStatus } from "../hal.ts";
import { FlashFault, WrittenTwice } from "../checked.ts";
import type { Power, TornMode } from "./power.ts";
import type { Random } from "./random.ts";

/** How much of the bits `tornNear` completes. */
const NEAR = 0.97;

export class SimFlash implements Flash {
  readonly bytes: Uint8Array;
  /** Erases of each block so far. */
  readonly wear: Uint32Array;
  /** Blocks in which every program and erase fails with a device error. */
  readonly bad = new Set<number>();
  /** Called after bytes[from, to) changed, whether the operation was whole or torn. */
  onChange: ((from: number, to: number) => void) | undefined;
  #status: FlashStatus;
  #power: Power;
  #programmed: Uint8Array;

  /** A partition with everything erased. */
  constructor(power: Power, status: FlashStatus) {
    const size = status.blocks * status.blockLength;
    this.#power = power;
    this.#status = status;
    this.bytes = new Uint8Array(size).fill(status.eraseValue);
    this.wear = new Uint32Array(status.blocks);
    this.#programmed = new Uint8Array(size);
  }

  status(): FlashStatus {
    return this.#status;
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    this.#power.require();
    buffer.set(this.bytes.subarray(byteOffset, byteOffset + buffer.length));
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    this.#power.require();
    for (let i = byteOffset; i < byteOffset + bytes.length; i++) {
      if (this.#programmed[i] !== 0) throw new WrittenTwice(`byte ${i} was programmed before`);
    }
    this.#fail(Math.floor(byteOffset / this.#status.blockLength));
    try {
      this.#power.perform(
        () => this.#program(bytes, byteOffset),
        (mode, random) => this.#tearProgram(bytes, byteOffset, mode, random));
    } finally {
      this.onChange?.(byteOffset, byteOffset + bytes.length);
    }
  }

  eraseBlock(block: number): void {
    this.#power.require();
    this.#fail(block);
    const { blockLength, eraseValue } = this.#status;
    const from = block * blockLength, to = from + blockLength;
    this.wear[block] = (this.wear[block] ?? 0) + 1;
    try {
      this.#power.perform(
        () => { this.bytes.fill(eraseValue, from, to); this.#programmed.fill(0, from, to); },
        (mode, random) => this.#tearErase(from, to, mode, random));
    } finally {
      this.onChange?.(from, to);
    }
  }

  /** Puts content into an erased partition as a programmer on the bench would: no operation of the board. */
  load(bytes: Uint8Array, byteOffset = 0): void {
    this.bytes.set(bytes, byteOffset);
    this.#note(byteOffset, byteOffset + bytes.length);
  }

  #fail(block: number): void {
    if (this.bad.has(block)) throw new FlashFault("device", `block ${block} is bad`);
  }

  #program(bytes: Uint8Array, at: number): void {
    for (let i = 0; i < bytes.length; i++) this.#put(at + i, bytes[i] ?? 0);
    this.#programmed.fill(1, at, at + bytes.length);
  }

  #put(at: number, value: number): void {
    const old = this.bytes[at] ?? 0;
    this.bytes[at] = this.#status.eraseValue === 0 ? old | value : old & value;
  }

  #tearProgram(bytes: Uint8Array, at: number, mode: TornMode, random: Random): void {
    const { eraseValue } = this.#status;
    if (mode === "tornPrefix" || mode === "tornLast") {
      const length = mode === "tornLast" ? bytes.length - 1 : random.below(bytes.length);
      for (let i = 0; i < length; i++) this.#put(at + i, bytes[i] ?? 0);
    } else {
      const share = mode === "tornBits" ? random.fraction() : NEAR;
      for (let i = 0; i < bytes.length; i++) {
        const done = bits(random, share);
        this.#put(at + i, (bytes[i] ?? 0) & done | eraseValue & ~done & 0xff);
      }
    }
    this.#note(at, at + bytes.length);
  }

  #tearErase(from: number, to: number, mode: TornMode, random: Random): void {
    const { eraseValue } = this.#status, programmed = eraseValue ^ 0xff;
    if (mode === "tornPrefix") {
      this.bytes.fill(programmed, from, to);
    } else if (mode === "tornLast") {
      this.bytes.fill(eraseValue, from, to);
      for (let n = 0; n < 3; n++) {
        const at = from + random.below(to - from);
        this.bytes[at] = (this.bytes[at] ?? 0) ^ 1 << random.below(8);
      }
    } else {
      const share = mode === "tornBits" ? random.fraction() : NEAR;
      for (let i = from; i < to; i++) {
        const done = bits(random, share);
        this.bytes[i] = (this.bytes[i] ?? 0) & ~done | eraseValue & done;
      }
    }
    this.#note(from, to);
  }

  /** After a torn operation nobody can tell a byte that reads as erased from one that is. */
  #note(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#programmed[i] = this.bytes[i] === this.#status.eraseValue ? 0 : 1;
  }
}

/** A byte of which each bit is set with the given probability. */
function bits(random: Random, share: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) if (random.fraction() < share) result |= 1 << bit;
  return result;
}
