/** What this device takes: the rules that an image must meet besides being whole and signed. */
import { TLV_BYTES_MAX } from "../base/limits.ts";
import type { ImageHeader } from "./imageheader.ts";
import type { VendorKey } from "./key.ts";
import { compareVersions, type Version } from "./version.ts";

/**
 * `corrupt`: not a whole image, or its digest differs. `mismatch`: made for another device.
 * `untrusted`: no signature of a
 * built-in key. `unacceptable`: genuine, but older, or of a kind that the device does not take.
 * `tooLarge`: for the slot.
 */
export type ImageFault = "corrupt" | "mismatch" | "untrusted" | "unacceptable" | "tooLarge";

export interface ImagePolicy {
  readonly keys: readonly VendorKey[];
  /** 16 bytes each. */
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  readonly runningVersion: Version;
  /** The least security counter that is taken. */
  readonly securityCounter: number;
  /** Bytes of the slot that an image may fill. */
  readonly capacity: number;
  /** The only size of a header, in bytes, that the boot selector starts; undefined: any. */
  readonly headerSize?: number | undefined;
  /** Allows a lower version; the security counter counts all the same. */
  readonly allowDowngrade: boolean;
}

/** A payload begins at a multiple of this, in bytes. */
const HEADER_ALIGN = 4;
/** The head of a TLV area; an image ends with at least one. */
export const AREA_HEAD_BYTES = 4;

/**
 * Whether an image of such sizes can be whole, and whether the slot holds it. `size` is the length
 * of the package, if known.
 */
export function checkSizes(
  header: ImageHeader,
  size: number | undefined,
  capacity: number,
): ImageFault | undefined {
  const signed = header.headerSize + header.payloadSize + header.protectedSize;
  if (signed + AREA_HEAD_BYTES > capacity || (size !== undefined && size > capacity))
    return "tooLarge";
  if (
    header.payloadSize === 0 ||
    (header.protectedSize > 0 && header.protectedSize < AREA_HEAD_BYTES)
  )
    return "corrupt";
  if (header.protectedSize + AREA_HEAD_BYTES > TLV_BYTES_MAX) return "corrupt";
  if (size === undefined) return undefined;
  if (signed + AREA_HEAD_BYTES > size || size - signed + header.protectedSize > TLV_BYTES_MAX)
    return "corrupt";
  return undefined;
}

/**
 * Whether the device takes this kind of image, and this version. Every flag asks something of a
 * bootloader (to decrypt, to inflate, to place) that ours do not do, and is refused; so is a header
 * that the boot selector would not start behind.
 */
export function checkHeader(header: ImageHeader, policy: ImagePolicy): ImageFault | undefined {
  if (header.flags !== 0 || header.headerSize % HEADER_ALIGN !== 0) return "unacceptable";
  if (policy.headerSize !== undefined && header.headerSize !== policy.headerSize)
    return "unacceptable";
  if (!policy.allowDowngrade && compareVersions(header.version, policy.runningVersion) < 0)
    return "unacceptable";
  return undefined;
}

/**
 * All that the first 32 bytes tell, before a byte is erased. `size` is the announced length of the
 * package, if any.
 */
export function admit(
  header: ImageHeader,
  size: number | undefined,
  policy: ImagePolicy,
): ImageFault | undefined {
  return checkSizes(header, size, policy.capacity) ?? checkHeader(header, policy);
}
