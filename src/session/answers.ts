/**
 * The server's Status commands for what the device has sent: reports that are acknowledged, results
 * that are refused.
 */
import type { StatusCommand } from "../syncml/command.ts";
import { succeeded } from "../syncml/status.ts";
import type { GenericAlerts } from "./alerts.ts";
import type { Outgoing } from "./outgoing.ts";
import type { SessionPorts } from "./ports.ts";

/**
 * Takes those that are not of a SyncHdr. Reports count as acknowledged when the server is
 * `trusted`.
 */
export function settle(
  statuses: readonly StatusCommand[],
  trusted: boolean,
  outgoing: Outgoing,
  alerts: GenericAlerts,
  ports: SessionPorts,
): void {
  for (const { cmdRef, msgRef, data, fault } of statuses) {
    if (cmdRef === "0") continue;
    if (fault !== undefined) {
      ports.log(
        "warning",
        `a Status for message ${msgRef}, command ${cmdRef}, without a number: ignored`,
      );
      continue;
    }
    const sent = outgoing.answered(msgRef, cmdRef);
    if (sent === undefined)
      ports.log("warning", `a Status for message ${msgRef}, command ${cmdRef}, not known: ignored`);
    else if (typeof sent === "number") {
      if (trusted) alerts.answered(sent, data);
    } else if (sent === "part" && !succeeded(data) && outgoing.drop()) {
      ports.log("warning", `the server refused a result: ${data}`);
    }
  }
}
