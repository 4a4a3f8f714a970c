/** Planned power cuts of a bare-metal board, as partitions.h has them. */

/**
 * How the power goes: before the operation, in the middle of it, after it; or never, and each
 * operation is told on the console.
 */
export const CUT_MODES = ["before", "torn", "after", "never"] as const;
export type CutMode = (typeof CUT_MODES)[number];

/**
 * The power goes at the operation of this number, counted from power-on through resets, or at the
 * first one that programs, or erases, the byte at this offset of the flash. The emulator ends with
 * CUT_STATUS then.
 */
export type Cut = { readonly mode: CutMode } & (
  | { readonly operation: number }
  | { readonly program: number }
  | { readonly erase: number }
);
export const CUT_STATUS = 77;

const PROGRAM_AT = 2 ** 26;
const ERASE_AT = 2 ** 27;
const MODE = 2 ** 28;

/** Returns the word that the board finds as its plan. */
export function planOf(cut: Cut): number {
  const number =
    "program" in cut
      ? PROGRAM_AT + cut.program
      : "erase" in cut
        ? ERASE_AT + cut.erase
        : cut.operation;
  return CUT_MODES.indexOf(cut.mode) * MODE + number;
}
