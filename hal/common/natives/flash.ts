/**
 * A partition of the board's flash as Flash of hal.ts. flash.c refuses what its contract forbids.
 */
import type { Base, Flash, FlashStatus } from "../../hal.ts";

class Partition extends Native("xs_flash_destructor") {
  constructor(name: string) {
    super();
    native("xs_flash").call(this, name);
  }
  blocks(): number {
    return native("xs_flash_blocks").call(this);
  }
  blockLength(): number {
    return native("xs_flash_block_length").call(this);
  }
  writeAlign(): number {
    return native("xs_flash_write_align").call(this);
  }
  read(buffer: Uint8Array, byteOffset: number): void {
    native("xs_flash_read").call(this, buffer, byteOffset);
  }
  write(bytes: Uint8Array, byteOffset: number): void {
    native("xs_flash_write").call(this, bytes, byteOffset);
  }
  eraseBlock(block: number): void {
    native("xs_flash_erase_block").call(this, block);
  }
}

/**
 * Errors are Errors with `kind`. A write to bytes that do not read as erased is a `device` error
 * and writes nothing. The constructor throws a `device` error that says why the board cannot give
 * the partition.
 */
export class PartitionFlash extends Partition implements Flash {
  readonly #status: FlashStatus;

  /** `staging` is the slot that does not run. */
  constructor(name: "store" | "staging") {
    super(name);
    this.#status = {
      blocks: this.blocks(),
      blockLength: this.blockLength(),
      writeAlign: this.writeAlign(),
      eraseValue: 0xff,
    };
  }

  status(): FlashStatus {
    return this.#status;
  }
}

/** The payload of the image that runs. Throws as the constructor of PartitionFlash does. */
export function openBase(): Base {
  const payload = new Partition("base");
  return {
    length: payload.blocks(),
    read: (buffer, offset) => {
      payload.read(buffer, offset);
    },
  };
}
