/**
 * Espressif's own programs, from the virtual environment that .ci/run makes of requirements.txt.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../root.ts";

const FOLDER = join(root, "build/espressif/bin");
const present = existsSync(join(FOLDER, "esptool"));

/** The reason to leave a test out; never in CI, where a missing tool is a failure. */
export const WITHOUT_ESPRESSIF =
  !present &&
  process.env.CI === undefined &&
  "no esptool: python3 -m venv build/espressif && build/espressif/bin/pip install -r " +
    "test/node/rig/rom/requirements.txt";

export interface Ended {
  readonly status: number;
  readonly output: string;
}

/** Runs one of them to its end, while the stand-in of this process goes on answering. */
export function espressif(
  program: "esptool" | "python",
  words: readonly string[],
  input = "",
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(FOLDER, program), words, {
      env: { ...process.env, NO_COLOR: "1", COLUMNS: "200" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => {
        output += part;
      });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ status: code ?? -1, output });
    });
    child.stdin.end(input);
  });
}

/** esptool on the stand-in, which has no lines to be reset by. */
export function esptool(port: string, words: readonly string[]): Promise<Ended> {
  const common = ["--port", port, "--before", "no-reset", "--after", "no-reset"];
  return espressif("esptool", [...common, ...words]);
}
