/** Flash of hal.ts over ESP-IDF's partitions. slots.h says how staging is put together. */
import type { Flash, FlashStatus } from "../hal.ts";

class Partition extends Native("xs_area_destructor") {
  constructor(name: string) {
    super();
    native("xs_area").call(this, name);
  }
  blocks(): number {
    return native("xs_area_blocks").call(this);
  }
  blockLength(): number {
    return native("xs_area_block_length").call(this);
  }
  writeAlign(): number {
    return native("xs_area_write_align").call(this);
  }
  read(buffer: Uint8Array, byteOffset: number): void {
    native("xs_area_read").call(this, buffer, byteOffset);
  }
  write(bytes: Uint8Array, byteOffset: number): void {
    native("xs_area_write").call(this, bytes, byteOffset);
  }
  eraseBlock(block: number): void {
    native("xs_area_erase_block").call(this, block);
  }
}

/**
 * Errors are Errors with `kind`. The constructor throws a `device` error that says what is wrong
 * with the partition table.
 */
export class Area extends Partition implements Flash {
  readonly #status: FlashStatus;

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
