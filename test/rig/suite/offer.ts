/** What a scenario offers, made for a board. */
import { type Version, versionText } from "../../../src/image/version.ts";
import { buildName, FIRMWARE_FAULTS, type FirmwareFault, type RigBoard } from "../boards/board.ts";
import { deltaPackage } from "../delta/package.ts";
import { buildImage, type ImageContent } from "../image.ts";
import { generateKey } from "../keys.ts";
import { keyOf, packageOf } from "../workshop.ts";
import { NEW, type Rung } from "./ladder.ts";
import type { Offer } from "./scenario.ts";

export interface Offered {
  readonly bytes: Buffer;
  /** Its version, as the device says it. */
  readonly version: string;
}

/** Lower than the one that runs. */
const VERSION_0: Version = { major: 0, minor: 9, revision: 0, build: 0 };
/** Bytes of what is no image: no multiple of a block of flash. */
const NO_IMAGE_BYTES = 20_001;

/** Makes what is offered to the board. Throws a RigError when it cannot be built. */
export function offerOf(board: RigBoard, offer: Offer, { runs, next }: Rung = NEW): Offered {
  const version = offer === "same-version" ? runs : next;
  return { bytes: bytesOf(board, offer, { runs, next: version }), version: versionText(version) };
}

function bytesOf(board: RigBoard, offer: Offer, { runs, next: version }: Rung): Buffer {
  switch (offer) {
    case "genuine":
    case "same-version":
      return packageOf(board, version, 0);
    case "foreign-signature":
      return altered(board, version, { key: generateKey("ed25519") });
    case "unsigned":
      return altered(board, version, { key: undefined });
    case "wrong-vendor":
      return altered(board, version, { vendorId: new Uint8Array(16).fill(0x77) });
    case "wrong-class":
      return altered(board, version, { classId: new Uint8Array(16).fill(0x77) });
    case "old-counter":
      return altered(board, version, { securityCounter: 0 });
    case "downgrade":
      return altered(board, version, { version: VERSION_0 });
    case "corrupt":
      return withBitWrong(packageOf(board, version, 0));
    case "truncated": {
      const bytes = packageOf(board, version, 0);
      return bytes.subarray(0, bytes.length >> 1);
    }
    case "delta":
      return packed(board, version, runs);
    case "compressed":
      return packed(board, version);
    case "corrupt-delta":
      return withBitWrong(bytesOf(board, "delta", { runs, next: version }));
    case "foreign-delta":
      return packed(board, version, version);
    case "not-an-image":
      return Buffer.alloc(NO_IMAGE_BYTES, "A");
    default:
      return packageOf(board, version, 0, 1, { fault: offer });
  }
}

/** Of each board, by what it makes of what: a large one takes seconds. */
const packages = new WeakMap<RigBoard, Map<string, Buffer>>();

/** The package that makes `next` of the version `base`, or of nothing. */
function packed(board: RigBoard, next: Version, base?: Version): Buffer {
  const made = packages.get(board) ?? new Map<string, Buffer>();
  packages.set(board, made);
  const name = `${versionText(next)} of ${base === undefined ? "nothing" : versionText(base)}`;
  const image = packageOf(board, next, 0);
  const bytes =
    made.get(name) ?? deltaPackage(image, base === undefined ? base : packageOf(board, base, 0));
  made.set(name, bytes);
  return bytes;
}

/** A copy in whose middle one bit is wrong. */
function withBitWrong(genuine: Buffer): Buffer {
  const bytes = Buffer.from(genuine);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 4;
  return bytes;
}

/** That version with another record in its package. */
function altered(board: RigBoard, version: Version, content: Partial<ImageContent>): Buffer {
  return buildImage({
    payload: board.firmware(version, 0),
    version,
    securityCounter: 1,
    vendorId: board.vendorId,
    classId: board.classId,
    key: keyOf(board),
    headerSize: board.headerSize,
    ...content,
  });
}

/** True for an offer whose image crashes: then a crash is what is looked for. */
export function mayCrash(offer: Offer): boolean {
  return FIRMWARE_FAULTS.includes(offer as FirmwareFault);
}

/** The board, with each firmware built once. */
export function withFirmwareOnce(board: RigBoard): RigBoard {
  const built = new Map<string, Buffer>();
  return {
    ...board,
    firmware(version, sizeMin, build = {}) {
      if (build.previous !== undefined) return board.firmware(version, sizeMin, build);
      const name = `${buildName(version, build)} ${sizeMin}`;
      const firmware = built.get(name) ?? board.firmware(version, sizeMin, build);
      built.set(name, firmware);
      return firmware;
    },
  };
}
