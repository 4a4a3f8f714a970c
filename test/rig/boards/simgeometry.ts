/** Flash of the sim board when it is a program of its own: the geometry of board `host`. */
import type { FlashStatus } from "../../../hal/hal.ts";
import { BOOT_LOG } from "../../../hal/sim/boot.ts";
import type { FlashFilePart } from "../flashwatch.ts";

export const SIM_STORE: FlashStatus = {
  blocks: 16,
  blockLength: 4096,
  writeAlign: 16,
  eraseValue: 0xff,
};
export const SIM_SLOT: FlashStatus = {
  blocks: 2048,
  blockLength: 4096,
  writeAlign: 16,
  eraseValue: 0xff,
};

/** The same as files. */
export const SIM_PARTS: readonly FlashFilePart[] = [
  { name: "boot", file: "boot.bin", status: BOOT_LOG },
  { name: "store", file: "store.bin", status: SIM_STORE },
  { name: "a", file: "slot-a.bin", status: SIM_SLOT },
  { name: "b", file: "slot-b.bin", status: SIM_SLOT },
];
