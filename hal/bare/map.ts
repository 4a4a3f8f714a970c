/** Reads the memory map of a bare-metal board: the definitions in its map.h that are numbers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../xs/build.ts";

/** Bytes at the end of data RAM that are kept through resets: HANDOFF_BYTES of layout.h. */
const HANDOFF_BYTES = 0x100;

export interface MemoryMap {
  /** The number that map.h defines under this name. Throws an Error when there is none. */
  at(name: string): number;
  /** As `at`; undefined when there is none. */
  find(name: string): number | undefined;
  /** Where the data RAM has what is kept through resets: HANDOFF_BASE of layout.h. */
  readonly handoff: number;
}

/**
 * The map of the board in this folder, such as "hal/qemu-riscv32"; where a family has several
 * chips, what map.h includes for this one, CHIP.h, comes first.
 */
export function readMap({
  folder,
  chip,
}: {
  readonly folder: string;
  readonly chip?: string;
}): MemoryMap {
  const files = [...(chip === undefined ? [] : [`${chip}.h`]), "map.h"];
  const text = files.map((name) => readFileSync(join(ROOT, folder, name), "utf8")).join("\n");
  const values = new Map(
    [...text.matchAll(/^#define (\w+) (0x[0-9A-Fa-f]+|\d+)$/gm)].map(([, name = "", value]) => [
      name,
      Number(value),
    ]),
  );
  const find = (name: string): number | undefined => values.get(name);
  const at = (name: string): number => {
    const value = find(name);
    if (value === undefined) throw new Error(`${folder}/map.h defines no number ${name}`);
    return value;
  };
  return { at, find, handoff: at("RAM_BASE") + at("RAM_BYTES") - HANDOFF_BYTES };
}
