/** Flash that misbehaves as a variant says: at the n-th operation of a kind, once or for good. */
import type { Base, Flash, Hal } from "../../../hal/hal.ts";
import type { SimBoard } from "../../../hal/sim/board.ts";
import type { SimFlash } from "../../../hal/sim/flash.ts";
import { overlay } from "../overlay.ts";
import type { FlashTrouble, FlipTrouble } from "./variant.ts";

/** A byte whose bits in `mask` read as those of `value`, whatever is written there. */
interface Stuck {
  readonly at: number;
  readonly mask: number;
  readonly value: number;
}

export class Trouble {
  readonly #trouble: FlashTrouble | undefined;
  #count = 0;
  #stuck: Stuck | undefined;

  constructor(trouble: FlashTrouble | undefined, from?: Trouble) {
    this.#trouble = trouble;
    if (from === undefined) return;
    this.#count = from.#count;
    this.#stuck = from.#stuck;
  }

  /** What another trouble goes on from, as values. */
  durable(): readonly unknown[] {
    return [this.#count, this.#stuck];
  }

  /** True when two reads of the same bytes may differ. */
  get unsteady(): boolean {
    const trouble = this.#trouble;
    if (trouble?.what === "flip") return trouble.how === "once" || trouble.how === "always";
    return trouble?.what === "torn" && trouble.reads === "metastable";
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
      base: hal.base && this.#base(hal.base),
      store: this.#seen(board.store, "store"),
      staging: this.#seen(staging, "slot"),
    };
  }

  #seen(flash: SimFlash, partition: "store" | "slot"): Flash {
    const trouble = this.#trouble;
    if (trouble?.what !== "flip" || trouble.partition !== partition) return flash;
    return overlay(flash, {
      read: (buffer, at) => {
        flash.read(buffer, at);
        if (buffer.length > 0) this.#spoil(buffer, at, trouble);
      },
    });
  }

  #base(base: Base): Base {
    const trouble = this.#trouble;
    if (trouble?.what !== "flip" || trouble.partition !== "base") return base;
    return {
      length: base.length,
      read: (buffer, at) => {
        base.read(buffer, at);
        if (buffer.length > 0) this.#spoil(buffer, at, trouble);
      },
    };
  }

  /** Makes of a read of `buffer` at byte `at` what the part gives. */
  #spoil(buffer: Uint8Array, at: number, { at: hit, how }: FlipTrouble): void {
    this.#count++;
    const index = this.#count % buffer.length;
    const mask = how === "byte" ? 0xff : 1 << (this.#count % 8);
    const wrong = (buffer[index] ?? 0) ^ mask;
    if (how === "always" ? this.#count >= hit : this.#count === hit) buffer[index] = wrong;
    if (how === "once" || how === "always") return;
    if (this.#count === hit) this.#stuck = { at: at + index, mask, value: wrong & mask };
    const stuck = this.#stuck;
    if (stuck === undefined || stuck.at < at || stuck.at >= at + buffer.length) return;
    buffer[stuck.at - at] = ((buffer[stuck.at - at] ?? 0) & ~stuck.mask) | stuck.value;
  }
}
