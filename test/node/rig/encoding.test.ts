/** Whole updates of a device that begins its sessions in WBXML, on the simulated board. */
import { ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { VERSION_2 } from "../../rig/workshop.ts";

const SIZE = 262144;
/**
 * Of each byte of a package that comes by Replace, both directions together: the frame of its
 * message, and two sessions more.
 */
const COST_MAX = 1.08;

for (const scenario of SCENARIOS) {
  test(`${scenario} in WBXML`, async () => {
    const log = new EventLog("sim");
    let bytes = 0;
    log.view((event) => {
      if (event.kind === "dm") bytes += event.bytes;
    });
    const rig = await Rig.open({
      board: BOARDS.sim,
      log,
      scenario,
      size: SIZE,
      auth: "md5",
      encoding: "wbxml",
    });
    try {
      rig.start();
      const outcome = await rig.finished(300_000);
      ok(outcome.ok, outcome.text);
      strictEqual(runsVersion(log, VERSION_2), true);
      if (scenario === "replace")
        ok(bytes > SIZE && bytes < SIZE * COST_MAX, `${bytes / SIZE} bytes a byte`);
    } finally {
      await rig.close();
    }
  });
}
