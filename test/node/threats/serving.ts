/** A genuine DM server that names a package in the attacker's hands. */
import { DmServer } from "../../rig/server/dm-server.ts";
import { DM } from "./target.ts";

/** A server that has the device download from `url`, and notes what it reports. */
export function serving(url: string, codes: string[]): DmServer {
  return new DmServer({
    url: DM,
    name: "rig",
    client: { type: "md5", name: "device", secret: "device-secret" },
    server: { type: "md5", name: "rig", secret: "server-secret" },
    emit: (event) => {
      if (event.kind === "alert") codes.push(event.data);
    },
    scenario: () => ({
      name: "attack",
      object: "./FwUpdate/Main",
      closing: [],
      steps: [
        {
          kind: "send",
          operations: [
            { name: "Replace", uri: "./FwUpdate/Main/Download/PkgURL", data: url, accept: "any" },
          ],
        },
        {
          kind: "send",
          operations: [
            { name: "Exec", uri: "./FwUpdate/Main/Download", correlator: "attack", accept: "any" },
          ],
        },
        { kind: "await", correlator: "attack" },
      ],
    }),
  });
}
