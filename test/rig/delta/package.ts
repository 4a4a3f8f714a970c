/**
 * Makes delta packages of signed images; no key is needed. What it has made it unpacks again, and
 * compares.
 */
import { createHash } from "node:crypto";
import { DELTA_HEADER_BYTES, parseDeltaHeader } from "../../../src/image/deltaheader.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../../../src/image/imageheader.ts";
import { smallestBody } from "./body.ts";
import type { SegmentLimits } from "./segments.ts";
import { decode } from "./unpack.ts";

/** What cannot be made a package, for a person. */
export class DeltaError extends Error {
  override name = "DeltaError";
}

interface Parts {
  readonly payload: Buffer;
  readonly protectedArea: Buffer;
  readonly signed: Buffer;
}

/** A delta is at most this share of the package that needs no base. */
export const SHARE_MAX = 0.9;

function partsOf(image: Buffer, what: string): Parts {
  const header = parseImageHeader(image);
  if (header === undefined) throw new DeltaError(`${what} is not an MCUboot image`);
  const from = header.headerSize;
  const to = from + header.payloadSize;
  const end = to + header.protectedSize;
  if (end >= image.length) throw new DeltaError(`${what} is cut short`);
  return {
    payload: image.subarray(from, to),
    protectedArea: image.subarray(to, end),
    signed: image.subarray(0, end),
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** The payload of an image, which is the base of deltas from it. Throws a DeltaError. */
export function basePayload(image: Buffer): Buffer {
  return partsOf(image, "the base").payload;
}

/** What x/Ext/Base of a device says that runs this image. Throws a DeltaError. */
export function baseText(image: Buffer): string {
  const payload = basePayload(image);
  return `${sha256(payload).toString("hex")} ${payload.length}`;
}

/**
 * The package that makes `image`: of `base`, the image that devices run, or of nothing. Throws a
 * DeltaError when one of them is no image.
 */
export function deltaPackage(
  image: Buffer,
  base?: Buffer,
  limits: Partial<SegmentLimits> = {},
): Buffer {
  const target = partsOf(image, "the image");
  const payload = base === undefined ? Buffer.alloc(0) : basePayload(base);
  const head = Buffer.alloc(DELTA_HEADER_BYTES);
  head.write("XDP1", 0, "latin1");
  head.writeUInt16LE(DELTA_HEADER_BYTES + target.protectedArea.length, 4);
  head.writeUInt32LE(payload.length, 8);
  head.writeUInt32LE(image.length, 12);
  if (payload.length > 0) sha256(payload).copy(head, 16);
  sha256(target.signed).copy(head, 48);
  image.copy(head, 80, 0, IMAGE_HEADER_BYTES);
  const body = smallestBody({ base: payload, image }, limits);
  const result = Buffer.concat([head, target.protectedArea, body]);
  if (parseDeltaHeader(result) === undefined)
    throw new DeltaError("the records of the image are not well-formed");
  const again = decode({ base: payload, imageLength: image.length, body });
  if (again === undefined || !image.equals(again))
    throw new Error("the package makes another image");
  return result;
}
