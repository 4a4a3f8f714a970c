/**
 * The contract of Flash as a decorator: wraps any partition and refuses what the contract forbids,
 * before the flash is touched. For simulation, for conformance runs, and for a board that is being
 * brought up.
 */
import type { Flash, FlashError, FlashErrorKind, FlashStatus } from "../hal.ts";

/** The error that every function of a Flash throws. */
export class FlashFault extends Error implements FlashError {
  override name = "FlashFault";
  readonly kind: FlashErrorKind;

  constructor(kind: FlashErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * A byte was about to be programmed that is not erased: the caller is broken, hence none of the
 * kinds that a caller handles.
 */
export class WrittenTwice extends Error {
  override name = "WrittenTwice";
}

/**
 * Alignment, bounds and write-once. Throws FlashFault or WrittenTwice, and then the flash is
 * untouched.
 */
export class CheckedFlash implements Flash {
  #flash: Flash;

  constructor(flash: Flash) {
    this.#flash = flash;
  }

  status(): FlashStatus {
    return this.#flash.status();
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    this.#inside(byteOffset, buffer.length);
    this.#flash.read(buffer, byteOffset);
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    const { writeAlign, eraseValue } = this.#flash.status();
    this.#inside(byteOffset, bytes.length);
    if (byteOffset % writeAlign !== 0 || bytes.length % writeAlign !== 0) {
      throw new FlashFault("misaligned", `write of ${bytes.length} bytes at ${byteOffset}`);
    }
    const present = new Uint8Array(Math.min(bytes.length, 4096));
    for (let done = 0; done < bytes.length; done += present.length) {
      const part = present.subarray(0, Math.min(present.length, bytes.length - done));
      this.#flash.read(part, byteOffset + done);
      for (let i = 0; i < part.length; i++) {
        if (part[i] !== eraseValue)
          throw new WrittenTwice(`byte ${byteOffset + done + i} is not erased`);
      }
    }
    this.#flash.write(bytes, byteOffset);
  }

  eraseBlock(block: number): void {
    if (!Number.isInteger(block) || block < 0 || block >= this.#flash.status().blocks) {
      throw new FlashFault("bounds", `erase of block ${block}`);
    }
    this.#flash.eraseBlock(block);
  }

  #inside(byteOffset: number, length: number): void {
    const { blocks, blockLength } = this.#flash.status();
    if (
      !Number.isInteger(byteOffset) ||
      byteOffset < 0 ||
      byteOffset + length > blocks * blockLength
    ) {
      throw new FlashFault("bounds", `${length} bytes at ${byteOffset}`);
    }
  }
}
