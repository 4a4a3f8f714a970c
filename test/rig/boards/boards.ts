/** The boards that the rig knows, by name. */
import type { BoardName } from "../setup.ts";
import type { RigBoard } from "./board.ts";
import { esp32Fake } from "./esp32fake.ts";
import { host } from "./host.ts";
import { qemu } from "./qemu.ts";
import { sim } from "./sim.ts";

export const BOARDS = { sim, host, qemu, "esp32-fake": esp32Fake } as const satisfies Partial<
  Record<BoardName, RigBoard>
>;
export const BOARD_NAMES = Object.keys(BOARDS) as (keyof typeof BOARDS)[];
