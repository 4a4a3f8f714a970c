/** Packages and geometries for the world. */
import { buildImage } from "../rig/image.ts";
import { generateKey, spkiOf, vendorKeyOf } from "../rig/keys.ts";
import type { FlashStatus } from "../../hal/hal.ts";
import { Random } from "../../hal/sim/random.ts";
import type { ImagePolicy } from "../../src/image/policy.ts";
import type { Behaviour, Scenario, Way } from "./world.ts";

const KEY = generateKey("ed25519");
const BOOT_KEYS = new Uint8Array(spkiOf(KEY));
const VENDOR_ID = Buffer.alloc(16, 0x11);
const CLASS_ID = Buffer.alloc(16, 0x22);

function image(major: number, payloadBytes: number): Uint8Array {
  const payload = new Uint8Array(payloadBytes);
  new Random(major).fill(payload);
  const version = { major, minor: 0, revision: 0, build: 0 };
  return new Uint8Array(
    buildImage({
      payload,
      version,
      securityCounter: major,
      vendorId: VENDOR_ID,
      classId: CLASS_ID,
      key: KEY,
    }),
  );
}

const POLICY: ImagePolicy = {
  keys: [vendorKeyOf(KEY)],
  vendorId: VENDOR_ID,
  classId: CLASS_ID,
  runningVersion: { major: 1, minor: 0, revision: 0, build: 0 },
  securityCounter: 1,
  capacity: Number.MAX_SAFE_INTEGER,
  allowDowngrade: false,
};

export interface Geometry {
  readonly store: FlashStatus;
  readonly slot: FlashStatus;
  readonly payloadBytes: number;
  readonly chunkBytes: number;
}

/** As few operations as show everything: a package of two blocks and a piece. */
const TINY: Geometry = {
  store: { blocks: 3, blockLength: 4096, writeAlign: 4, eraseValue: 0xff },
  slot: { blocks: 4, blockLength: 256, writeAlign: 4, eraseValue: 0xff },
  payloadBytes: 421,
  chunkBytes: 190,
};

export function scenario(
  way: Way,
  behaviour: Behaviour,
  geometry: Geometry = TINY,
  corrupt = false,
): Scenario {
  const { store, slot, payloadBytes, chunkBytes } = geometry;
  const source = image(1, payloadBytes - 100);
  const target = image(2, payloadBytes);
  const sent = target.slice();
  if (corrupt) sent[100] = (sent[100] ?? 0) ^ 4;
  return {
    way,
    behaviour,
    sent,
    source,
    target,
    policy: POLICY,
    keys: BOOT_KEYS,
    store,
    slot,
    chunkBytes,
  };
}
