/** Whether a board can be built here, for tests of it. */
import type { BoardName } from "../rig/boards/boards.ts";
import { check } from "../rig/setup.ts";

/**
 * Why tests of this board cannot run here, or false: `skip` of node:test. In CI a missing tool is a
 * failure.
 */
export function missingTools(board: BoardName): string | false {
  const missing = check(board).filter(({ present }) => !present);
  if (missing.length === 0 || process.env.CI !== undefined) return false;
  const packages = missing.map(({ debian }) => debian).join(", ");
  return `board ${board} needs ${packages} (xs-fumo doctor)`;
}
