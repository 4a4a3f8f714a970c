/** Puts an image from the rig into the staging partition, piece by piece, as an update does. */
import type { Hal } from "../../hal/hal.ts";
import { copy } from "../../src/base/bytes.ts";
import { Fetch } from "./fetch.ts";
import type { Report } from "./order.ts";

/** Bytes that are written at a time: every writeAlign divides it. */
const PIECE_BYTES = 1024;

export class Stage {
  #hal: Hal;
  #fetch: Fetch;
  #piece = new Uint8Array(PIECE_BYTES);
  #held = 0;
  /** Bytes of the image before the piece. */
  #at = 0;
  #damage: number | undefined;

  /** `damage`: the offset of a byte that is stored with one bit turned. */
  constructor(hal: Hal, url: string, damage: number | undefined) {
    this.#hal = hal;
    this.#damage = damage;
    this.#fetch = new Fetch(
      hal.link,
      { method: "GET", url, headers: [] },
      {
        sink: (bytes) => {
          this.#take(bytes);
        },
      },
    );
  }

  step(now: number): Report | number {
    const result = this.#fetch.step(now);
    if (typeof result === "number") return result;
    if (result.status !== 200 || result.error !== undefined) {
      return { kind: "threw", text: `the image did not come: ${result.error ?? ""}` };
    }
    if (this.#held > 0) this.#store();
    return { kind: "done" };
  }

  #take(bytes: Uint8Array): void {
    const { blockLength } = this.#hal.staging.status();
    for (let from = 0; from < bytes.length; ) {
      const room = Math.min(PIECE_BYTES, blockLength - (this.#at % blockLength));
      const count = Math.min(bytes.length - from, room - this.#held);
      copy(this.#piece, this.#held, bytes, from, from + count);
      from += count;
      this.#held += count;
      if (this.#held === room) this.#store();
    }
  }

  /** The last piece is filled up with what erased flash holds. */
  #store(): void {
    const { writeAlign, eraseValue, blockLength } = this.#hal.staging.status();
    const damage = (this.#damage ?? Infinity) - this.#at;
    const end = Math.ceil(this.#held / writeAlign) * writeAlign;
    this.#piece.fill(eraseValue, this.#held, end);
    if (damage >= 0 && damage < this.#held) this.#piece[damage] = (this.#piece[damage] ?? 0) ^ 1;
    if (this.#at % blockLength === 0) this.#hal.staging.eraseBlock(this.#at / blockLength);
    this.#hal.staging.write(this.#piece.subarray(0, end), this.#at);
    this.#at += this.#held;
    this.#held = 0;
  }
}
