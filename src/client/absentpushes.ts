/**
 * Stands in for pushes.ts in a firmware without the part `push`: nothing reaches the device
 * unasked.
 */
import { frozen } from "../base/frozen.ts";
import type { PushOptions, Pushes } from "./pushes.ts";

const NONE: Pushes = frozen({
  step: () => Infinity,
  completed: () => undefined,
});

/** Says what the provisioning asks for in vain. */
export function openPushes({ hal, provision }: PushOptions): Pushes {
  if (provision.bootstrap.length > 0)
    hal.log("warning", "push", "no bootstrap: the firmware is without the part push");
  return NONE;
}
