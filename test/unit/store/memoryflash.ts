/** A flash for tests of the store. */
import type { Flash, FlashStatus } from "../../../hal/hal.ts";
import { ok } from "../../check.ts";

class DeviceFailure extends Error {
  override name = "DeviceFailure";
  readonly kind = "device";
}

/** Flash in memory that keeps the rules and fails in the blocks it is told to. */
export class MemoryFlash implements Flash {
  readonly bytes: Uint8Array;
  readonly failing = new Set<number>();
  readonly lossy = new Set<number>();
  /** A byte, and how many of its reads are right before two bits of it turn. */
  readonly turning = new Map<number, number>();
  writes = 0;
  /** Writes that succeed from here on, before all others fail, and all erases with them. */
  left = Infinity;
  /** Bytes of the longest read so far. */
  longestRead = 0;
  #status: FlashStatus;

  constructor(blocks: number, blockLength: number, writeAlign = 1, eraseValue = 0xff) {
    this.#status = { blocks, blockLength, writeAlign, eraseValue };
    this.bytes = new Uint8Array(blocks * blockLength).fill(eraseValue);
  }

  /** Another with the same content, in which nothing fails. */
  copy(): MemoryFlash {
    const { blocks, blockLength, writeAlign, eraseValue } = this.#status;
    const copy = new MemoryFlash(blocks, blockLength, writeAlign, eraseValue);
    copy.bytes.set(this.bytes);
    return copy;
  }
  /** Inverts the bits of `mask` in a byte, as a cell that loses its charge does. */
  flip(byteOffset: number, mask: number): void {
    this.bytes[byteOffset] = (this.bytes[byteOffset] ?? 0) ^ mask;
  }
  /** Where these bytes stand, from a byte on; -1: nowhere. */
  find(wanted: Uint8Array, from = 0): number {
    for (let at = from; at + wanted.length <= this.bytes.length; at++)
      if (wanted.every((byte, index) => this.bytes[at + index] === byte)) return at;
    return -1;
  }
  status(): FlashStatus {
    return this.#status;
  }
  read(buffer: Uint8Array, byteOffset: number): void {
    this.longestRead = Math.max(this.longestRead, buffer.length);
    buffer.set(this.bytes.subarray(byteOffset, byteOffset + buffer.length));
    for (const [at, right] of this.turning) {
      if (at < byteOffset || at >= byteOffset + buffer.length) continue;
      if (right === 0) buffer[at - byteOffset] = (buffer[at - byteOffset] ?? 0) ^ 3;
      else this.turning.set(at, right - 1);
    }
  }
  write(bytes: Uint8Array, byteOffset: number): void {
    const block = Math.floor(byteOffset / this.#status.blockLength);
    const { writeAlign, eraseValue } = this.#status;
    ok(byteOffset % writeAlign === 0 && bytes.length % writeAlign === 0, "aligned");
    ok(
      this.bytes
        .subarray(byteOffset, byteOffset + bytes.length)
        .every((byte) => byte === eraseValue),
      "written once",
    );
    this.writes++;
    if (this.failing.has(block) || this.left === 0) throw new DeviceFailure();
    this.left--;
    if (!this.lossy.has(block)) this.bytes.set(bytes, byteOffset);
  }
  eraseBlock(block: number): void {
    if (this.left === 0) throw new DeviceFailure();
    const { blockLength, eraseValue } = this.#status;
    this.bytes.fill(eraseValue, block * blockLength, (block + 1) * blockLength);
  }
}
