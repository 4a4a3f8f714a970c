/**
 * The last step of `npm run build`: compiles the boot selector of board sim where this machine can,
 * and says what is missing where it cannot. `--must`: then it fails.
 */
import { BuildError } from "../hal/xs/build.ts";
import { buildSelector } from "../hal/sim/build.ts";
import { check, installLine } from "./rig/setup.ts";

const missing = check("sim").filter(({ present }) => !present);
try {
  if (missing.length > 0) {
    const line = installLine(missing.map(({ debian }) => debian));
    throw new BuildError(`board sim is not built: ${missing[0]?.what} is missing\n  type: ${line}`);
  }
  buildSelector();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = process.argv.includes("--must") ? 1 : 0;
}
