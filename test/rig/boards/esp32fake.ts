/**
 * Board `esp32-fake`: the C and the TypeScript of hal/esp32 over the fake of ESP-IDF in test/esp32,
 * as a process on Linux.
 */
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { versionText } from "../../../src/image/version.ts";
import { root } from "../../root.ts";
import { DeviceProcess } from "../device.ts";
import { ESP_HEADER_BYTES, espImage } from "../espimage.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildName, entryOf, padded, type RigBoard } from "./board.ts";
import { make } from "./build.ts";

export const ESP32_RUNNER = join(root, "build/esp32/run");
/** What the fake has in the place of hal/board.ts. */
export const ESP32_BOARD = {
  "hal/board": 'export { openBoard } from "../test/esp32/board.js";\n',
} as const;

export const esp32Fake: RigBoard = {
  name: "esp32-fake",
  vendorId: VENDOR_ID,
  classId: CLASS_ID.esp32,
  headerSize: ESP_HEADER_BYTES,
  securityCounter: 1,

  firmware(version, sizeMin, build = {}) {
    const { fault, previous, without } = build;
    const text = versionText(version);
    const out = join(root, `build/esp32/firmware/${buildName(version, build)}.blob`);
    const blob = make(() =>
      buildBlob({
        entry: entryOf(fault),
        modules: BASE_MODULES,
        out,
        version: text,
        previous,
        without,
        generated: ESP32_BOARD,
      }),
    );
    return espImage(padded(blob, sizeMin), text);
  },

  /** The chip's boot loader looks at the image and not at the package: the header stays outside. */
  manufacture(directory, image, _key: KeyObject) {
    make(() => {
      runMake(["build/esp32/run"], "test/esp32/Makefile");
    });
    if (existsSync(join(directory, "ota_0.flash"))) return;
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "ota_0.flash"), image.subarray(ESP_HEADER_BYTES));
  },

  provision(directory, provision) {
    const identity = {
      vendorId: hex(VENDOR_ID),
      classId: hex(CLASS_ID.esp32),
      ...provision.identity,
    };
    writeFileSync(
      join(directory, "provision.json"),
      JSON.stringify({ ...provision, identity }, undefined, 2),
    );
  },

  start(directory, log) {
    return new DeviceProcess(ESP32_RUNNER, ["--state", directory], log);
  },
};
