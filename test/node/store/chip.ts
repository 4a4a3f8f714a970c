/** A simulated flash and its power supply, with a store on it. */
import type { FlashStatus } from "../../../hal/hal.ts";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { Power, type Cut } from "../../../hal/sim/power.ts";
import { Store } from "../../../src/store/store.ts";

export class Chip {
  readonly power: Power;
  readonly flash: SimFlash;

  /** Erased, or with the content of another; power fails as planned. */
  constructor(status: FlashStatus, content?: Uint8Array, cuts: readonly Cut[] = []) {
    this.power = new Power(cuts);
    this.flash = new SimFlash(this.power, status);
    if (content !== undefined) this.flash.load(content);
  }

  /** Power returns, and the store is opened. */
  open(): Store {
    this.power.restore();
    return Store.open(this.flash);
  }
}
