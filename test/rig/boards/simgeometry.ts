/** Flash of the sim board when it is a program of its own: the geometry of board `host`. */
import type { FlashStatus } from "../../../hal/hal.ts";

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
