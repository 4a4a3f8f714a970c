/** Who a simulated board is when the image in a slot runs. */
import type { Flash, Identity } from "../../../hal/hal.ts";
import {
  IMAGE_HEADER_BYTES,
  type ImageHeader,
  parseImageHeader,
} from "../../../src/image/imageheader.ts";
import { parseTlvAreas, TlvType } from "../../../src/image/tlv.ts";
import { type Version, versionText } from "../../../src/image/version.ts";
import { FIRMWARE_FAULTS, type FirmwareFault } from "./board.ts";

/** Bytes in which that text is, with the filler behind it. */
const TEXT_BYTES = 128;
const FAULT = /^firmware of board sim, version [\d.+]+ with fault (\w+)\n/;

/** What an image of this board says: the program is the same, but for what the text says of it. */
export function simFirmware(version: Version, fault: FirmwareFault | undefined): string {
  const what = fault === undefined ? "" : ` with fault ${fault}`;
  return `firmware of board sim, version ${versionText(version)}${what}\n`;
}

/** What the image in a slot is to fail in; undefined: nothing. */
export function faultOf(slot: Flash): FirmwareFault | undefined {
  const bytes = new Uint8Array(IMAGE_HEADER_BYTES);
  slot.read(bytes, 0);
  const header = parseImageHeader(bytes);
  if (header === undefined) return undefined;
  const text = new Uint8Array(TEXT_BYTES);
  slot.read(text, header.headerSize);
  const name = FAULT.exec(Buffer.from(text).toString("latin1"))?.[1];
  return FIRMWARE_FAULTS.find((fault) => fault === name);
}

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
