/** The bare-metal board on the bench: the agent as its firmware, in the RAM that the board has. */
import { generateKeyPairSync } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import {
  buildFirmware,
  CUT_MODES,
  EMULATOR,
  machineOptions,
  makeFlash,
  refit,
} from "../../../hal/bare/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { spkiOf } from "../keys.ts";
import { ProcessBench } from "./processbench.ts";

const FLASH = "flash.bin";
/** This computer, in the network that QEMU makes for its guest. */
const RIG_ADDRESS = "10.0.2.2";

/** Builds board and agent. */
export function qemuBench(print?: (line: string) => void): ProcessBench {
  const { privateKey } = generateKeyPairSync("ed25519");
  const keys = [spkiOf(privateKey)];
  const payload = buildFirmware({
    name: "conformance",
    version: "conformance",
    entry: "test/conformance/program",
    positions: true,
  });
  const build = (major: number): Buffer =>
    buildImage({
      payload,
      version: { major, minor: 0, revision: 0, build: 0 },
      securityCounter: 1,
      vendorId: VENDOR_ID,
      classId: CLASS_ID.qemu,
      key: privateKey,
    });
  const image = build(2);
  return new ProcessBench(
    {
      image,
      damages: [0, Math.floor(image.length / 2), image.length - 1],
      rigAddress: RIG_ADDRESS,
      files: { [FLASH]: makeFlash({ keys, provision: "{}" }, build(1)) },
      identity: { vendorId: hex(VENDOR_ID), classId: hex(CLASS_ID.qemu) },
      program: (directory, provision, cut, pushPort) => {
        const path = join(directory, FLASH);
        const { offset, bytes } = refit({ keys, provision });
        const file = openSync(path, "r+");
        writeSync(file, bytes, 0, bytes.length, offset);
        closeSync(file);
        const mode = CUT_MODES.find((name) => name === cut?.mode);
        return [
          EMULATOR,
          ...machineOptions(path, {
            pushPort,
            ...(cut === undefined || mode === undefined
              ? {}
              : { cut: { operation: cut.at, mode } }),
          }),
        ];
      },
    },
    print,
  );
}
