/**
 * Package 1 (OMA-TS-DM-Protocol §2.3.3): who opens the session, what the device has to report, and
 * DevInfo.
 */
import { utf8 } from "../base/utf8.ts";
import type { GenericAlerts } from "./alerts.ts";
import { alert, type Outgoing } from "./outgoing.ts";
import type { SessionOptions } from "./ports.ts";

/** Queues it; also when a challenge makes the session begin again. */
export function queuePackage1(
  options: SessionOptions,
  alerts: GenericAlerts,
  outgoing: Outgoing,
): void {
  outgoing.request(alert(options.alert));
  alerts.again();
  alerts.queue(outgoing);
  const items = options.devInfo.map(({ uri, value }) => ({
    source: uri,
    meta: { format: "chr", type: "text/plain" },
    data: utf8(value),
    binary: false,
    moreData: false,
  }));
  outgoing.request({ name: "Replace", cmdID: "", items });
}
