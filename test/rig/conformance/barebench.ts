/** A bare-metal board on the bench: the agent as its firmware, in the RAM that the board has. */
import { generateKeyPairSync } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { BareBuild } from "../../../hal/bare/build.ts";
import { CUT_MODES } from "../../../hal/bare/cut.ts";
import { hex } from "../../../src/base/bytes.ts";
import { VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { spkiOf } from "../keys.ts";
import { ProcessBench } from "./processbench.ts";

const FLASH = "flash.bin";
/** This computer, in the network that QEMU makes for its guest. */
const RIG_ADDRESS = "10.0.2.2";

/** Builds board and agent. */
export function bareBench(
  build: BareBuild,
  classId: Uint8Array,
  print?: (line: string) => void,
): ProcessBench {
  const { privateKey } = generateKeyPairSync("ed25519");
  const keys = [spkiOf(privateKey)];
  const payload = build.buildFirmware({
    name: "conformance",
    version: "conformance",
    entry: "test/conformance/program",
    positions: true,
  });
  const pack = (major: number): Buffer =>
    buildImage({
      payload,
      version: { major, minor: 0, revision: 0, build: 0 },
      securityCounter: 1,
      vendorId: VENDOR_ID,
      classId,
      key: privateKey,
    });
  const image = pack(2);
  return new ProcessBench(
    {
      image,
      damages: [0, Math.floor(image.length / 2), image.length - 1],
      rigAddress: RIG_ADDRESS,
      files: { [FLASH]: build.makeFlash({ keys, provision: "{}" }, pack(1)) },
      identity: { vendorId: hex(VENDOR_ID), classId: hex(classId) },
      program: (directory, provision, cut, pushPort) => {
        const path = join(directory, FLASH);
        const { offset, bytes } = build.refit({ keys, provision });
        const file = openSync(path, "r+");
        writeSync(file, bytes, 0, bytes.length, offset);
        closeSync(file);
        const mode = CUT_MODES.find((name) => name === cut?.mode);
        return [
          build.emulator,
          ...build.machineOptions(path, {
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
