/**
 * Packages that are bad, sent to the bare-metal board: it is back on what it ran, and the server is
 * told why.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceProvision } from "../../rig/boards/board.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { buildImage } from "../../rig/image.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { developmentKey, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { application, rigBoard, skip, strangerKey } from "./device.ts";

const LIMIT_MS = 300_000;

/**
 * The test application as version 2: it does what `script` in the provisioning says, which the
 * client does not look at.
 */
function offer(key = developmentKey()): Buffer {
  return buildImage({
    payload: application(),
    version: VERSION_2,
    securityCounter: 1,
    vendorId: rigBoard.vendorId,
    classId: rigBoard.classId,
    key,
  });
}

interface Case {
  readonly what: string;
  readonly command: string;
  readonly code: number;
  /** What the console says of it. */
  readonly says: RegExp;
  readonly key?: typeof strangerKey;
}

const CASES: readonly Case[] = [
  { what: "hangs", command: "hang", code: 410, says: /E board: watchdog: / },
  {
    what: "overflows its stack",
    command: "overflow",
    code: 410,
    says: /^XS abort 2: stack overflow/,
  },
  {
    what: "exhausts its memory",
    command: "exhaust",
    code: 410,
    says: /^XS abort 1: out of memory/,
  },
  { what: "throws", command: "throw", code: 410, says: /E board: panic: the program threw/ },
  {
    what: "restarts and never confirms",
    command: "restart",
    code: 410,
    says: /cause restart, the trial was not confirmed/,
  },
  {
    what: "is signed by a stranger",
    command: "confirm",
    code: 404,
    says: /E update: update failed: untrusted: /,
    key: strangerKey,
  },
];

for (const { what, command, code, says, key } of CASES) {
  test(`an update to an image that ${what} ends with result ${code} and version 1`, {
    skip,
  }, async () => {
    const log = new EventLog("qemu");
    const provision = { script: { "2.0.0 restart": [command] } } as Partial<DeviceProvision>;
    const rig = await Rig.open({
      board: rigBoard,
      log,
      scenario: "download-and-update",
      size: 0,
      auth: "md5",
      offer: offer(key),
      provision,
    });
    try {
      rig.start();
      const outcome = await within(LIMIT_MS, "the update", rig.outcome);
      assert.equal(outcome.ok, false);
      assert.equal(outcome.code, code);
      assert.ok(runsVersion(log, VERSION_1));
      assert.ok(
        log.all("serial").some(({ line }) => says.test(line)),
        log
          .all("serial")
          .map(({ line }) => line)
          .join("\n"),
      );
    } finally {
      await rig.close();
    }
  });
}
