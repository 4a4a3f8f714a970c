/** The boot selector with a bug planted in its C, compiled for Node. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { make } from "../../../hal/xs/build.ts";
import { root } from "../../root.ts";
import { anySpace, type Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

const BOOT = "hal/common/boot";

function folderOf(mutant: Mutant): string {
  return `build/sim/mutants/${MUTANTS.indexOf(mutant)}`;
}

/** Where `plant` puts it. */
export function plantedSelector(mutant: Mutant): string {
  return join(root, folderOf(mutant), "selector.wasm");
}

/** Compiles it. Throws when the line is not there exactly once, and a BuildError. */
export function plant(mutant: Mutant): void {
  const folder = folderOf(mutant);
  mkdirSync(join(root, folder), { recursive: true });
  for (const name of readdirSync(join(root, BOOT)).filter((file) => file.endsWith(".c"))) {
    const text = readFileSync(join(root, BOOT, name), "utf8");
    const parts =
      `${BOOT}/${name}` === mutant.file ? text.split(anySpace(mutant.find)) : [text, ""];
    if (parts.length !== 2)
      throw new Error(`${mutant.name}: its line is ${parts.length - 1} times in ${mutant.file}`);
    const planted = `${BOOT}/${name}` === mutant.file ? parts.join(mutant.replace) : text;
    writeFileSync(join(root, folder, name), planted);
  }
  const options = [`OUT=${folder}`, `BOOT=${folder}`, "WARNINGS=-w"];
  make(["selector.wasm"], "hal/sim/Makefile", options);
}
