/**
 * All cuts of one variant without running what comes before them again and again: one site, the
 * trunk, runs through; at each of its operations forks of it go on as if power had failed there,
 * each in its own way. What a cut takes is RAM, so a fork is what is durable and nothing else.
 */
import { CUT_MODES, type Cut, type CutMode } from "../../../hal/sim/power.ts";
import { SimBoard } from "../../../hal/sim/board.ts";
import { Random } from "../../../hal/sim/random.ts";
import { replayId } from "./id.ts";
import { Known } from "./known.ts";
import { settingOf } from "./keys.ts";
import type { Setting } from "./setting.ts";
import { Site } from "./site.ts";
import type { Tally } from "./tally.ts";
import type { Variant } from "./variant.ts";

/** Where a fork comes from: all its cuts, the last of them, and what that cut hit. */
interface Origin {
  readonly cuts: readonly Cut[];
  readonly cut: Cut;
  readonly kind: string;
}
/**
 * What is done at a place to cut; `fork` makes a site that goes on from there, with cuts to come.
 */
type Visit = (origin: Origin, fork: (cuts?: readonly Cut[]) => Site) => void;
/** Which torn programs and erases a fork is made of. */
type Choice = (
  kind: string,
  torn: boolean,
) => readonly { readonly mode: CutMode; readonly seed: number }[];

export class Sweep {
  readonly #setting: Setting;
  readonly #variant: Variant;
  readonly #tally: Tally;
  readonly #round: number;
  readonly #failuresMax: number;
  readonly #known: Known;
  #failures = 0;

  /**
   * Another round has other seeds. After `failuresMax` failures no more cuts are made. `known` ends
   * a scenario where another one has gone on from the same state.
   */
  constructor(
    variant: Variant,
    tally: Tally,
    round: number,
    failuresMax = 3,
    known: Known = new Known(),
  ) {
    this.#setting = settingOf(variant);
    this.#variant = variant;
    this.#tally = tally;
    this.#round = round;
    this.#failuresMax = failuresMax;
    this.#known = known;
  }

  /** No cut. */
  uncut(set: string): void {
    this.#attempt([], () => {
      new Site(this.#setting).run();
    });
    this.#tally.addUncut(set);
  }

  /** Each operation, each mode, `seeds` times where chance is in the mode. */
  singles(set: string, seeds: number): void {
    this.#walk(this.#all(seeds), (origin, fork) => {
      this.#finish(set, origin, fork());
    });
  }

  /** Each pair of operations, in four pairs of modes. */
  pairs(set: string): void {
    const seed = this.#round + 1;
    const first: Choice = (_kind, torn) =>
      torn
        ? [
            { mode: "before", seed },
            { mode: "tornBits", seed },
          ]
        : [{ mode: "after", seed }];
    const second: Choice = (_kind, torn) =>
      torn
        ? [
            { mode: "after", seed },
            { mode: "tornNear", seed },
          ]
        : [{ mode: "before", seed }];
    this.#walk(first, ({ cuts }, fork) => {
      this.#attempt(cuts, () => {
        this.#run(fork(), cuts, second, (origin, leaf) => {
          this.#finish(set, origin, leaf());
        });
      });
    });
  }

  /** From each operation on, `count` chains of two to eight cuts at random. */
  chains(set: string, count: number): void {
    this.#walk(
      (_kind, torn) => this.#some(torn, count),
      ({ cut, kind }, fork) => {
        const random = new Random(cut.at * 1009 + cut.seed);
        const cuts = Array.from({ length: 1 + random.below(7) }, () => {
          return {
            at: 1 + random.below(24),
            mode: modeAt(random.below(6)),
            seed: random.below(1000),
          };
        });
        this.#finish(set, { cut, kind, cuts: [cut, ...cuts] }, fork(cuts));
      },
    );
  }

  /**
   * Reset loops: the n-th operation of every boot is cut, up to `rounds` times; then power stays.
   */
  loops(set: string, rounds: readonly number[]): void {
    this.#walk(
      (_kind, torn) => this.#some(torn, 1),
      ({ cut, kind }, fork) => {
        const at = 1 + (cut.at % 12);
        for (const length of rounds) {
          const cuts = Array.from({ length }, (_, index) => ({
            at,
            mode: cut.mode,
            seed: cut.seed + index,
          }));
          this.#finish(set, { cut, kind, cuts: [cut, ...cuts] }, fork(cuts));
        }
      },
    );
  }

  #all(seeds: number): Choice {
    const whole = [
      { mode: "before", seed: 0 },
      { mode: "after", seed: 0 },
    ] as const;
    const torn = (kind: string): readonly { mode: CutMode; seed: number }[] =>
      CUT_MODES.filter((mode) => mode !== "before" && mode !== "after").flatMap((mode) =>
        Array.from({ length: certain(kind, mode) ? 1 : seeds }, (_, n) => ({
          mode,
          seed: this.#round * seeds + n,
        })),
      );
    const program = [...whole, ...torn("program")];
    const erase = [...whole, ...torn("erase")];
    return (kind, divisible) => (divisible ? (kind.endsWith("erase") ? erase : program) : whole);
  }

  #some(torn: boolean, count: number): { mode: CutMode; seed: number }[] {
    return Array.from({ length: count }, (_, index) => {
      const seed = this.#round * count + index + 1;
      return {
        mode: torn ? modeAt(seed * 7) : seed % 2 === 0 ? ("before" as const) : ("after" as const),
        seed,
      };
    });
  }

  /** Runs the trunk, and visits each place to cut. */
  #walk(choice: Choice, visit: Visit): void {
    this.#attempt([], () => {
      this.#run(new Site(this.#setting), [], choice, visit);
    });
  }

  /** Runs a site that has had these cuts, and visits each place for another one. */
  #run(site: Site, before: readonly Cut[], choice: Choice, visit: Visit): void {
    const { power, board } = site;
    const kept = new SimBoard(site.parts);
    const at = (kind: string, mode: CutMode, seed: number): void => {
      const cut = { at: power.since, mode, seed };
      if (this.#failures < this.#failuresMax)
        visit({ cut, kind, cuts: [...before, cut] }, (cuts) => site.fork(cuts));
    };
    let choices: ReturnType<Choice> = [];
    power.observer = {
      before: (kind, tear) => {
        choices = choice(kind, tear !== undefined);
        for (const { mode, seed } of choices) {
          if (mode === "before") at(kind, mode, seed);
          if (mode === "before" || mode === "after" || tear === undefined) continue;
          kept.copyFrom(board);
          tear(mode, seed);
          at(kind, mode, seed);
          board.copyFrom(kept);
        }
      },
      after: (kind) => {
        for (const { mode, seed } of choices) if (mode === "after") at(kind, mode, seed);
      },
    };
    site.run();
  }

  #finish(set: string, { cut, cuts, kind }: Origin, site: Site): void {
    this.#tally.add(set, kind, cut.mode);
    this.#attempt(cuts, () => {
      if (this.#known.run(site)) this.#tally.shared++;
    });
  }

  #attempt(cuts: readonly Cut[], act: () => void): void {
    try {
      act();
    } catch (error) {
      if (this.#failures++ >= this.#failuresMax) return;
      const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.#tally.failures.push({ id: replayId({ variant: this.#variant, cuts }), problem });
    }
  }
}

/** Whether no chance is in what a cut leaves. */
function certain(kind: string, mode: CutMode): boolean {
  return mode === (kind === "erase" ? "tornPrefix" : "tornLast");
}

function modeAt(index: number): CutMode {
  return CUT_MODES[index % CUT_MODES.length] ?? "before";
}
