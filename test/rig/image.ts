/**
 * Builds MCUboot images, byte for byte as imgtool does (but ECDSA signatures are random). Layout:
 * src/image/imageheader.ts, tlv.ts.
 */
import { createHash, sign, type KeyObject } from "node:crypto";
import type { Version } from "../../src/image/version.ts";
import { spkiOf } from "./keys.ts";

export interface Dependency {
  readonly image: number;
  readonly version: Version;
}

/** One protected record of the builder's own choice. */
export interface ExtraRecord {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface ImageContent {
  readonly payload: Uint8Array;
  readonly version: Version;
  /** A record that is left out is not in the image. Identifiers have 16 bytes. */
  readonly securityCounter?: number | undefined;
  readonly vendorId?: Uint8Array | undefined;
  readonly classId?: Uint8Array | undefined;
  readonly dependencies?: readonly Dependency[] | undefined;
  readonly extra?: readonly ExtraRecord[] | undefined;
  /** Private key; without it the image has a digest and no signature. */
  readonly key: KeyObject | undefined;
  /**
   * Makes the ECDSA signature of these bytes, in DER, in the place of Node, whose signatures are
   * random.
   */
  readonly ecdsa?: ((signed: Uint8Array) => Uint8Array) | undefined;
  readonly headerSize?: number | undefined;
  readonly loadAddress?: number | undefined;
  readonly flags?: number | undefined;
}

const MAGIC = 0x96f3b83d;
const PROTECTED_MAGIC = 0x6908;
const UNPROTECTED_MAGIC = 0x6907;

/** The whole package. */
export function buildImage(content: ImageContent): Buffer {
  const protectedArea = area(PROTECTED_MAGIC, protectedRecords(content));
  const header = Buffer.alloc(content.headerSize ?? 32);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(content.loadAddress ?? 0, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(protectedArea.length, 10);
  header.writeUInt32LE(content.payload.length, 12);
  header.writeUInt32LE(content.flags ?? 0, 16);
  versionBytes(content.version).copy(header, 20);
  const signed = Buffer.concat([header, content.payload, protectedArea]);
  return Buffer.concat([signed, area(UNPROTECTED_MAGIC, proof(signed, content))]);
}

function protectedRecords(content: ImageContent): Buffer[] {
  const records: Buffer[] = [];
  if (content.securityCounter !== undefined) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(content.securityCounter);
    records.push(record(0x50, counter));
  }
  if (content.vendorId !== undefined) records.push(record(0x74, content.vendorId));
  if (content.classId !== undefined) records.push(record(0x75, content.classId));
  for (const { image, version } of content.dependencies ?? []) {
    records.push(
      record(0x40, Buffer.concat([Buffer.from([image, 0, 0, 0]), versionBytes(version)])),
    );
  }
  for (const { type, value } of content.extra ?? []) records.push(record(type, value));
  return records;
}

function proof(signed: Buffer, { key, ecdsa }: ImageContent): Buffer[] {
  const digest = createHash("sha256").update(signed).digest();
  const records = [record(0x10, digest)];
  if (key === undefined) return records;
  records.push(record(0x01, createHash("sha256").update(spkiOf(key)).digest()));
  if (key.asymmetricKeyType === "ed25519") records.push(record(0x24, sign(null, digest, key)));
  else
    records.push(
      record(0x22, ecdsa?.(signed) ?? sign("sha256", signed, { key, dsaEncoding: "der" })),
    );
  return records;
}

function versionBytes(version: Version): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(version.major, 0);
  bytes.writeUInt8(version.minor, 1);
  bytes.writeUInt16LE(version.revision, 2);
  bytes.writeUInt32LE(version.build, 4);
  return bytes;
}

/** One record of an area: type and length before its value. */
export function record(type: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(type, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** Records behind the head that counts their bytes; nothing, of none. */
export function area(magic: number, records: readonly Buffer[]): Buffer {
  const content = Buffer.concat(records);
  if (content.length === 0) return content;
  const head = Buffer.alloc(4);
  head.writeUInt16LE(magic, 0);
  head.writeUInt16LE(content.length + 4, 2);
  return Buffer.concat([head, content]);
}
