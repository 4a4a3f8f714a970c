/**
 * The type-length-value areas that end an MCUboot image, little-endian: area = u16 magic (0x6908
 * protected, 0x6907 unprotected), u16 length of the area with this head, records; record = u16
 * type, u16 length, value.
 *
 * The unprotected area is not authenticated, so it may hold only what proves the rest; what
 * describes the image counts in the protected area alone.
 */
import { assert } from "../base/assert.ts";
import { frozen } from "../base/frozen.ts";
import { TLV_RECORDS_MAX } from "../base/limits.ts";

export const TlvType = frozen({
  keyHash: 0x01,
  sha256: 0x10,
  ecdsa: 0x22,
  ed25519: 0x24,
  dependency: 0x40,
  securityCounter: 0x50,
  bootRecord: 0x60,
  vendorId: 0x74,
  classId: 0x75,
});

/** Values by type. They are views of the bytes that were parsed. */
export type TlvRecords = ReadonlyMap<number, Uint8Array>;

export interface TlvAreas {
  readonly protectedRecords: TlvRecords;
  readonly unprotectedRecords: TlvRecords;
  /**
   * Types of unprotected records that no image of ours has, or not of that length: this one is
   * signed in another way, or asks a bootloader for something.
   */
  readonly foreign: readonly number[];
}

const UNPROTECTED_MAGIC = 0x6907;
const PROTECTED_MAGIC = 0x6908;

/** The length that a type must have, where there is only one. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [TlvType.keyHash, 32],
  [TlvType.sha256, 32],
  [TlvType.ed25519, 64],
  [TlvType.dependency, 12],
  [TlvType.securityCounter, 4],
  [TlvType.vendorId, 16],
  [TlvType.classId, 16],
]);

const UNPROTECTED_TYPES: readonly number[] = frozen([
  TlvType.sha256,
  TlvType.keyHash,
  TlvType.ed25519,
  TlvType.ecdsa,
]);

/**
 * Both areas of bytes[0, length), which begin where the payload ends; `protectedSize` is what the
 * header says. Undefined when they are not well-formed, leave bytes over, or repeat a type.
 */
export function parseTlvAreas(
  bytes: Uint8Array,
  length: number,
  protectedSize: number,
): TlvAreas | undefined {
  assert(length <= bytes.length && protectedSize <= length, "areas lie in the buffer");
  const protectedRecords = parseProtectedArea(bytes.subarray(0, protectedSize));
  const unprotectedRecords = parseArea(bytes, protectedSize, length, UNPROTECTED_MAGIC);
  if (protectedRecords === undefined || unprotectedRecords === undefined) return undefined;
  const foreign: number[] = [];
  for (const [type, value] of unprotectedRecords) if (!ours(type, value)) foreign.push(type);
  return { protectedRecords, unprotectedRecords, foreign };
}

/** A key hash or a signature of another length is that of another way to sign. */
function ours(type: number, value: Uint8Array): boolean {
  return UNPROTECTED_TYPES.includes(type) && hasLength(type, value.length);
}

function hasLength(type: number, length: number): boolean {
  return length === (LENGTHS.get(type) ?? length);
}

/** The records of a protected area, whole; none when there are no bytes. Undefined as above. */
export function parseProtectedArea(bytes: Uint8Array): TlvRecords | undefined {
  return bytes.length === 0 ? new Map() : parseArea(bytes, 0, bytes.length, PROTECTED_MAGIC);
}

function parseArea(
  bytes: Uint8Array,
  from: number,
  to: number,
  magic: number,
): TlvRecords | undefined {
  if (to - from < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(from, true) !== magic || view.getUint16(from + 2, true) !== to - from)
    return undefined;
  const records = new Map<number, Uint8Array>();
  let at = from + 4;
  while (at < to) {
    if (to - at < 4) return undefined;
    const type = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    at += 4;
    if (length > to - at) return undefined;
    const fixed = magic === PROTECTED_MAGIC || type === TlvType.sha256;
    if (fixed && !hasLength(type, length)) return undefined;
    if (records.has(type) || records.size === TLV_RECORDS_MAX) return undefined;
    records.set(type, bytes.subarray(at, at + length));
    at += length;
  }
  return records;
}
