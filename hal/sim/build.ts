/** Builds the boot selector for the simulated board on Node. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { JS, make, ROOT } from "../xs/build.ts";

const MAKEFILE = "hal/sim/Makefile";
const WASM = join(JS, "hal/sim/selector.wasm");

/** True where selector.wasm came with an installed package, and is not to be built. */
export function isPrebuilt(): boolean {
  return existsSync(WASM) && !existsSync(join(ROOT, "tsconfig.json"));
}

/**
 * Compiles selector.wasm, unless it is there as it should be; needs clang and lld. Throws a
 * BuildError.
 */
export function buildSelector(): void {
  if (!isPrebuilt()) make(["selector.wasm"], MAKEFILE, ["OUT=build/js/hal/sim"]);
}
