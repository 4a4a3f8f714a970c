/**
 * XS as a program to run: a blob goes to its end, on Linux or on the bare-metal machine with more
 * RAM than the board has.
 */
import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { EMULATOR, linkTest } from "../hal/bare/build.ts";
import { BuildError, ROOT } from "../hal/xs/build.ts";
import { buildRunner } from "./xs/runner.ts";

export type Engine = "host" | "qemu";
export const ENGINES: readonly Engine[] = ["host", "qemu"];

const TIMEOUT_MS = 1_800_000;

/** What the program printed, and whether it ended well. */
export interface Run {
  readonly out: string;
  readonly ok: boolean;
  readonly how: string;
}

/**
 * Runs the blob with so many slots of stack; `name` is that of its image below build/qemu. Throws a
 * BuildError when the engine cannot be built.
 */
export function runBlob(engine: Engine, name: string, blob: string, stack: number): Run {
  const [program, ...words] =
    engine === "host"
      ? [buildRunner(), "--stack", String(stack), blob]
      : machine(name, blob, stack);
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

function machine(name: string, blob: string, stack: number): [string, ...string[]] {
  const image = linkTest(name, relative(ROOT, blob), stack);
  return [
    EMULATOR,
    "-M",
    "virt",
    "-m",
    "64M",
    "-bios",
    image,
    "-display",
    "none",
    "-monitor",
    "none",
    "-serial",
    "stdio",
    "-no-reboot",
  ];
}
