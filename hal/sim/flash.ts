/**
 * A NOR flash in memory: programming only takes bits away from the erased state, erasing restores a
 * block, and a cut leaves what a real part would. Strict: a byte that was programmed since its
 * erase, even with the erased value, is not again.
 */
import type { Flash, FlashStatus } from "../hal.ts";
import { FlashFault, WrittenTwice } from "../common/checked.ts";
import type { Power, TornMode } from "./power.ts";
import { Random } from "./random.ts";

/** How much of the bits `tornNear` completes. */
const NEAR = 0.97;

export class SimFlash implements Flash {
  readonly bytes: Uint8Array;
  /** Erases of each block so far. */
  readonly wear: Uint32Array;
  /** Blocks in which every program and erase fails with a device error. */
  readonly bad = new Set<number>();
  /**
   * What a torn byte reads as until it is erased: always the same; each time anew (`metastable`);
   * nothing at all, a device error for its whole unit of programming (`ecc`).
   */
  torn: "settled" | "metastable" | "ecc" = "settled";
  /**
   * Asked before each operation: fails it with a device error, or lets nothing happen and says that
   * all is well.
   */
  failing:
    | ((what: "program" | "erase", block: number) => "aloud" | "silent" | undefined)
    | undefined;
  /** Called after bytes[from, to) changed, whether the operation was whole or torn. */
  onChange: ((from: number, to: number) => void) | undefined;
  #status: FlashStatus;
  #power: Power;
  #programmed: Uint8Array;
  /** Bits that a cut left between two states. */
  #unsettled: Uint8Array;
  #tears = 0;
  #noise = new Random(1);
  #name: string;

  /** A partition with everything erased. */
  constructor(power: Power, status: FlashStatus, name = "flash") {
    const size = status.blocks * status.blockLength;
    this.#power = power;
    this.#status = status;
    this.bytes = new Uint8Array(size).fill(status.eraseValue);
    this.wear = new Uint32Array(status.blocks);
    this.#programmed = new Uint8Array(size);
    this.#unsettled = new Uint8Array(size);
    this.#name = name;
  }

