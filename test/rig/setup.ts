/**
 * What a board needs of the machine, whether it is there, and how to get it. Used by doctor, and
 * before anything is built.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type BoardName, ROWS } from "./boards/boards.ts";
import type { BoardRow } from "./boards/board.ts";
import type { Tool } from "./boards/tools.ts";
import { Exit, RigError } from "./exit.ts";

/** Programs of others that tests compare ours with. */
const ORACLES: readonly Tool[] = [
  { what: "libwbxml's converters", program: "wbxml2xml", debian: "libwbxml2-utils" },
];

export interface Check {
  readonly what: string;
  readonly present: boolean;
  readonly debian: string;
}

/** Looks for everything that `board` needs; nothing is changed. */
export function check(board: BoardName): Check[] {
  return ROWS[board].tools.map(looked);
}

function looked({ what, program, file, debian }: Tool): Check {
  return {
    what,
    debian,
    present: file !== undefined ? existsSync(file) : program !== undefined && onPath(program),
  };
}

/** Whether a program is there to be started. */
export function onPath(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v "${program}"`], { stdio: "ignore" }).status === 0;
}

/** The line to type for what is missing. */
export function installLine(packages: readonly string[]): string {
  return `sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/**
 * Makes sure that `board` can be built: installs the missing Debian packages where this user may
 * without being asked (root, or sudo without a password), else throws a RigError with the one line
 * to type. Prepares the board: what nothing else builds.
 */
export function setUp(board: BoardName, note: (text: string) => void): void {
  const left = install(ROWS[board].tools, `that board ${board} is built with`, note);
  if (left.length > 0) {
    const what = left.map((item) => item.what).join(", ");
    const line = installLine(left.map(({ debian }) => debian));
    throw new RigError(
      Exit.noBoard,
      `board ${board} cannot be built here: missing ${what}`,
      `type: ${line}`,
    );
  }
  const { prepare }: BoardRow = ROWS[board];
  prepare?.();
}

/**
 * Installs what tests compare with, where that can be done without being asked; a test says itself
 * what it does without.
 */
export function setUpOracles(note: (text: string) => void): void {
  install(ORACLES, "that tests compare with", note);
}

/** What is still missing after an attempt to install it. */
function install(
  tools: readonly Tool[],
  purpose: string,
  note: (text: string) => void,
): readonly Check[] {
  const missing = tools.map(looked).filter(({ present }) => !present);
  const prefix = privilege();
  if (missing.length === 0 || prefix === undefined) return missing;
  const packages = missing.map(({ debian }) => debian);
  note(`installing ${packages.join(", ")} (Debian packages ${purpose})`);
  aptGet(prefix, ["update", "-qq"]);
  aptGet(prefix, ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
  return tools.map(looked).filter(({ present }) => !present);
}

/** The command words that make apt-get work here, or undefined when nobody here may install. */
function privilege(): readonly string[] | undefined {
  if (!onPath("apt-get")) return undefined;
  if (process.getuid?.() === 0) return [];
  return spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0
    ? ["sudo", "-n"]
    : undefined;
}

function aptGet(prefix: readonly string[], words: readonly string[]): void {
  const [program = "apt-get", ...rest] = [...prefix, "apt-get", ...words];
  spawnSync(program, rest, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
