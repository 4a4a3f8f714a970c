/** Flash that misbehaves as a variant says: at the n-th operation of a kind, once or for good. */
import type { Flash, Hal } from "../../../hal/hal.ts";
import type { SimBoard } from "../../../hal/sim/board.ts";
import type { SimFlash } from "../../../hal/sim/flash.ts";
import type { FlashTrouble } from "./variant.ts";

export class Trouble {
  readonly #trouble: FlashTrouble | undefined;
  #count = 0;

  constructor(trouble: FlashTrouble | undefined, from?: Trouble) {
    this.#trouble = trouble;
    if (from !== undefined) this.#count = from.#count;
  }

  /** True when two reads of the same bytes may differ. */
  get unsteady(): boolean {
    const trouble = this.#trouble;
    return trouble?.what === "flip" || (trouble?.what === "torn" && trouble.reads === "metastable");
  }

  /** Sets what the simulated parts themselves do wrong. */
  plague(board: SimBoard): void {
    const trouble = this.#trouble;
    if (trouble === undefined) return;
    if (trouble.what === "torn") {
      for (const flash of [board.boot.flash, board.store, ...board.slots])
        flash.torn = trouble.reads;
      return;
    }
    for (const [partition, flash] of [
      ["store", board.store],
      ["slot", board.slots[0]],
      ["slot", board.slots[1]],
    ] as const) {
      if (trouble.what !== "flip" && trouble.partition === partition) {
        flash.failing = (what) =>
          what === trouble.what && ++this.#count === trouble.at ? trouble.how : undefined;
      }
    }
  }

  /**
   * The board as the client sees it. A part that lies about an erase is seen without the checks of
   * write-once, which it makes meaningless; bounds and alignment are checked in all other variants.
   */
  around(hal: Hal, board: SimBoard): Hal {
    const trouble = this.#trouble;
    if (trouble === undefined || trouble.what === "torn") return hal;
    const staging = board.slots[hal.boot.running().slot === 0 ? 1 : 0];
    return {
      ...hal,
      store: this.#seen(board.store, "store"),
      staging: this.#seen(staging, "slot"),
    };
  }

  #seen(flash: SimFlash, partition: "store" | "slot"): Flash {
    const trouble = this.#trouble;
    if (trouble?.what !== "flip" || trouble.partition !== partition) return flash;
    return {
      status: () => flash.status(),
      write: (bytes, at) => {
        flash.write(bytes, at);
      },
      eraseBlock: (block) => {
        flash.eraseBlock(block);
      },
      read: (buffer, at) => {
        flash.read(buffer, at);
        this.#count++;
        const hit = trouble.stuck ? this.#count >= trouble.at : this.#count === trouble.at;
        const index = this.#count % buffer.length;
        if (hit && buffer.length > 0)
          buffer[index] = (buffer[index] ?? 0) ^ (1 << (this.#count % 8));
      },
    };
  }
}
