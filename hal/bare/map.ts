/** Reads the memory map of a bare-metal board: the definitions in its map.h that are numbers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../xs/build.ts";

/** Bytes at the end of data RAM that are kept through resets: HANDOFF_BYTES of layout.h. */
const HANDOFF_BYTES = 0x100;

export interface MemoryMap {
  /** The number that map.h defines under this name. Throws when there is none. */
  at(name: string): number;
  /** Where the data RAM has what is kept through resets: HANDOFF_BASE of layout.h. */
  readonly handoff: number;
}

/** The map of the board in this folder, such as "hal/qemu-riscv32". */
export function readMap(board: string): MemoryMap {
  const text = readFileSync(join(ROOT, board, "map.h"), "utf8");
  const values = new Map(
    [...text.matchAll(/^#define (\w+) (0x[0-9A-Fa-f]+|\d+)$/gm)].map(([, name = "", value]) => [
      name,
      Number(value),
    ]),
  );
  const at = (name: string): number => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${board}/map.h defines no number ${name}`);
    return value;
  };
  return { at, handoff: at("RAM_BASE") + at("RAM_BYTES") - HANDOFF_BYTES };
}
