/**
 * What is too long for every run of the tests takes turns: another part of it each hour, all of it
 * within a few. `TURN=n` repeats a turn.
 */
import { BARE_NAMES, type BareName } from "./rig/boards/boards.ts";

const HOUR_MS = 3_600_000;

export const TURN = Number(process.env.TURN ?? Math.floor(Date.now() / HOUR_MS));

/** The one whose turn it is. */
export function inTurn<T>(items: readonly T[]): T {
  const item = items[TURN % items.length];
  if (item === undefined) throw new Error("nothing can have a turn");
  return item;
}

const [first, ...others] = BARE_NAMES;

/** The bare-metal board that every run tests, and the other one whose turn it is. */
export const BARE_IN_TURN: readonly BareName[] = [
  ...(first === undefined ? [] : [first]),
  ...(others.length === 0 ? [] : [inTurn(others)]),
];

/**
 * The bare-metal boards of which every run has the demonstration: one of each family, and the one
 * whose turn it is.
 */
export const DEMONSTRATED: readonly BareName[] = [
  ...new Set<BareName>(["qemu", "cortexm", ...BARE_IN_TURN]),
];

/** The board whose clock the kit watches for more than a minute. */
export const PATIENT = inTurn(["host", "esp32-fake", ...BARE_IN_TURN]);
