/**
 * How a program that fails ends on this board: with one line of level E and a restart. On trial the
 * boot loader goes back to the image before; otherwise the next start waits, for a minute after the
 * first failure, doubling to an hour, for ever. Crashes that the program does not see count too,
 * and from the eighth in a row on the start waits after them as well. The count is in memory that a
 * loss of power clears (note.h); a session that succeeds clears it too.
 */
import { printLine } from "../common/natives/console.ts";

/** How long this start has to wait, in milliseconds. */
function pauseMs(this: unknown): number {
  return native("xs_board_pause").call(this);
}

/** Waits; the watchdog is fed meanwhile. */
function waitMs(this: unknown, time: number): void {
  native("xs_board_wait").call(this, time);
}

function restartFailed(this: unknown): never {
  return native("xs_board_fail").call(this);
}

/** Waits for as long as the bad ends before this start ask for. */
export function waitForTurn(): void {
  const time = pauseMs();
  if (time === 0) return;
  printLine("error", "board", `the last starts failed, this one waits ${time / 1000} s`);
  waitMs(time);
}

/** Returns what `part` returns. When it throws the board says why, and restarts. */
export function guarded<T>(part: () => T): T {
  try {
    return part();
  } catch (error) {
    printLine("error", "board", error instanceof Error ? error.message : String(error));
    return restartFailed();
  }
}
