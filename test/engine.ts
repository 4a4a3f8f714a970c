/** XS as a program to run: a blob goes to its end, on Linux or on a bare-metal machine. */
import { spawnSync } from "node:child_process";
import { BuildError } from "../hal/xs/build.ts";
import { ROWS, type EngineName } from "./rig/boards/boards.ts";

const TIMEOUT_MS = 1_800_000;

/** What the program printed, and whether it ended well. */
export interface Run {
  readonly out: string;
  readonly ok: boolean;
  readonly how: string;
}

/**
 * Runs the blob with so many slots of stack; `name` is that of its image, if it becomes one. Throws
 * a BuildError when the engine cannot be built.
 */
export function runBlob(engine: EngineName, name: string, blob: string, stack: number): Run {
  const [program, ...words] = ROWS[engine].engine(name, blob, stack);
  const { status, signal, stdout, error } = spawnSync(program, words, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: TIMEOUT_MS,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (error && (stdout as string | null) === null)
    throw new BuildError(`cannot run ${program}: ${error.message}`);
  return { out: stdout, ok: status === 0, how: `ended with ${signal ?? status ?? "?"}` };
}
