/**
 * Board `qemu`: bare metal. A slot's payload is the whole firmware (hal/qemu-riscv32/README.md).
 */
import type { KeyObject } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import {
  buildFirmware,
  EMULATOR,
  machineOptions,
  makeFlash,
  refit,
  SWITCH_KEY,
} from "../../../hal/bare/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { versionText } from "../../../src/image/version.ts";
import { DeviceProcess } from "../device.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { spkiOf } from "../keys.ts";
import { locked } from "../lock.ts";
import { padded, type RigBoard } from "./board.ts";
import { make } from "./build.ts";

const FLASH = "flash.bin";
const KEYS = "keys";
const PUSH_PORT = "push-port";

export const qemu: RigBoard = {
  name: "qemu",
  vendorId: VENDOR_ID,
  classId: CLASS_ID.qemu,

  firmware(version, sizeMin) {
    const text = versionText(version);
    return padded(
      make(() => buildFirmware({ name: `firmware-${text}`, version: text })),
      sizeMin,
    );
  },

  manufacture(directory, image, key: KeyObject) {
    if (existsSync(join(directory, FLASH))) return;
    mkdirSync(directory, { recursive: true });
    const keys = spkiOf(key);
    writeFileSync(join(directory, KEYS), keys);
    writeFileSync(
      join(directory, FLASH),
      make(() => makeFlash({ keys: [keys], provision: "{}" }, image)),
    );
  },

  provision(directory, provision) {
    const identity = {
      vendorId: hex(VENDOR_ID),
      classId: hex(CLASS_ID.qemu),
      ...provision.identity,
    };
    const keys = [readFileSync(join(directory, KEYS))];
    const { ca, ...rest } = provision;
    const port = join(directory, PUSH_PORT);
    if (provision.pushPort === undefined) rmSync(port, { force: true });
    else writeFileSync(port, String(provision.pushPort));
    const authorities = [ca ?? []].flat().map((text) => Buffer.from(text, "base64"));
    const { offset, bytes } = refit({
      keys,
      provision: JSON.stringify({ ...rest, identity }),
      authorities,
    });
    const file = openSync(join(directory, FLASH), "r+");
    writeSync(file, bytes, 0, bytes.length, offset);
    closeSync(file);
  },

  start(directory, log) {
    const port = join(directory, PUSH_PORT);
    const pushPort = existsSync(port) ? Number(readFileSync(port, "utf8")) : undefined;
    const options = machineOptions(join(directory, FLASH), { pushPort });
    return new DeviceProcess(...locked(directory, EMULATOR, options), log, {
      switchKey: SWITCH_KEY,
    });
  },
};
