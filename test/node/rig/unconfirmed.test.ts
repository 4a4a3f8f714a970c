/**
 * Version 2 starts and never proves itself: the old version is back by itself, and 410 is reported
 * once, with State 70 (board host).
 */
import { deepStrictEqual, strictEqual } from "node:assert";
import { test } from "node:test";
import type { RigBoard } from "../../rig/boards/board.ts";
import { host, RUNNER } from "../../rig/boards/host.ts";
import { DeviceProcess } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig } from "../../rig/rig.ts";
import { packageOf, VERSION_2 } from "../../rig/workshop.ts";

/** Board host with a watchdog that does not keep a test waiting. */
const board: RigBoard = {
  ...host,
  start: (directory, log) =>
    new DeviceProcess(RUNNER, ["--state", directory, "--watchdog", "5000"], log),
};

const CASES = [
  { fault: "hangs", what: "hangs until the watchdog ends it", trials: 0 },
  { fault: "crashes", what: "throws at its start", trials: 0 },
  { fault: "mute", what: "hears nothing of its server until the deadline", trials: 1 },
] as const;

for (const { fault, what, trials } of CASES) {
  test(`a version 2 that ${what}: the old version is back, and 410 is reported once`, async () => {
    const log = new EventLog("host");
    const rig = await Rig.open({
      board,
      log,
      scenario: "download-and-update",
      size: 0,
      auth: "md5",
      offer: packageOf(board, VERSION_2, 0, 9, { fault }),
      mayCrash: true,
      provision: { trialSeconds: 2 },
    });
    try {
      rig.start();
      const outcome = await rig.finished(300_000);
      deepStrictEqual([outcome.ok, outcome.code], [false, 410], outcome.text);
      const boots = log.all("boot");
      deepStrictEqual(
        [boots[0]?.version, boots.at(-1)?.version, boots.at(-1)?.trial],
        ["1.0.0", "1.0.0", false],
      );
      strictEqual(boots.filter(({ trial }) => trial).length, trials);
      strictEqual(log.all("state").filter(({ state }) => state === 70).length, 1);
      strictEqual(log.all("result").length, 1);
      deepStrictEqual(
        log.all("alert").map(({ data }) => data),
        ["410"],
        "one report",
      );
    } finally {
      await rig.close();
    }
  });
}
