/**
 * hal/esp32 on the fake of ESP-IDF: its hardware, with the loop of a process in the place of the
 * SDK's.
 */
import { guarded, waitForTurn } from "../../hal/esp32/ends.ts";
import { openHardware } from "../../hal/esp32/hardware.ts";
import type { Board } from "../../hal/hal.ts";
import { wait } from "../../hal/common/natives/socket.ts";
import { now, provision } from "../../hal/common/natives/system.ts";

export function openBoard(): Board {
  return guarded(() => {
    waitForTurn();
    const text = provision();
    return {
      ...openHardware(text),
      provision: () => text,
      run: (step) => {
        for (;;) wait(guarded(step) - now());
      },
    };
  });
}
