/** NOR flash in memory: bits go one way until their block is erased, a byte is written once, and power fails where it is told to. */
import type { Flash, FlashStatus } from "../../../hal/hal.ts";

/** What of an operation happens when power fails in it. */
export type Tear = "before" | "after" | "prefix" | "allButLast" | "bits" | "nearlyAll";
export const TEARS: readonly Tear[] = ["before", "after", "prefix", "allButLast", "bits", "nearlyAll"];

export class PowerLoss extends Error {
  override name = "PowerLoss";
}

export class DeviceFailure extends Error {
  override name = "DeviceFailure";
  readonly kind = "device";
}

/** A repeatable source of numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 0x100000000;
  };
}

export class NorFlash implements Flash {
  bytes: Uint8Array;
  /** Operations so far: writes and erases. */
  operations = 0;
  /** The operation that power fails in, counting from 1; 0 for none. */
  cutAt = 0;
  tear: Tear = "before";
  random: () => number = randomFrom(1);
  /** Blocks whose writes fail, and whose writes are silently lost. */
  readonly failing = new Set<number>();
  readonly lossy = new Set<number>();
  #status: FlashStatus;

  constructor(status: FlashStatus, bytes = new Uint8Array(status.blocks * status.blockLength).fill(status.eraseValue)) {
    this.#status = status;
    this.bytes = bytes;
  }

  /** The same content, with power. */
  clone(): NorFlash {
    return new NorFlash(this.#status, this.bytes.slice());
  }

  status(): FlashStatus {
    return this.#status;
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    if (byteOffset < 0 || byteOffset + buffer.length > this.bytes.length) throw new RangeError("read out of bounds");
    buffer.set(this.bytes.subarray(byteOffset, byteOffset + buffer.length));
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    const { writeAlign, blockLength } = this.#status;
    if (byteOffset % writeAlign !== 0 || bytes.length % writeAlign !== 0) throw new RangeError("misaligned write");
    if (byteOffset < 0 || byteOffset + bytes.length > this.bytes.length) throw new RangeError("write out of bounds");
    for (let i = 0; i < bytes.length; i++) {
      if (this.bytes[byteOffset + i] !== this.#status.eraseValue) throw new RangeError(`written twice: ${byteOffset + i}`);
    }
    const block = Math.floor(byteOffset / blockLength);
    if (this.lossy.has(block)) return;
    if (this.failing.has(block)) {
      this.#apply(bytes, byteOffset, "bits");
      throw new DeviceFailure();
    }
    this.#operate((tear) => { this.#apply(bytes, byteOffset, tear); });
  }

  eraseBlock(block: number): void {
    if (block < 0 || block >= this.#status.blocks) throw new RangeError("no such block");
    this.#operate((tear) => { this.#erase(block, tear); });
  }

  #operate(apply: (tear: Tear) => void): void {
    this.operations++;
    if (this.operations !== this.cutAt) {
      apply("after");
      return;
    }
    apply(this.tear);
    throw new PowerLoss();
  }

  /** A bit that is set in the result of #mask takes part in the operation. */
  #mask(tear: Tear): number {
    const share = tear === "nearlyAll" ? 0.97 : 0.5;
    let mask = 0;
    for (let bit = 0; bit < 8; bit++) if (this.random() < share) mask |= 1 << bit;
    return mask;
  }

  #apply(bytes: Uint8Array, at: number, tear: Tear): void {
    const whole = tear === "before" ? 0 : tear === "prefix" ? Math.floor(this.random() * bytes.length)
      : tear === "allButLast" ? bytes.length - 1 : bytes.length;
    const erased = this.#status.eraseValue;
    for (let i = 0; i < whole; i++) {
      const mask = tear === "bits" || tear === "nearlyAll" ? this.#mask(tear) : 0xff;
      this.bytes[at + i] = ((bytes[i] ?? 0) & mask) | (erased & ~mask);
    }
  }

  #erase(block: number, tear: Tear): void {
    const { blockLength, eraseValue } = this.#status, from = block * blockLength;
    if (tear === "before") return;
    if (tear === "prefix") {
      const half = from + Math.floor(this.random() * blockLength);
      this.bytes.fill(eraseValue, from, half);
      return;
    }
    for (let i = from; i < from + blockLength; i++) {
      const before = this.bytes[i] ?? 0;
      const mask = tear === "bits" || tear === "nearlyAll" ? this.#mask(tear) : 0xff;
      this.bytes[i] = (eraseValue & mask) | (before & ~mask);
    }
    if (tear === "allButLast") this.bytes[from + Math.floor(this.random() * blockLength)] = eraseValue ^ 0x10;
  }
}
