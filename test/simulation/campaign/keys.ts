/** Keys and packages that are the same in every process, so that a replay meets the same bytes. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { Random } from "../../../hal/sim/random.ts";
import type { Version } from "../../../src/image/version.ts";
import { deltaPackage } from "../../rig/delta/package.ts";
import { buildImage } from "../../rig/image.ts";
import { spkiOf } from "../../rig/keys.ts";
import { CLASS_ID, VENDOR_ID } from "./identity.ts";
import { type Images, joined, provisionOf, type Setting } from "./setting.ts";
import { GEOMETRIES, type Variant } from "./variant.ts";

/** What PKCS #8 puts before the 32 bytes of an Ed25519 key (RFC 8410 §7). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** An Ed25519 key pair from a number. Of no worth anywhere else. */
export function fixedKey(seed: number): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]),
    format: "der",
    type: "pkcs8",
  });
}

export const VENDOR = fixedKey(1);
const P256_SECRET = new Uint8Array(32).fill(5);
const P256 = p256Key(P256_SECRET);

/** The vendor's own keys, and one more that firmware trusts. */
const SPKIS = [VENDOR, fixedKey(3), P256].map((key) => spkiOf(key));
const KEYS = SPKIS.map((spki) => spki.toString("base64"));
const BOOT_KEYS = joined(SPKIS);
const PROVISION = provisionOf(KEYS);

function version(major: number): Version {
  return { major, minor: 0, revision: 0, build: 0 };
}

function p256Key(secret: Uint8Array): KeyObject {
  const point = p256.getPublicKey(secret, false);
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
  const key = {
    kty: "EC",
    crv: "P-256",
    d: text(secret),
    x: text(point.subarray(1, 33)),
    y: text(point.subarray(33)),
  };
  return createPrivateKey({ key, format: "jwk" });
}

/** Even small packages have several segments, and blocks end amid them. */
const LIMITS = { codeBytesMax: 100 };
/** How many bytes of firmware stay what they were, at another place; and of words that moved. */
const KEPT_SHARE = 0.4;
const MOVED_SHARE = 0.3;

/** Signed firmware; its security counter is its major version. */
export function firmware(
  major: number,
  payloadBytes: number,
  signer?: Variant["signer"],
  change: (payload: Uint8Array) => void = () => undefined,
): Uint8Array {
  const payload = new Uint8Array(payloadBytes);
  new Random(major).fill(payload);
  change(payload);
  const content = {
    payload,
    version: version(major),
    securityCounter: major,
    vendorId: VENDOR_ID,
    classId: CLASS_ID,
  };
  if (signer === undefined) return new Uint8Array(buildImage({ ...content, key: VENDOR }));
  return new Uint8Array(
    buildImage({
      ...content,
      key: P256,
      ecdsa: (signed) => p256.sign(signed, P256_SECRET, { format: "der" }),
    }),
  );
}

/**
 * Makes of a payload the successor of an image: bytes of it elsewhere, words of it with another
 * origin, and at the end what stands at its beginning.
 */
function develop(payload: Uint8Array, before: Uint8Array): void {
  const kept = Math.floor(before.length * KEPT_SHARE);
  payload.set(before.subarray(50, 50 + kept));
  const words = new DataView(payload.buffer);
  const old = new DataView(before.buffer, before.byteOffset, before.length);
  const from = kept + (4 - (kept % 4)) + 40;
  const moved = Math.floor(before.length * MOVED_SHARE);
  for (let at = 0; at + 4 <= moved && from + at + 4 <= payload.length; at += 4)
    words.setUint32(from + at, old.getUint32(kept + at, true) + 0x1234, true);
  payload.set(payload.subarray(0, 30), payload.length - 30);
}

/** Makes a payload that can be compressed: in some geometries the image fills the slot. */
function repeat(payload: Uint8Array): void {
  payload.copyWithin(payload.length >> 1, 0);
}

/** Where a package says how long its header and its image are; segments (src/update/DELTA.md). */
const HEADER_LENGTH_AT = 4;
const IMAGE_LENGTH_AT = 12;
const SEGMENT_HEAD_BYTES = 10;
const CODE_BYTES_IN = 4;

/** What a variant is made of. */
export function settingOf(variant: Variant): Setting {
  const { payloadBytes } = GEOMETRIES[variant.geometry];
  const source = firmware(1, payloadBytes - 60);
  const change = (payload: Uint8Array): void => {
    if (variant.form === "compressed") repeat(payload);
    else if (variant.form !== undefined) develop(payload, source);
  };
  const target = firmware(2, payloadBytes, variant.signer, change);
  const images = { source, target };
  const offer = offerOf(variant, images);
  return { variant, images, offer, keys: KEYS, bootKeys: BOOT_KEYS, provision: PROVISION };
}

/** What the server sends: damaged where the variant says so, and packed. */
function offerOf({ form, geometry, offer }: Variant, { source, target }: Images): Uint8Array {
  const image = Buffer.from(target);
  const last = image.length - 1;
  if (offer === "corrupt" && form === undefined) image[100] = (image[100] ?? 0) ^ 4;
  if (offer === "foreign") image[last] = (image[last] ?? 0) ^ 1;
  if (form === undefined) return new Uint8Array(image);
  // As long as the base, so that its digest decides.
  const other = firmware(3, GEOMETRIES[geometry].payloadBytes - 60);
  const base = { delta: source, compressed: undefined, otherbase: other }[form];
  const packed = deltaPackage(image, base && Buffer.from(base), LIMITS);
  const at = inMiddle(packed);
  if (offer === "corrupt") packed[at] = (packed[at] ?? 0) ^ 4;
  return new Uint8Array(packed);
}

/**
 * Where a wrong bit changes what is decoded of the payload: in the code of the segment that makes
 * the middle of the image. In the head of a segment it may mean nothing.
 */
function inMiddle(packed: Buffer): number {
  const middle = packed.readUInt32LE(IMAGE_LENGTH_AT) >> 1;
  let segment = packed.readUInt16LE(HEADER_LENGTH_AT);
  for (let made = packed.readUInt32LE(segment + 2); made <= middle; ) {
    segment += SEGMENT_HEAD_BYTES + packed.readUInt16LE(segment);
    made += packed.readUInt32LE(segment + 2);
  }
  return segment + SEGMENT_HEAD_BYTES + CODE_BYTES_IN;
}
