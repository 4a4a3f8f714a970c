/**
 * Board `host`: XS on Linux. A slot's payload is the application's own prelinked bytecode
 * (hal/host/README.md).
 */
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { versionText } from "../../../src/image/version.ts";
import { root } from "../../root.ts";
import { DeviceProcess } from "../device.ts";
import { type FlashFilePart, watchFlash } from "../flashwatch.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { spkiOf } from "../keys.ts";
import { buildName, entryOf, padded, type RigBoard } from "./board.ts";
import { make } from "./build.ts";

export const RUNNER = join(root, "build/host/xs-fumo-host");
const FIRMWARE = join(root, "build/host/firmware");

/** The flash of hal/host/board.c. */
const SLOT = { blocks: 2048, blockLength: 4096, eraseValue: 0xff };
export const HOST_PARTS: readonly FlashFilePart[] = [
  { name: "boot", file: "boot.flash", status: { ...SLOT, blocks: 2 } },
  { name: "store", file: "store.flash", status: { ...SLOT, blocks: 16 } },
  { name: "a", file: "slot-a.flash", status: SLOT },
  { name: "b", file: "slot-b.flash", status: SLOT },
];

/** Compiles what runs its firmware, unless it is there. */
export function makeRunner(): void {
  make(() => {
    runMake(["build/host/xs-fumo-host"], "hal/host/Makefile");
  });
}

export const host: RigBoard = {
  name: "host",
  vendorId: VENDOR_ID,
  classId: CLASS_ID.host,

  firmware(version, sizeMin, build = {}) {
    const { fault, previous, without } = build;
    const text = versionText(version);
    const out = join(FIRMWARE, `${buildName(version, build)}.blob`);
    const entry = entryOf(fault);
    return padded(
      make(() =>
        buildBlob({ entry, modules: BASE_MODULES, out, version: text, previous, without }),
      ),
      sizeMin,
    );
  },

  manufacture(directory, image, key: KeyObject) {
    makeRunner();
    if (existsSync(join(directory, "slot-a.flash"))) return;
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "keys"), spkiOf(key));
    writeFileSync(join(directory, "slot-a.flash"), image);
  },

  provision(directory, provision) {
    const identity = {
      vendorId: hex(VENDOR_ID),
      classId: hex(CLASS_ID.host),
      ...provision.identity,
    };
    writeFileSync(
      join(directory, "provision.json"),
      JSON.stringify({ ...provision, identity }, undefined, 2),
    );
  },

  start(directory, log, keyboard = false) {
    const flash = watchFlash(log, directory, HOST_PARTS);
    return new DeviceProcess(RUNNER, ["--state", directory], log, { keyboard, flash });
  },
};
