/**
 * Who runs on a state directory: the process that has a lock (flock) on the file `lock` in it. The
 * kernel frees the lock when that process ends, however it does.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Exit, RigError } from "./exit.ts";

const FILE = "lock";
/** What flock ends with when another process has the lock. */
export const LOCKED = 75;

/**
 * Throws a RigError when a process runs on the directory: it names both. Call it before anything in
 * the directory is changed.
 */
export function refuseInUse(directory: string): void {
  const path = join(directory, FILE);
  if (!existsSync(path)) return;
  const { status } = spawnSync("flock", [
    "--nonblock",
    `--conflict-exit-code=${LOCKED}`,
    path,
    "true",
  ]);
  if (status === LOCKED) throw inUse(directory);
}

/** The error for a directory that another process runs on. */
export function inUse(directory: string): RigError {
  const owner = ownerOf(join(directory, FILE));
  return new RigError(
    Exit.noBoard,
    `${owner === undefined ? "another process" : `process ${owner}`} runs a device on ${directory}`,
    "end that device, or name another --state directory",
  );
}

/**
 * The command that runs `program` as the one process on the directory; it ends with LOCKED when
 * there is one already. The program keeps the process of the command, and the lock until it ends.
 */
export function locked(
  directory: string,
  program: string,
  words: readonly string[],
): readonly [program: string, words: readonly string[]] {
  const path = join(directory, FILE);
  const options = ["--nonblock", "--no-fork", `--conflict-exit-code=${LOCKED}`];
  return ["flock", [...options, path, program, ...words]];
}

/** The process that has the lock, as Linux says; undefined when it does not. */
function ownerOf(path: string): number | undefined {
  if (!existsSync("/proc/locks")) return undefined;
  const { ino } = statSync(path);
  for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
    const [, type, , , process, file] = line.trim().split(/\s+/);
    if (type === "FLOCK" && file?.endsWith(`:${ino}`) === true) return Number(process);
  }
  return undefined;
}
