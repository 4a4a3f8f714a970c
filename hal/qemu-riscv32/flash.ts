/** Partitions of the NOR flash. map.h says where they are. */
import type { Flash, FlashStatus } from "../hal.ts";
import { frozen } from "../../src/base/frozen.ts";

function blocks(this: unknown, partition: number): number {
  return native("xs_nor_blocks").call(this, partition);
}
function blockLength(this: unknown, partition: number): number {
  return native("xs_nor_block_length").call(this, partition);
}
function writeAlign(this: unknown, partition: number): number {
  return native("xs_nor_write_align").call(this, partition);
}
function read(this: unknown, partition: number, buffer: Uint8Array, offset: number): void {
  native("xs_nor_read").call(this, partition, buffer, offset);
}
function write(this: unknown, partition: number, bytes: Uint8Array, offset: number): void {
  native("xs_nor_write").call(this, partition, bytes, offset);
}
function eraseBlock(this: unknown, partition: number, block: number): void {
  native("xs_nor_erase_block").call(this, partition, block);
}

/** Numbers of the partitions, as nor.h has them. */
export const STORE = 1;
export const SLOTS = frozen([2, 3]);

/**
 * Flash of hal.ts. Errors are Errors with `kind`. A write to bytes that do not read as erased is a
 * `device` error and writes nothing.
 */
export class NorFlash implements Flash {
  readonly #partition: number;
  readonly #status: FlashStatus;

  constructor(partition: number) {
    this.#partition = partition;
    this.#status = {
      blocks: blocks(partition),
      blockLength: blockLength(partition),
      writeAlign: writeAlign(partition),
      eraseValue: 0xff,
    };
  }

  status(): FlashStatus {
    return this.#status;
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    read(this.#partition, buffer, byteOffset);
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    write(this.#partition, bytes, byteOffset);
  }

  eraseBlock(block: number): void {
    eraseBlock(this.#partition, block);
  }
}
