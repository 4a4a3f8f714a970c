/**
 * What the simulated board makes of a slot: its bootloader's judgement, and who the device is when
 * the image in it runs.
 */
import type { Flash, Identity } from "../../../hal/hal.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../../../src/image/header.ts";
import type { VendorKey } from "../../../src/image/key.ts";
import { ImageVerifier } from "../../../src/image/verifier.ts";
import { versionText } from "../../../src/image/version.ts";
import { imageLength } from "../image.ts";

/** Vendor and class identifier, 16 bytes each. */
export interface Maker {
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
}

/** The identity of a device that runs the image in `slot`; undefined: none, version 0.0.0. */
export function identityOf(slot: Flash | undefined, { vendorId, classId }: Maker): Identity {
  const bytes = new Uint8Array(IMAGE_HEADER_BYTES);
  slot?.read(bytes, 0);
  const header = parseImageHeader(bytes);
  return {
    DevId: "urn:uuid:00000000-0000-4000-8000-000000000002",
    Man: "xs-fumo",
    Mod: "sim",
    Lang: "en",
    DevTyp: "device",
    OEM: "xs-fumo",
    SwV: "1.0",
    HwV: "1.0",
    FwV: header === undefined ? "0.0.0" : versionText(header.version),
    vendorId,
    classId,
  };
}

/**
 * What a bootloader checks: structure, digest, signature. Whom the image is for was the client's to
 * judge.
 */
export function bootable(slot: Flash, keys: readonly VendorKey[], maker: Maker): boolean {
  const read = (buffer: Uint8Array, offset: number): void => {
    slot.read(buffer, offset);
  };
  const { blocks, blockLength } = slot.status();
  const capacity = blocks * blockLength;
  const length = imageLength(read, capacity);
  if (length === undefined) return false;
  const verdict = new ImageVerifier(read, length, {
    ...maker,
    keys,
    capacity,
    runningVersion: { major: 0, minor: 0, revision: 0, build: 0 },
    securityCounter: 0,
    allowDowngrade: true,
  }).step(Infinity);
  return verdict !== undefined && typeof verdict !== "string";
}
