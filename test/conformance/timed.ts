/** Flash whose calls are timed, by the board's own clock. */
import type { Flash, FlashStatus } from "../../hal/hal.ts";

interface Call {
  readonly ms: number;
  /** What was called, for people. */
  readonly what: string;
}

const NONE: Call = { ms: 0, what: "nothing" };

export class TimedFlash implements Flash {
  readonly #flash: Flash;
  readonly #now: () => number;
  #longest = NONE;
  #second = NONE;

  constructor(flash: Flash, now: () => number) {
    this.#flash = flash;
    this.#now = now;
  }

  /**
   * The longest call so far but one. The longest may be that of a computer which was busy while it
   * emulated the board; what a part does, it does again.
   */
  get slow(): Call {
    return this.#second;
  }

  status(): FlashStatus {
    return this.#flash.status();
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    const from = this.#now();
    this.#flash.read(buffer, byteOffset);
    this.#took(from, "read at", byteOffset);
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    const from = this.#now();
    this.#flash.write(bytes, byteOffset);
    this.#took(from, "write at", byteOffset);
  }

  eraseBlock(block: number): void {
    const from = this.#now();
    this.#flash.eraseBlock(block);
    this.#took(from, "erase of block", block);
  }

  #took(from: number, what: string, where: number): void {
    const ms = this.#now() - from;
    if (ms <= this.#second.ms) return;
    const call = { ms, what: `${what} ${where}` };
    this.#second = ms > this.#longest.ms ? this.#longest : call;
    if (ms > this.#longest.ms) this.#longest = call;
  }
}
