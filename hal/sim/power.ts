/**
 * Power that fails at a chosen operation. Everything durable that a board does, each flash program, flash erase and change
 * of the boot log, and each message that leaves or arrives, is one numbered operation.
 */
import { Random } from "./random.ts";

/**
 * What is left of the operation that was cut. `before`: nothing was done; `after`: all of it. Torn programs: a `tornPrefix`
 * of the bytes; all but the last byte; a random share of the bits; nearly all bits. Torn erases: only the pre-programming to
 * zero; all but three bits; a random share; nearly all.
 */
export type CutMode = "before" | "after" | "tornPrefix" | "tornLast" | "tornBits" | "tornNear";
export type TornMode = Exclude<CutMode, "before" | "after">;
export const CUT_MODES: readonly CutMode[] = Object.freeze(["before", "after", "tornPrefix", "tornLast", "tornBits", "tornNear"] as const);

/** Power fails in the operation number `at`, from 1, counted from the cut before this one, or from the beginning. */
export interface Cut {
  readonly at: number;
  readonly mode: CutMode;
  readonly seed: number;
}

/** Thrown out of the operation that was cut, and out of everything that touches the board until power is back. */
export class PowerLoss extends Error {
  override name = "PowerLoss";
}

export class Power {
  #cuts: Cut[];
  #since = 0;
  #on = true;
  /** Operations performed since the beginning, those that were cut included. */
  operations = 0;

  constructor(cuts: readonly Cut[] = []) {
    this.#cuts = cuts.slice();
  }

  /** How many of the planned cuts have not happened. */
  get planned(): number {
    return this.#cuts.length;
  }

  /** One more cut, after those that are planned. */
  plan(cut: Cut): void {
    if (this.#cuts.length === 0) this.#since = 0;
    this.#cuts.push(cut);
  }

  /** No cut is planned any more. */
  cancel(): void {
    this.#cuts = [];
  }

  /** Power returns. */
  restore(): void {
    this.#on = true;
  }

  /** Throws a PowerLoss while power is off. */
  require(): void {
    if (!this.#on) throw new PowerLoss("power is off");
  }

  /** Performs a durable operation, or what the planned cut leaves of it, and then throws a PowerLoss. */
  perform(apply: () => void, tear: (mode: TornMode, random: Random) => void): void {
    this.require();
    this.operations++;
    this.#since++;
    const cut = this.#cuts[0];
    if (cut === undefined || this.#since < cut.at) {
      apply();
      return;
    }
    this.#cuts.shift();
    this.#since = 0;
    this.#on = false;
    if (cut.mode === "after") apply();
    else if (cut.mode !== "before") tear(cut.mode, new Random(cut.seed * 7919 + this.operations));
    throw new PowerLoss(`power failed in operation ${this.operations} (${cut.mode})`);
  }

  /** Performs an operation that is done or not done, and nothing between. */
  performWhole(apply: () => void): void {
    this.perform(apply, (_mode, random) => { if (random.below(2) === 0) apply(); });
  }
}
