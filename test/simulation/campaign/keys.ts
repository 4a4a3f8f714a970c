/** Keys and packages that are the same in every process, so that a replay meets the same bytes. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { Random } from "../../../hal/sim/random.ts";
import type { Version } from "../../../src/image/version.ts";
import { buildImage } from "../../rig/image.ts";
import { spkiOf } from "../../rig/keys.ts";
import { CLASS_ID, VENDOR_ID } from "./identity.ts";
import { joined, provisionOf, type Setting } from "./setting.ts";
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

/** Signed firmware; its security counter is its major version. */
export function firmware(
  major: number,
  payloadBytes: number,
  signer?: Variant["signer"],
): Uint8Array {
  const payload = new Uint8Array(payloadBytes);
  new Random(major).fill(payload);
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

/** What a variant is made of. */
export function settingOf(variant: Variant): Setting {
  const { payloadBytes } = GEOMETRIES[variant.geometry];
  const images = {
    source: firmware(1, payloadBytes - 60),
    target: firmware(2, payloadBytes, variant.signer),
  };
  const offer = images.target.slice();
  if (variant.offer === "corrupt") offer[100] = (offer[100] ?? 0) ^ 4;
  if (variant.offer === "foreign") offer[offer.length - 1] = (offer[offer.length - 1] ?? 0) ^ 1;
  return { variant, images, offer, keys: KEYS, bootKeys: BOOT_KEYS, provision: PROVISION };
}
