/** A flash partition in a file of the board's state directory. file.h says how a file is flash. */
import type { Flash, FlashStatus } from "../hal.ts";

class FlashFile extends Native("xs_flash_destructor") {
  constructor(path: string, blockLength: number, blocks: number, writeAlign: number) {
    super();
    native("xs_flash").call(this, path, blockLength, blocks, writeAlign);
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
  close(): void {
    native("xs_flash_close").call(this);
  }
}

/**
 * Flash of hal.ts over `path`, a file name in the state directory; a file that is not there is an
 * erased partition. Errors are Errors with `kind`. A write to bytes that do not read as erased is a
 * `device` error and writes nothing. After close() every call throws a SyntaxError; close() may be
 * called again.
 */
export class FileFlash extends FlashFile implements Flash {
  readonly #status: FlashStatus;

  constructor(path: string, blockLength: number, blocks: number, writeAlign: number) {
    super(path, blockLength, blocks, writeAlign);
    this.#status = { blocks, blockLength, writeAlign, eraseValue: 0xff };
  }

  status(): FlashStatus {
    return this.#status;
  }
}
