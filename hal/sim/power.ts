/**
 * Power that fails at a chosen operation. Everything durable that a board does, each flash program,
 * flash erase and change of the boot log, and each message that leaves or arrives, is one numbered
 * operation.
 */
import { frozen } from "../../src/base/frozen.ts";
import { Random } from "./random.ts";

/**
 * What is left of the operation that was cut. `before`: nothing was done; `after`: all of it. Torn
 * programs: a `tornPrefix` of the bytes; all but the last byte; a random share of the bits; nearly
 * all bits. Torn erases: only the pre-programming to zero; all but three bits; a random share;
 * nearly all.
 */
export type CutMode = "before" | "after" | "tornPrefix" | "tornLast" | "tornBits" | "tornNear";
export type TornMode = Exclude<CutMode, "before" | "after">;
export const CUT_MODES: readonly CutMode[] = frozen([
  "before",
  "after",
  "tornPrefix",
  "tornLast",
  "tornBits",
  "tornNear",
]);

/**
 * Power fails in the operation number `at`, from 1, counted from the cut before this one, or from
 * the beginning.
 */
export interface Cut {
  readonly at: number;
  readonly mode: CutMode;
  readonly seed: number;
}

/**
 * Thrown out of the operation that was cut, and out of everything that touches the board until
 * power is back.
 */
export class PowerLoss extends Error {
  override name = "PowerLoss";
}

/**
 * What is done: a partition's name and what happens to it, `boot log`, or what the network carries.
 */
export type OperationKind = string;

/**
 * Sees each operation around its effect: a campaign continues from here with every cut there is.
 */
export interface Observer {
  /**
   * `tear` leaves in the flash what a cut would; undefined when the operation is done or not done,
   * and nothing between.
   */
  before(kind: OperationKind, tear: ((mode: TornMode, seed: number) => void) | undefined): void;
  after(kind: OperationKind): void;
}

export class Power {
  observer: Observer | undefined;
  /** Called before each operation; `cut` is how it will be cut. */
  onOperation: ((kind: OperationKind, cut: CutMode | undefined) => void) | undefined;
  #cuts: Cut[];
  #since = 0;
  #on = true;
  /** Operations performed since the beginning, those that were cut included. */
  operations = 0;

  constructor(cuts: readonly Cut[] = []) {
    this.#cuts = cuts.slice();
  }

  /** Operations since the last cut, or since the beginning: what the next Cut's `at` counts. */
  get since(): number {
    return this.#since;
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

  /** The program stops here: until power is back nothing that it does has an effect. */
  fail(): void {
    this.#on = false;
  }

  /** Power returns. */
  restore(): void {
    this.#on = true;
  }

  /** Throws a PowerLoss while power is off. */
  require(): void {
    if (!this.#on) throw new PowerLoss("power is off");
  }

  /**
   * Performs a durable operation, or what the planned cut leaves of it, and then throws a
   * PowerLoss.
   */
  perform(
    kind: OperationKind,
    apply: () => void,
    tear: (mode: TornMode, random: Random) => void,
  ): void {
    this.#perform(kind, apply, tear, true);
  }

  /** Performs an operation that is done or not done, and nothing between. */
  performWhole(kind: OperationKind, apply: () => void): void {
    this.#perform(
      kind,
      apply,
      (_mode, random) => {
        if (random.below(2) === 0) apply();
      },
      false,
    );
  }

  #perform(
    kind: OperationKind,
    apply: () => void,
    tear: (mode: TornMode, random: Random) => void,
    divisible: boolean,
  ): void {
    this.require();
    this.operations++;
    this.#since++;
    const cut = this.#cuts[0];
    const whole = cut === undefined || this.#since < cut.at;
    this.onOperation?.(kind, whole ? undefined : cut.mode);
    if (whole) {
      this.observer?.before(
        kind,
        divisible
          ? (mode, seed) => {
              tear(mode, this.#chance(seed));
            }
          : undefined,
      );
      apply();
      this.observer?.after(kind);
      return;
    }
    this.#cuts.shift();
    this.#since = 0;
    this.#on = false;
    if (cut.mode === "after") apply();
    else if (cut.mode !== "before") tear(cut.mode, this.#chance(cut.seed));
    throw new PowerLoss(`power failed in operation ${this.operations}: ${kind} (${cut.mode})`);
  }

  #chance(seed: number): Random {
    return new Random(seed * 7919 + this.operations);
  }
}
