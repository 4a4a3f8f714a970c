/** Keys and images that are the same in every process, so that a replay meets the same bytes. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { Random } from "../../../hal/sim/random.ts";
import type { Version } from "../../../src/image/version.ts";
import { buildImage } from "../../rig/image.ts";

/** What PKCS #8 puts before the 32 bytes of an Ed25519 key (RFC 8410 §7). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** An Ed25519 key pair from a number. Of no worth anywhere else. */
export function fixedKey(seed: number): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: "der", type: "pkcs8" });
}

export const VENDOR = fixedKey(1);
export const VENDOR_ID = new Uint8Array(16).fill(0x11);
export const CLASS_ID = new Uint8Array(16).fill(0x22);

export function version(major: number): Version {
  return { major, minor: 0, revision: 0, build: 0 };
}

/** Signed firmware; its security counter is its major version. */
export function firmware(major: number, payloadBytes: number): Uint8Array {
  const payload = new Uint8Array(payloadBytes);
  new Random(major).fill(payload);
  const content = { payload, version: version(major), securityCounter: major, vendorId: VENDOR_ID, classId: CLASS_ID, key: VENDOR };
  return new Uint8Array(buildImage(content));
}
