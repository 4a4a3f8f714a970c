/**
 * Whole updates of the bare-metal board, each with one power cut: at a flash operation, or by SIGKILL at a seeded moment. A
 * sample here; `XS_FUMO_SWEEP=1` cuts every operation from the first on, torn, and kills 50 times: an hour.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { EMULATOR, machineOptions } from "../../../hal/qemu-riscv32/build.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { qemu } from "../../rig/boards/qemu.ts";
import { DeviceProcess, within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { type Cut, skip } from "./device.ts";

const LIMIT_MS = 120_000;
/** The first operation that is cut when every one is. */
const FROM = Number(process.env.XS_FUMO_SWEEP ?? 0);
const KILLS = FROM > 0 ? 50 : 3;
const CUT_STATUS = 77;

const firmware = new Map<string, Buffer>();

/** The board with its firmware built once, and a power cut at its next start. */
function board(cut: Cut): RigBoard {
  let left = cut;
  return {
    ...qemu,
    firmware(version, sizeMin) {
      const name = JSON.stringify([version, sizeMin]), built = firmware.get(name) ?? qemu.firmware(version, sizeMin);
      firmware.set(name, built);
      return built;
    },
    start(directory, log) {
      const options = machineOptions(join(directory, "flash.bin"), left);
      left = undefined;
      return new DeviceProcess(EMULATOR, options, log);
    },
  };
}

/** "whole" when the update ended before the cut came. */
async function update(cut: Cut, killMs?: number): Promise<"cut" | "whole"> {
  const log = new EventLog("qemu");
  const rig = await Rig.open({ board: board(cut), log, scenario: "download-and-update", size: 0, auth: "md5" });
  try {
    const device = rig.start();
    if (killMs !== undefined) setTimeout(() => { void device.kill(); }, killMs);
    const first = await within(LIMIT_MS, "the update", Promise.race([rig.outcome.then(() => "whole" as const), device.ended]));
    const wasCut = first !== "whole";
    if (wasCut) {
      assert.equal(first, killMs === undefined ? CUT_STATUS : undefined);
      rig.start();
    }
    const outcome = await rig.finished(LIMIT_MS);
    assert.equal(outcome.ok, runsVersion(log, VERSION_2), `the report says ${outcome.code}, and ${log.last("boot")?.version ?? "?"} runs`);
    return wasCut ? "cut" : "whole";
  } finally {
    await rig.close();
  }
}

/** Operations to cut: every one, or a sample of an update that has some 900. */
function* operations(): Generator<number> {
  if (FROM > 0) for (let n = FROM; ; n++) yield n;
  yield* [1, 4, 40, 333];
  for (let n = 820; ; n += 17) yield n;
}

test("an update that is cut at a flash operation ends with a version that runs and a report that is true", { skip }, async (context) => {
  let cuts = 0;
  for (const operation of operations()) {
    context.diagnostic(`operation ${operation}`);
    if (await update({ operation, mode: 1 }) === "whole") break;
    cuts++;
  }
  assert.ok(cuts > 3);
});

test("an update that is killed at any moment ends with a version that runs and a report that is true", { skip }, async (context) => {
  let seed = 1;
  for (let i = 0; i < KILLS; i++) {
    seed = (seed * 48271) % 0x7fffffff;
    const killMs = 100 + seed % 1500;
    context.diagnostic(`killed after ${killMs} ms: ${await update(undefined, killMs)}`);
  }
});
