/**
 * What a campaign varies, as data: how the package comes, what it is, the flash, and what is wrong
 * with flash and network.
 */
import type { FlashStatus } from "../../../hal/hal.ts";
import type { Fault, HostFault } from "../../rig/server/fault.ts";
import type { ScenarioName } from "../../rig/server/scenario.ts";

/**
 * What the new image does on trial: `crash` before its client starts, `crashLate` once it talks to
 * the server, `crashProved` once that has proved itself.
 */
export const BEHAVIOURS = ["good", "unhealthy", "crash", "crashLate", "crashProved"] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];
/** `corrupt`: a bit is wrong. `foreign`: signed by somebody else. */
export type Offer = "genuine" | "corrupt" | "foreign";
/**
 * How an image is packed, where its package is not the image itself: as a delta from the image that
 * runs, as one that needs no base, or as a delta from an image that does not run here.
 */
export const FORMS = ["delta", "compressed", "otherbase"] as const;
export type Form = (typeof FORMS)[number];

export interface Geometry {
  readonly store: FlashStatus;
  readonly slot: FlashStatus;
  readonly payloadBytes: number;
}

/** So little that live data are moved on several times in one update. */
const STORE: FlashStatus = { blocks: 6, blockLength: 1024, writeAlign: 4, eraseValue: 0xff };

/**
 * Sectors of 128 to 65536 bytes, write units of 1 to 256, both erase values. Payloads fill two
 * blocks and a piece, where that is quick.
 */
export const GEOMETRIES = {
  small: {
    store: STORE,
    slot: { blocks: 4, blockLength: 256, writeAlign: 4, eraseValue: 0xff },
    payloadBytes: 421,
  },
  bytes: {
    store: { blocks: 24, blockLength: 256, writeAlign: 1, eraseValue: 0 },
    slot: { blocks: 6, blockLength: 128, writeAlign: 1, eraseValue: 0 },
    payloadBytes: 300,
  },
  coarse: {
    store: { blocks: 4, blockLength: 2048, writeAlign: 32, eraseValue: 0xff },
    slot: { blocks: 3, blockLength: 256, writeAlign: 32, eraseValue: 0xff },
    payloadBytes: 290,
  },
  sixteen: {
    store: { blocks: 2, blockLength: 4096, writeAlign: 16, eraseValue: 0 },
    slot: { blocks: 2, blockLength: 4096, writeAlign: 16, eraseValue: 0 },
    payloadBytes: 4900,
  },
  pages: {
    store: { blocks: 3, blockLength: 8192, writeAlign: 256, eraseValue: 0xff },
    slot: { blocks: 3, blockLength: 512, writeAlign: 256, eraseValue: 0xff },
    payloadBytes: 700,
  },
  large: {
    store: { blocks: 2, blockLength: 65536, writeAlign: 4, eraseValue: 0xff },
    slot: { blocks: 1, blockLength: 65536, writeAlign: 8, eraseValue: 0xff },
    payloadBytes: 900,
  },
  /** A push comes in one message, longer than the buffer for whole ones. */
  long: {
    store: { blocks: 3, blockLength: 4096, writeAlign: 16, eraseValue: 0xff },
    slot: { blocks: 4, blockLength: 4096, writeAlign: 16, eraseValue: 0xff },
    payloadBytes: 13_000,
  },
} as const satisfies { readonly [name: string]: Geometry };
export type GeometryName = keyof typeof GEOMETRIES;

/**
 * What reads wrong from the read number `at` on: that read alone, in one bit (`once`); every read,
 * in a bit that is never the same (`always`); the bit of the flash that this read hit, for ever
 * (`stuck`); all bits of that byte (`byte`).
 */
export const FLIPS = ["once", "always", "stuck", "byte"] as const;
export const FLIPPED = ["store", "slot", "base"] as const;
export interface FlipTrouble {
  readonly what: "flip";
  /** `base`: the running slot, as the base of a delta. */
  readonly partition: (typeof FLIPPED)[number];
  readonly at: number;
  readonly how: (typeof FLIPS)[number];
}

/** Flash that is not what it should be; `at` counts the operations of its kind. */
export type FlashTrouble =
  /** How bytes read that a cut has torn, in all partitions. */
  | { readonly what: "torn"; readonly reads: "metastable" | "ecc" }
  | FlipTrouble
  | {
      readonly what: "program" | "erase";
      readonly partition: "store" | "slot";
      readonly at: number;
      readonly how: "aloud" | "silent";
    };

export interface Variant {
  readonly way: ScenarioName;
  readonly behaviour: Behaviour;
  readonly offer: Offer;
  readonly geometry: GeometryName;
  /** The server changes the account on the way: another address and other nonces. */
  readonly account: boolean;
  /** PkgURL names a download descriptor, which asks for a report. */
  readonly descriptor?: true;
  /** Absent: the package is the image. */
  readonly form?: Form;
  /** What the vendor signs with; Ed25519 when absent. */
  readonly signer?: "p256";
  readonly flash?: FlashTrouble;
  readonly faults?: readonly Fault[];
  readonly hostFaults?: readonly HostFault[];
}
