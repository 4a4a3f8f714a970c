/**
 * Runs the unit tests of src on the bare-metal board: `node build/js/test/qemu.js [part of a path ...]`. Prints TAP; the exit
 * status tells. All of them are in one image, with more RAM than the board has: each test keeps what it has made.
 */
import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { EMULATOR, linkTest } from "../hal/qemu-riscv32/build.ts";
import { BuildError, ROOT, runMake } from "../hal/xs/build.ts";
import { buildTests } from "./xs.ts";

const TIMEOUT_MS = 600_000;

function main(): number {
  try {
    runMake(["all"]);
    const image = linkTest("unit", relative(ROOT, buildTests(process.argv.slice(2))));
    const options = ["-M", "virt", "-m", "64M", "-bios", image, "-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"];
    const result = spawnSync(EMULATOR, options,
      { encoding: "utf8", maxBuffer: 1 << 28, timeout: TIMEOUT_MS, stdio: ["ignore", "pipe", "inherit"] });
    process.stdout.write(result.stdout);
    return result.status === 0 && result.stdout.includes("\n# fail 0\n") ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

if (process.argv[1]?.endsWith("test/qemu.js")) process.exitCode = main();
