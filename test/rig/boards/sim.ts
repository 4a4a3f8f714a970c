/**
 * Board `sim`: the client in Node, flash in files. Its "firmware" is only carried and checked; the
 * version comes from its header.
 */
import { mkdirSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hex } from "../../../src/base/bytes.ts";
import { root } from "../../root.ts";
import { type Device, DeviceProcess } from "../device.ts";
import type { EventLog } from "../events/log.ts";
import { watchFlash } from "../flashwatch.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { spkiOf } from "../keys.ts";
import { locked } from "../lock.ts";
import { padded, type RigBoard } from "./board.ts";
import { simFirmware } from "./simfirmware.ts";
import { SIM_PARTS, SIM_SLOT } from "./simgeometry.ts";

/** The least that a package of this board is worth downloading. */
const FIRMWARE_BYTES = 65536;

export const sim: RigBoard = {
  name: "sim",
  vendorId: VENDOR_ID,
  classId: CLASS_ID.sim,

  firmware(version, sizeMin, { fault } = {}) {
    return padded(Buffer.from(simFirmware(version, fault)), Math.max(sizeMin, FIRMWARE_BYTES));
  },

  manufacture(directory, image, key) {
    if (existsSync(join(directory, "slot-a.bin"))) return;
    mkdirSync(directory, { recursive: true });
    const slot = Buffer.alloc(SIM_SLOT.blocks * SIM_SLOT.blockLength, SIM_SLOT.eraseValue);
    image.copy(slot);
    writeFileSync(join(directory, "keys"), spkiOf(key));
    writeFileSync(join(directory, "slot-a.bin"), slot);
  },

  provision(directory, provision) {
    const identity = {
      vendorId: hex(VENDOR_ID),
      classId: hex(CLASS_ID.sim),
      ...provision.identity,
    };
    writeFileSync(
      join(directory, "provision.json"),
      JSON.stringify({ ...provision, identity }, undefined, 2),
    );
  },

  start(directory, log, keyboard) {
    return started(process.env, directory, log, keyboard);
  },
};

/** Board sim whose devices run with other variables of the environment. */
export function simIn(environment: NodeJS.ProcessEnv): RigBoard {
  return {
    ...sim,
    start: (directory, log, keyboard) => started(environment, directory, log, keyboard),
  };
}

function started(
  environment: NodeJS.ProcessEnv,
  directory: string,
  log: EventLog,
  keyboard = false,
): Device {
  const words = ["--enable-source-maps", join(root, "build/js/test/rig/simdevice.js"), directory];
  const flash = watchFlash(log, directory, SIM_PARTS);
  return new DeviceProcess(...locked(directory, process.execPath, words), log, {
    environment,
    keyboard,
    flash,
  });
}
