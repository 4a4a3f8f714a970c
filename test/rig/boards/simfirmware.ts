/** Who a simulated board is when the image in a slot runs. */
import type { Flash, Identity } from "../../../hal/hal.ts";
import {
  IMAGE_HEADER_BYTES,
  type ImageHeader,
  parseImageHeader,
} from "../../../src/image/imageheader.ts";
import { parseTlvAreas, TlvType } from "../../../src/image/tlv.ts";
import { versionText } from "../../../src/image/version.ts";

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
  const securityCounter = slot === undefined || header === undefined ? 0 : counterOf(slot, header);
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
    securityCounter,
  };
}

/** The security counter of the image in a slot; 0 when it has none. */
function counterOf(slot: Flash, { headerSize, payloadSize, protectedSize }: ImageHeader): number {
  const from = headerSize + payloadSize;
  const head = new Uint8Array(4);
  slot.read(head, from + protectedSize);
  const tail = new Uint8Array(protectedSize + new DataView(head.buffer).getUint16(2, true));
  slot.read(tail, from);
  const records = parseTlvAreas(tail, tail.length, protectedSize);
  const counter = records?.protectedRecords.get(TlvType.securityCounter);
  return counter === undefined
    ? 0
    : new DataView(counter.buffer, counter.byteOffset, 4).getUint32(0, true);
}
