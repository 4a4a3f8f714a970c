/** Puts an image from the rig into the staging partition, block by block, as an update does. */
import type { Hal } from "../../hal/hal.ts";
import { Fetch } from "./fetch.ts";
import type { Report } from "./order.ts";

export class Stage {
  #hal: Hal;
  #fetch: Fetch;
  #block: Uint8Array;
  #damage: number | undefined;
  #length = 0;

  /** `damage`: the offset of a byte that is stored with one bit turned. */
  constructor(hal: Hal, url: string, damage: number | undefined) {
    this.#hal = hal;
    this.#block = new Uint8Array(hal.staging.status().blockLength);
    this.#damage = damage;
    this.#fetch = new Fetch(hal.link, { method: "GET", url, headers: [] }, { sink: (bytes) => { this.#take(bytes); } });
  }

  step(now: number): Report | number {
    const result = this.#fetch.step(now);
    if (typeof result === "number") return result;
    if (result.status !== 200 || result.error !== undefined) {
      return { kind: "threw", text: `the image did not come: ${result.error ?? ""}` };
    }
    const used = this.#length % this.#block.length;
    if (used > 0) this.#store(this.#length - used, used);
    return { kind: "done" };
  }

  #take(bytes: Uint8Array): void {
    const { length } = this.#block;
    for (const byte of bytes) {
      this.#block[this.#length % length] = this.#length === this.#damage ? byte ^ 1 : byte;
      this.#length++;
      if (this.#length % length === 0) this.#store(this.#length - length, length);
    }
  }

  /** The last block is filled up with what erased flash holds. */
  #store(at: number, used: number): void {
    const { writeAlign, eraseValue } = this.#hal.staging.status();
    const end = Math.ceil(used / writeAlign) * writeAlign;
    this.#block.fill(eraseValue, used, end);
    this.#hal.staging.eraseBlock(at / this.#block.length);
    this.#hal.staging.write(this.#block.subarray(0, end), at);
  }
}
