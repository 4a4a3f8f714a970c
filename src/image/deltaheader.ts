/**
 * Header of a delta package (XDP1), little-endian. Segments follow it (src/base/delta.ts).
 *
 * | at  | bytes | field                                                            |
 * |-----|-------|------------------------------------------------------------------|
 * | 0   | 4     | magic "XDP1"                                                     |
 * | 4   | 2     | size of this header: 112 and the protected area                  |
 * | 6   | 2     | flags: 0                                                         |
 * | 8   | 4     | bytes of base that are used; 0: none, it is a compressed package |
 * | 12  | 4     | bytes of the image that it makes                                 |
 * | 16  | 32    | SHA-256 of those bytes of base; 0 without them                   |
 * | 48  | 32    | digest of the image, as its record sha256 has it                 |
 * | 80  | 32    | the header of the image                                          |
 * | 112 |       | its protected TLV area                                           |
 *
 * Base is the payload of the image that runs. What the header says of the image are claims: they
 * can refuse a package and never accept one.
 */
import { filled } from "../base/bytes.ts";
import { TLV_BYTES_MAX } from "../base/limits.ts";
import { IMAGE_HEADER_BYTES, type ImageHeader, parseImageHeader } from "./imageheader.ts";
import { admit, type ImageFault, type ImagePolicy } from "./policy.ts";
import { parseProtectedArea, type TlvRecords } from "./tlv.ts";
import { checkRecords } from "./verifier.ts";

/** How much of a package must be there before `deltaHeaderSize` can say something. */
export const DELTA_START_BYTES = 8;
/** The header without the protected area. */
export const DELTA_HEADER_BYTES = 112;

const MAGIC = 0x31504458;
const BASE_DIGEST = 16;
const IMAGE_DIGEST = 48;
const IMAGE_HEADER = 80;
const DIGEST_BYTES = 32;

export interface DeltaHeader {
  /** Bytes of this header: segments begin there. */
  readonly size: number;
  /** Bytes of base; 0: the package needs none. */
  readonly baseLength: number;
  readonly baseDigest: Uint8Array;
  /** Bytes of the image, with all its records. */
  readonly imageLength: number;
  /** Claims. */
  readonly imageDigest: Uint8Array;
  readonly image: ImageHeader;
  readonly records: TlvRecords;
}

/**
 * What speaks against a package by its claims, before a byte is erased: sizes, version, who it is
 * for. Undefined: nothing.
 */
export function admitDelta(header: DeltaHeader, policy: ImagePolicy): ImageFault | undefined {
  return admit(header.image, header.imageLength, policy) ?? checkRecords(header.records, policy);
}

/** Whether a package that begins so is a delta package. Four bytes decide. */
export function isDelta(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) === MAGIC;
}

/** Bytes of the header of a delta package that begins so; undefined when it cannot have one. */
export function deltaHeaderSize(bytes: Uint8Array): number | undefined {
  if (bytes.length < DELTA_START_BYTES || !isDelta(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, DELTA_START_BYTES);
  const size = view.getUint16(4, true);
  const isPossible =
    size >= DELTA_HEADER_BYTES &&
    size <= DELTA_HEADER_BYTES + TLV_BYTES_MAX &&
    view.getUint16(6, true) === 0;
  return isPossible ? size : undefined;
}

/**
 * The header in bytes[0, deltaHeaderSize); undefined when it contradicts itself. Its digests and
 * records are views of the bytes.
 */
export function parseDeltaHeader(bytes: Uint8Array): DeltaHeader | undefined {
  const size = deltaHeaderSize(bytes);
  if (size === undefined || bytes.length < size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const baseLength = view.getUint32(8, true);
  const imageLength = view.getUint32(12, true);
  const image = parseImageHeader(bytes.subarray(IMAGE_HEADER, IMAGE_HEADER + IMAGE_HEADER_BYTES));
  if (image === undefined || image.protectedSize !== size - DELTA_HEADER_BYTES) return undefined;
  const records = parseProtectedArea(bytes.subarray(DELTA_HEADER_BYTES, size));
  const signed = image.headerSize + image.payloadSize + image.protectedSize;
  if (records === undefined || imageLength <= signed) return undefined;
  const isBlank = filled(bytes, BASE_DIGEST, BASE_DIGEST + DIGEST_BYTES, 0);
  if (baseLength === 0 && !isBlank) return undefined;
  return {
    size,
    baseLength,
    baseDigest: bytes.subarray(BASE_DIGEST, BASE_DIGEST + DIGEST_BYTES),
    imageLength,
    imageDigest: bytes.subarray(IMAGE_DIGEST, IMAGE_DIGEST + DIGEST_BYTES),
    image,
    records,
  };
}
