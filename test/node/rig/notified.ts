/**
 * A device that opens no session by itself is asked for one (package 0, over UDP), and is updated
 * at once: on any board.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { RigBoard } from "../../rig/boards/board.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { freePort } from "./freeport.ts";

/**
 * How long an idle device is watched before it is asked. What it does later by itself shows in the
 * id of the first session.
 */
const QUIET_MS = 1500;
const LIMIT_MS = 300_000;

/** `early`: the server asks while the device is still off. */
export async function notified(board: RigBoard, early = false): Promise<void> {
  const log = new EventLog(board.name);
  const pushPort = await freePort();
  const provision = { sessionAtBoot: false, pollSeconds: 0, pushPort };
  const rig = await Rig.open({
    board,
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    provision,
  });
  try {
    if (early) await rig.notify(pushPort, { sessionID: "ABCD" });
    rig.start();
    if (!early) {
      await rig.listening(LIMIT_MS);
      await new Promise((resolve) => {
        setTimeout(resolve, QUIET_MS);
      });
      deepStrictEqual(
        [log.all("session"), rig.traffic.received],
        [[], 0],
        "nothing happens by itself",
      );
      await rig.notify(pushPort, { sessionID: "ABCD" });
    }
    const outcome = await rig.finished(LIMIT_MS);
    ok(outcome.ok, outcome.text);
    strictEqual(log.all("session")[0]?.id, "ABCD");
    strictEqual(runsVersion(log, VERSION_2), true);
  } finally {
    await rig.close();
  }
}
