/** Builds the program that runs a blob on XS for Linux: run.c. */
import { join } from "node:path";
import { ROOT, runMake } from "../../hal/xs/build.ts";

const PROGRAM = "build/xs/test/run";

/** Returns the path of the program. Throws a BuildError. */
export function buildRunner(): string {
  runMake([PROGRAM], "test/xs/Makefile");
  return join(ROOT, PROGRAM);
}
