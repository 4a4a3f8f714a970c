/** The bare-metal board is asked for a session over lwIP's UDP, and updates itself. */
import { ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { qemu } from "../../rig/boards/qemu.ts";
import { EventLog } from "../../rig/events.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { freePort } from "../rig/freeport.ts";
import { skip } from "./device.ts";

/** A board has its address from DHCP by then. */
const QUIET_MS = 4000;

test("a notification brings an idle board to its server, and the update with it", { skip }, async () => {
  const log = new EventLog("qemu"), pushPort = await freePort(), provision = { sessionAtBoot: false, pollSeconds: 0, pushPort };
  const rig = await Rig.open({ board: qemu, log, scenario: "download-and-update", size: 0, auth: "md5", provision });
  try {
    rig.start();
    await new Promise((resolve) => { setTimeout(resolve, QUIET_MS); });
    strictEqual(log.all("session").length, 0, "nothing happens by itself");
    await rig.notify(pushPort, { sessionID: "ABCD" });
    const outcome = await rig.finished(120_000);
    ok(outcome.ok, outcome.text);
    strictEqual(log.all("session")[0]?.id, "ABCD");
    strictEqual(runsVersion(log, VERSION_2), true);
  } finally {
    await rig.close();
  }
});
