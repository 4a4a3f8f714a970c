/**
 * Which losses of power make up a sweep: every operation of an undisturbed update is cut, with as
 * few updates as that takes.
 *
 * An operation of the logs has a run of its own, which finds there what an undisturbed update has.
 * A cut in the slot costs a restart: the download goes on behind the last whole block, and no
 * address in the slot is changed by it. So a run has many of those, at addresses that the next
 * power-on comes to, and so far apart that the attempts of the download do not run out.
 */
import { type Operation, isSame } from "./operation.ts";

export const MODES = ["before", "torn", "after"] as const;
export type Mode = (typeof MODES)[number];

export interface PlannedCut {
  readonly kind: Operation["kind"];
  readonly offset: number;
  readonly mode: Mode;
}

/**
 * The power goes in an operation on that byte of the flash, or so many milliseconds after power-on.
 */
export type Loss = PlannedCut | { readonly kind: "kill"; readonly ms: number };

/** One update, and what happens to it: a loss for each power-on but the last. */
export type Run = readonly Loss[];

/** Cuts in the slot of one update: no more than two in a block. */
const SLOT_CUTS = 10;

const LETTERS = { program: "p", erase: "e" } as const;

/**
 * `e380000t.p380800b.k120`: an erase that is torn, the power gone before a program, and 120 ms
 * after power-on.
 */
export function runId(run: Run): string {
  return run
    .map((loss) =>
      loss.kind === "kill"
        ? `k${loss.ms}`
        : `${LETTERS[loss.kind]}${loss.offset.toString(16).padStart(6, "0")}${loss.mode.charAt(0)}`,
    )
    .join(".");
}

/** Throws an Error that says which word is wrong. */
export function parseRunId(id: string): Run {
  return id.split(".").map((word): Loss => {
    const [, letter, offset = "", initial = "", ms] =
      /^(?:([pe])([0-9a-f]{6})([bta])|k(\d+))$/.exec(word) ?? [];
    const mode = MODES.find((name) => name.startsWith(initial));
    if (ms !== undefined) return { kind: "kill", ms: Number(ms) };
    if (letter === undefined || mode === undefined)
      throw new Error(`no loss of power is called ${word}`);
    return { kind: letter === "e" ? "erase" : "program", offset: parseInt(offset, 16), mode };
  });
}

/** How much of an update is cut. */
export interface Extent {
  readonly whole: boolean;
  readonly every: number;
  readonly first?: number;
}

/** Whether the operation with this number, counted from 0, is one that is cut. */
export function isIn(index: number, { every, first = 0 }: Extent): boolean {
  return index % every === first % every;
}

/**
 * Runs that cut each operation of `update` in each mode, but those in the slot in one mode each, in
 * turn, unless `whole`.
 * `every`: one operation of so many, for a sample, from the one with number `first` on.
 */
export function planSweep(update: readonly Operation[], options: Extent): readonly Run[] {
  const some = update.filter((_, index) => isIn(index, options));
  const [slot = [], logs = []] = [true, false].map((inSlot) =>
    some.filter((operation) => (operation.partition === "slot") === inSlot),
  );
  const inMode = (list: readonly Operation[], mode: Mode): Step[] =>
    list.map((operation) => ({ operation, mode }));
  const inTurn = slot.map((operation, turn) => ({
    operation,
    mode: MODES[turn % MODES.length] ?? "torn",
  }));
  const chains = (options.whole ? MODES.map((mode) => inMode(slot, mode)) : [inTurn]).flatMap(
    divide,
  );
  return [...MODES.flatMap((mode) => inMode(logs, mode).map((step) => [step])), ...chains].map(
    (run) => run.map(({ operation: { kind, offset }, mode }) => ({ kind, offset, mode })),
  );
}

/** Into as many runs as it takes; the steps of a run keep their order, and are far apart. */
function divide(steps: readonly Step[]): readonly (readonly Step[])[] {
  const count = Math.ceil(steps.length / SLOT_CUTS);
  return Array.from({ length: count }, (_, first) =>
    steps.filter((_step, turn) => turn % count === first),
  );
}

interface Step {
  readonly operation: Operation;
  readonly mode: Mode;
}

/**
 * `count` kills at moments that follow from `seed`, `perRun` in each run, from `firstMs` to
 * `lastMs` after power-on.
 */
export function planKills(
  count: number,
  perRun: number,
  moments: { readonly firstMs: number; readonly lastMs: number },
  seed: number,
): readonly Run[] {
  const runs: Loss[][] = [];
  for (let i = 0, state = seed; i < count; i++) {
    state = (state * 48271) % 0x7fffffff;
    if (i % perRun === 0) runs.push([]);
    runs
      .at(-1)
      ?.push({ kind: "kill", ms: moments.firstMs + (state % (moments.lastMs - moments.firstMs)) });
  }
  return runs;
}

/** Which operations of `update` were cut in which modes: `cuts` is what the console told. */
export function coverage(update: readonly Operation[], cuts: readonly Cut[]): readonly Covered[] {
  return update.map((operation) => ({
    operation,
    modes: MODES.filter((mode) =>
      cuts.some((cut) => cut.mode === mode && isSame(operation, cut.operation)),
    ),
  }));
}

/** A cut that came. */
export interface Cut {
  readonly operation: Operation;
  readonly mode: Mode;
}

export interface Covered {
  readonly operation: Operation;
  readonly modes: readonly Mode[];
}

/** Whether the sweep has left something of this operation out: see planSweep. */
export function isMissed({ operation, modes }: Covered, whole: boolean): boolean {
  return modes.length < (operation.partition === "slot" && !whole ? 1 : MODES.length);
}
