/** Stands in for datagram.ts in a firmware without the part `push`: no port is opened. */
import type { Datagrams, LogLevel } from "../../hal.ts";

/** Returns none, and says so where the provisioning names a port. */
export function openPushPort(
  provisioning: string,
  log: (level: LogLevel, text: string) => void,
): Datagrams | undefined {
  const { pushPort } = JSON.parse(provisioning) as { pushPort?: number };
  if (pushPort !== undefined) log("warning", "no pushes: the firmware is without the part push");
  return undefined;
}
