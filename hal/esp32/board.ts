/**
 * The board "ESP32 under Moddable and ESP-IDF", whole. README.md says how its flash is divided and
 * how it is provisioned.
 */
import Timer from "timer";
import type { Board } from "../hal.ts";
import { now, provision } from "../common/natives/system.ts";
import { guarded, waitForTurn } from "./ends.ts";
import { openHardware } from "./hardware.ts";
import { Connection, type Network } from "./wifi.ts";

/** The sockets are polled: so often while the client waits for the network. */
const POLL_MS = 20;

/**
 * Opens the flash, and begins to connect. Call it once. A start that follows bad ends waits first.
 * When flash, boot loader or provisioning cannot be used it says so and restarts.
 */
export function openBoard(): Board {
  return guarded(open);
}

function open(): Board {
  waitForTurn();
  const text = provision();
  const hal = openHardware(text);
  const { network } = JSON.parse(text) as { network?: Network };
  if (network === undefined)
    hal.log("warning", "board", 'no "network" in the provisioning: this board stays off line');
  else
    new Connection(network, (line) => {
      hal.log("info", "board", line);
    });
  return { ...hal, provision: () => text, run };
}

/**
 * Returns at once: the SDK's own loop calls from now on, and its timers and Wi-Fi get their turns
 * between two steps.
 */
function run(step: () => number): void {
  const turn = (): void => {
    const until = guarded(step);
    if (until === -Infinity) return;
    Timer.set(turn, Math.max(1, Math.min(POLL_MS, until - now())));
  };
  Timer.set(turn, 1);
}
