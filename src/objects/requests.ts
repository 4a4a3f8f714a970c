/** Alerts with which the device asks a server for an update (OMA-TS-DM-FUMO §10.3). */
import type { GenericAlert } from "../syncml/alert.ts";

/**
 * Returns a generic alert (1226) without data, which the standard wants to be there all the same.
 * `device`: the device asks by itself; `user`: a person asked for it, and the server may answer
 * with user interaction. `object`: URI of the FUMO object it is about; absent: all firmware. Status
 * 200 says that the update comes in this session, 202 that it does not.
 */
export function updateRequest(
  id: number,
  from: "device" | "user",
  object: string | undefined,
): GenericAlert {
  const alert = {
    id,
    type: `org.openmobilealliance.dm.firmwareupdate.${from}request`,
    format: "chr",
    mark: "informational",
    data: "",
  };
  return object === undefined ? alert : { ...alert, source: object };
}
