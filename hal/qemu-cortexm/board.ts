/** The bare-metal boards on Cortex-M, in QEMU. README.md says what is in their flash. */
import type { Board } from "../hal.ts";
import { openBareBoard } from "../bare/board.ts";

/** See openBareBoard. "identity" in the provisioning replaces what the board says of itself. */
export function openBoard(): Board {
  return openBareBoard({
    DevId: "urn:uuid:00000000-0000-4000-8000-000000000004",
    Mod: "qemu-cortexm",
    classId: "ffeeddccbbaa99887766554433221100",
  });
}
