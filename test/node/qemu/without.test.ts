/** The smallest product on the bare-metal board: it updates itself, and says what it is without. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SMALL } from "../../../hal/xs/parts.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { freePort } from "../rig/freeport.ts";
import { skip } from "./device.ts";

const LIMIT_MS = 300_000;

/** Board qemu, both versions without these parts. */
const small: RigBoard = {
  ...BOARDS.qemu,
  firmware: (version, sizeMin) => BOARDS.qemu.firmware(version, sizeMin, { without: SMALL }),
};

test("a device without optional parts updates itself, and says what is asked of it in vain", {
  skip,
}, async () => {
  const log = new EventLog("qemu");
  const rig = await Rig.open({
    board: small,
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    provision: {
      pushPort: await freePort(),
      bootstrap: ["NETWORKID"],
      networkSecret: "secret",
      answers: ["yes"],
    },
  });
  try {
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    assert.ok(outcome.ok, outcome.text);
    assert.equal(runsVersion(log, VERSION_2), true);
    const said = log.all("serial").map(({ line }) => line);
    for (const text of [
      "no pushes: the firmware is without the part push",
      "no bootstrap: the firmware is without the part push",
      "no answers: the firmware is without the part interaction",
    ])
      assert.ok(
        said.some((line) => line.includes(text)),
        text,
      );
    assert.deepEqual(log.all("listening"), []);
  } finally {
    await rig.close();
  }
});
