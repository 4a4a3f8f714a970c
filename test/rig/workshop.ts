/**
 * Where the rig makes devices and packages for development: the key of this checkout, and devices
 * with version 1 in them.
 */
import type { KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { alone } from "../../hal/xs/build.ts";
import type { Version } from "../../src/image/version.ts";
import { root } from "../root.ts";
import type { BuildOptions, RigBoard } from "./boards/board.ts";
import { buildImage } from "./image.ts";
import { generateKey, readKey, spkiOf, writeKey } from "./keys.ts";

export const VERSION_1: Version = { major: 1, minor: 0, revision: 0, build: 0 };
export const VERSION_2: Version = { major: 2, minor: 0, revision: 0, build: 0 };

/**
 * The key that signs what this checkout builds: made at first use, kept below build/, and of no
 * worth anywhere else.
 */
export function developmentKey(): KeyObject {
  const path = join(root, "build/development.pem");
  return alone(() => {
    if (!existsSync(path)) writeKey(path, generateKey("ed25519"));
    return readKey(path);
  });
}

/** The private key that signs what the board takes. */
export function keyOf({ key }: RigBoard): KeyObject {
  return key ?? developmentKey();
}

/** The public half, as provisioning wants it. */
export function publicText(key: KeyObject): string {
  return spkiOf(key).toString("base64");
}

/** Signed firmware of a board, at least `sizeMin` bytes of payload. */
export function packageOf(
  board: RigBoard,
  version: Version,
  sizeMin: number,
  securityCounter = 1,
  build?: BuildOptions,
): Buffer {
  return buildImage({
    payload: board.firmware(version, sizeMin, build),
    version,
    securityCounter,
    vendorId: board.vendorId,
    classId: board.classId,
    key: keyOf(board),
    headerSize: board.headerSize,
  });
}
