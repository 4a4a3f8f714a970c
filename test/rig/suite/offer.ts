/** What a scenario offers, made for a board. */
import { type Version, versionText } from "../../../src/image/version.ts";
import { FIRMWARE_FAULTS, type FirmwareFault, type RigBoard } from "../boards/board.ts";
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
  return { bytes: bytesOf(board, offer, version), version: versionText(version) };
}

function bytesOf(board: RigBoard, offer: Offer, version: Version): Buffer {
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
    case "corrupt": {
      const bytes = Buffer.from(packageOf(board, version, 0));
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 4;
      return bytes;
    }
    case "truncated": {
      const bytes = packageOf(board, version, 0);
      return bytes.subarray(0, bytes.length >> 1);
    }
    case "not-an-image":
      return Buffer.alloc(NO_IMAGE_BYTES, "A");
    default:
      return packageOf(board, version, 0, 1, offer);
  }
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
    firmware(version, sizeMin, fault) {
      const name = `${versionText(version)} ${sizeMin} ${fault ?? ""}`;
      const firmware = built.get(name) ?? board.firmware(version, sizeMin, fault);
      built.set(name, firmware);
      return firmware;
    },
  };
}