  /** Content, wear and faults become those of another partition of the same geometry. */
  copyFrom(other: SimFlash): void {
    this.bytes.set(other.bytes);
    this.wear.set(other.wear);
    this.#programmed.set(other.#programmed);
    this.torn = other.torn;
    if (this.#tears + other.#tears > 0) this.#unsettled.set(other.#unsettled);
    this.#tears = other.#tears;
    this.#noise = other.#noise.fork();
  }

  /** What `copyFrom` takes along: bytes and values that decide all that this flash will do. */
  durable(): readonly unknown[] {
    const unsteady = this.torn !== "settled" && this.#tears > 0;
    const torn = unsteady ? [this.#noise.state, this.#unsettled] : [];
    return [this.bytes, this.#programmed, new Uint8Array(this.wear.buffer), ...torn];
  }

  status(): FlashStatus {
    return this.#status;
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    this.#power.require();
    buffer.set(this.bytes.subarray(byteOffset, byteOffset + buffer.length));
    if (this.torn !== "settled" && this.#tears > 0) this.#disturb(buffer, byteOffset);
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    this.#power.require();
    for (let i = byteOffset; i < byteOffset + bytes.length; i++) {
      if (this.#programmed[i] !== 0) throw new WrittenTwice(`byte ${i} was programmed before`);
    }
    const silent = this.#fail("program", Math.floor(byteOffset / this.#status.blockLength));
    try {
      this.#power.perform(
        `${this.#name} program`,
        () => {
          if (!silent) this.#program(bytes, byteOffset);
        },
        (mode, random) => this.#tearProgram(bytes, byteOffset, mode, random),
      );
    } finally {
      this.onChange?.(byteOffset, byteOffset + bytes.length);
    }
  }

  eraseBlock(block: number): void {
    this.#power.require();
    const silent = this.#fail("erase", block);
    const { blockLength, eraseValue } = this.#status;
    const from = block * blockLength;
    const to = from + blockLength;
    this.wear[block] = (this.wear[block] ?? 0) + 1;
    try {
      this.#power.perform(
        `${this.#name} erase`,
        () => {
          if (!silent) this.bytes.fill(eraseValue, from, to);
          this.#programmed.fill(0, from, to);
          this.#unsettled.fill(0, from, to);
        },
        (mode, random) => this.#tearErase(from, to, mode, random),
      );
    } finally {
      this.onChange?.(from, to);
    }
  }

  /**
   * Puts content into an erased partition as a programmer on the bench would: no operation of the
   * board.
   */
  load(bytes: Uint8Array, byteOffset = 0): void {
    this.bytes.set(bytes, byteOffset);
    this.#note(byteOffset, byteOffset + bytes.length);
  }

  /** True when the operation fails and nobody is told. */
  #fail(what: "program" | "erase", block: number): boolean {
    const fault = this.bad.has(block) ? "aloud" : this.failing?.(what, block);
    if (fault === "aloud") throw new FlashFault("device", `${what} of block ${block} failed`);
    return fault === "silent";
  }

  #disturb(buffer: Uint8Array, byteOffset: number): void {
    for (let i = 0; i < buffer.length; i++) {
      const unsettled = this.#unsettled[byteOffset + i] ?? 0;
      if (unsettled === 0) continue;
      if (this.torn === "ecc")
        throw new FlashFault("device", `byte ${byteOffset + i} has a wrong error-correcting code`);
      buffer[i] = (buffer[i] ?? 0) ^ (unsettled & this.#noise.below(256));
    }
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
    const { eraseValue, writeAlign } = this.#status;
    const before = this.bytes.slice(at, at + bytes.length);
    if (mode === "tornPrefix" || mode === "tornLast") {
      const length = mode === "tornLast" ? bytes.length - 1 : random.below(bytes.length);
      for (let i = 0; i < length; i++) this.#put(at + i, bytes[i] ?? 0);
    } else {
      const share = mode === "tornBits" ? random.fraction() : NEAR;
      for (let i = 0; i < bytes.length; i++) {
        const done = bits(random, share);
        this.#put(at + i, ((bytes[i] ?? 0) & done) | (eraseValue & ~done & 0xff));
      }
    }
    this.#note(at, at + bytes.length);
    this.#tears++;
    for (let unit = 0; unit < bytes.length; unit += writeAlign) {
      const end = Math.min(unit + writeAlign, bytes.length);
      const whole =
        same(this.bytes, at + unit, bytes, unit, end) ||
        same(this.bytes, at + unit, before, unit, end);
      for (let i = unit; i < end; i++) {
        const between = ((bytes[i] ?? 0) ^ (before[i] ?? 0)) & 0xff;
        this.#unsettled[at + i] = whole
          ? 0
          : this.torn === "ecc"
            ? 0xff
            : between & ((this.bytes[at + i] ?? 0) ^ (bytes[i] ?? 0));
      }
    }
  }

  #tearErase(from: number, to: number, mode: TornMode, random: Random): void {
    const { eraseValue } = this.#status;
    const programmed = eraseValue ^ 0xff;
    this.#tears++;
    if (mode === "tornPrefix") {
      this.bytes.fill(programmed, from, to);
    } else if (mode === "tornLast") {
      this.bytes.fill(eraseValue, from, to);
      for (let n = 0; n < 3; n++) {
        const at = from + random.below(to - from);
        this.bytes[at] = (this.bytes[at] ?? 0) ^ (1 << random.below(8));
      }
    } else {
      const share = mode === "tornBits" ? random.fraction() : NEAR;
      for (let i = from; i < to; i++) {
        const done = bits(random, share);
        this.bytes[i] = ((this.bytes[i] ?? 0) & ~done) | (eraseValue & done);
      }
    }
    this.#note(from, to);
    for (let i = from; i < to; i++) this.#unsettled[i] = this.bytes[i] === eraseValue ? 0 : 0xff;
  }

  /** After a torn operation nobody can tell a byte that reads as erased from one that is. */
  #note(from: number, to: number): void {
    for (let i = from; i < to; i++)
      this.#programmed[i] = this.bytes[i] === this.#status.eraseValue ? 0 : 1;
  }
}

function same(a: Uint8Array, at: number, b: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (a[at + i - from] !== b[i]) return false;
  return true;
}

/** A byte of which each bit is set with the given probability. */
function bits(random: Random, share: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) if (random.fraction() < share) result |= 1 << bit;
  return result;
}
