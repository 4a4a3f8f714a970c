/** For tests that need many devices. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { versionText } from "../../../src/image/version.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { host } from "../../rig/boards/host.ts";
import { developmentKey, packageOf, VERSION_1 } from "../../rig/workshop.ts";

/** A board with everything built once: a new device is a copy. */
export function prebuilt(folder: string, board: RigBoard = host): RigBoard {
  const factory = join(folder, "factory");
  const built = new Map<string, Buffer>();
  board.manufacture(factory, packageOf(board, VERSION_1, 0), developmentKey());
  return {
    ...board,
    manufacture: (directory) => {
      cpSync(factory, directory, { recursive: true });
    },
    firmware: (version, sizeMin) => {
      const name = versionText(version);
      const known = built.get(name) ?? board.firmware(version, sizeMin);
      built.set(name, known);
      return known;
    },
  };
}
