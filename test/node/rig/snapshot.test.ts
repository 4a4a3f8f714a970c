/** The rig resets a device, and makes it what it was: the same on every board. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RigBoard } from "../../rig/boards/board.ts";
import { sim } from "../../rig/boards/sim.ts";
import { EventLog } from "../../rig/events/log.ts";
import { mostHeap, Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { rigBoard as qemu, skip } from "../qemu/device.ts";

const LIMIT_MS = 300_000;

/** Resolves when a device has said what it runs so many times. */
async function starts(log: EventLog, count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (log.all("boot").length >= count) resolve();
    };
    log.view(look);
    look();
  });
}

async function check(board: RigBoard): Promise<EventLog> {
  const log = new EventLog(board.name);
  const rig = await Rig.open({ board, log, scenario: "download-and-update", size: 0, auth: "md5" });
  try {
    const factory = rig.snapshot();
    rig.start();
    assert.equal((await rig.finished(LIMIT_MS)).code, 200);
    await rig.switchOff();
    const updated = rig.snapshot();
    const told = log.all("boot").length;
    rig.restore(factory);
    rig.start();
    await starts(log, told + 1);
    assert.ok(runsVersion(log, VERSION_1));
    await rig.cut();
    rig.restore(updated);
    rig.start();
    await starts(log, told + 2);
    await rig.reset();
    await starts(log, told + 3);
    assert.ok(runsVersion(log, VERSION_2));
    assert.equal(log.last("boot")?.trial, false);
    return log;
  } finally {
    await rig.close();
  }
}

test("sim: a device is reset, and made what it was", async () => {
  await check(sim);
});

test("qemu: a device is reset and restored; each start says what it used, the last too", {
  skip,
}, async () => {
  const log = await check(qemu);
  const told = log.all("heap");
  assert.equal(told.length, 2, "version 1 at its restart, version 2 when it was switched off");
  assert.ok(
    told.every(({ peakSlots, peakChunkBytes }) => peakSlots > 1000 && peakChunkBytes > 10_000),
  );
  assert.ok((mostHeap(log)?.peakSlots ?? 0) >= (told.at(-1)?.peakSlots ?? Infinity));
});
