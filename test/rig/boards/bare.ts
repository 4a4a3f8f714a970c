/**
 * Bare-metal boards in an emulator. A slot's payload is the whole firmware
 * (hal/qemu-riscv32/README.md).
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
import { type BareBuild, SWITCH_KEY } from "../../../hal/bare/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { versionText } from "../../../src/image/version.ts";
import { DeviceProcess } from "../device.ts";
import { VENDOR_ID } from "../identity.ts";
import { spkiOf } from "../keys.ts";
import { locked } from "../lock.ts";
import { buildName, entryOf, padded, type RigBoard } from "./board.ts";
import { make } from "./build.ts";

const FLASH = "flash.bin";
const KEYS = "keys";
const PUSH_PORT = "push-port";

/** The rig's driver of a bare-metal board. */
export function bareBoard(name: string, classId: Uint8Array, build: BareBuild): RigBoard {
  return {
    name,
    vendorId: VENDOR_ID,
    classId,

    firmware(version, sizeMin, options = {}) {
      const { fault, previous, without } = options;
      const text = versionText(version);
      const name = `firmware-${buildName(version, options)}`;
      const entry = entryOf(fault);
      return padded(
        make(() => build.buildFirmware({ name, version: text, entry, previous, without })),
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
        make(() => build.makeFlash({ keys: [keys], provision: "{}" }, image)),
      );
    },

    provision(directory, provision) {
      const identity = {
        vendorId: hex(VENDOR_ID),
        classId: hex(classId),
        ...provision.identity,
      };
      const keys = [readFileSync(join(directory, KEYS))];
      const { ca, ...rest } = provision;
      const port = join(directory, PUSH_PORT);
      if (provision.pushPort === undefined) rmSync(port, { force: true });
      else writeFileSync(port, String(provision.pushPort));
      const authorities = [ca ?? []].flat().map((text) => Buffer.from(text, "base64"));
      const { offset, bytes } = build.refit({
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
      const options = build.machineOptions(join(directory, FLASH), { pushPort });
      return new DeviceProcess(...locked(directory, build.emulator, options), log, {
        switchKey: SWITCH_KEY,
      });
    },
  };
}
