/**
 * Header of an MCUboot image, little-endian:
 *
 * | at | bytes | field                                                       |
 * |----|-------|-------------------------------------------------------------|
 * | 0  | 4     | magic 0x96f3b83d                                            |
 * | 4  | 4     | load address                                                |
 * | 8  | 2     | size of the header, at least 32                             |
 * | 10 | 2     | size of the protected TLV area, its 4-byte head included; 0 |
 * | 12 | 4     | size of the payload                                         |
 * | 16 | 4     | flags                                                       |
 * | 20 | 8     | version: u8 major, u8 minor, u16 revision, u32 build        |
 * | 28 | 4     | padding                                                     |
 *
 * The image: header, payload, protected TLV area, unprotected TLV area. The first three are what
 * the digest covers.
 */
import { frozen } from "../base/frozen.ts";
import type { Version } from "./version.ts";

/** How much of an image must be there before `parseImageHeader` can say something. */
export const IMAGE_HEADER_BYTES = 32;

/** Bits of `ImageHeader.flags`. */
export const ImageFlag = frozen({
  encryptedAes128: 0x4,
  encryptedAes256: 0x8,
  nonBootable: 0x10,
  ramLoad: 0x20,
  romFixed: 0x100,
  lzma1: 0x200,
  lzma2: 0x400,
  armThumb: 0x800,
});

/** Sizes in bytes. */
export interface ImageHeader {
  readonly headerSize: number;
  /** The protected TLV area with its 4-byte head, or 0. */
  readonly protectedSize: number;
  readonly payloadSize: number;
  readonly flags: number;
  readonly version: Version;
  readonly loadAddress: number;
}

const MAGIC = 0x96f3b83d;

/** The header in the first 32 bytes; undefined when this is not an MCUboot image. */
export function parseImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  if (bytes.length < IMAGE_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, IMAGE_HEADER_BYTES);
  if (view.getUint32(0, true) !== MAGIC) return undefined;
  const headerSize = view.getUint16(8, true);
  if (headerSize < IMAGE_HEADER_BYTES) return undefined;
  return {
    headerSize,
    protectedSize: view.getUint16(10, true),
    payloadSize: view.getUint32(12, true),
    flags: view.getUint32(16, true),
    version: {
      major: view.getUint8(20),
      minor: view.getUint8(21),
      revision: view.getUint16(22, true),
      build: view.getUint32(24, true),
    },
    loadAddress: view.getUint32(4, true),
  };
}
