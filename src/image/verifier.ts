/**
 * Proves an image that lies in flash: structure, digest, signature, then whether this device takes
 * it. In this order, so that nothing of an image is believed, nor reported as its fault, before the
 * signature says that the vendor wrote it.
 */
import { equal } from "../base/bytes.ts";
import { VERIFY_READ_BYTES } from "../base/limits.ts";
import { Sha256 } from "../base/sha256.ts";
import { verifyEd25519, verifyP256 } from "../base/signature.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader, type ImageHeader } from "./imageheader.ts";
import { checkHeader, checkSizes, type ImageFault, type ImagePolicy } from "./policy.ts";
import { parseTlvAreas, TlvType, type TlvRecords } from "./tlv.ts";
import { compareVersions, type Version } from "./version.ts";

/** What is known of an image that passed. */
export interface ImageFacts {
  readonly version: Version;
  readonly securityCounter: number;
  /** SHA-256 of header, payload and protected area. */
  readonly digest: Uint8Array;
  /** Bytes of the whole package. */
  readonly length: number;
}

/** Types from here on, in the low byte, are the vendor's own: xxA0 to xxFE. */
const VENDOR_TYPE_FIRST = 0xa0;
const VENDOR_TYPE_LAST = 0xfe;
/** This device has one image; a dependency on it names the firmware that must be running. */
const IMAGE_ID = 0;

export class ImageVerifier {
  #read: (buffer: Uint8Array, offset: number) => void;
  #length: number;
  #policy: ImagePolicy;
  #buffer = new Uint8Array(VERIFY_READ_BYTES);
  #hash = new Sha256();
  #offset = 0;
  #header: ImageHeader | undefined;
  #result: ImageFacts | ImageFault | undefined;

  /**
   * `read` fills a buffer from an offset of the package and may throw; then `step` throws the same
   * and this verifier is spent.
   * `length` is that of the whole package.
   */
  constructor(
    read: (buffer: Uint8Array, offset: number) => void,
    length: number,
    policy: ImagePolicy,
  ) {
    this.#read = read;
    this.#length = length;
    this.#policy = policy;
  }

  /**
   * Digests about `byteBudget` bytes more; the last step checks the signature too. Undefined: call
   * again. The result stays.
   */
  step(byteBudget: number): ImageFacts | ImageFault | undefined {
    let budget = byteBudget;
    do {
      if (this.#result !== undefined) break;
      budget -= this.#header === undefined ? this.#begin() : this.#advance(this.#header, budget);
    } while (budget > 0);
    return this.#result;
  }

  /**
   * Digests the payload by reads, until `budget` bytes have been read; or what follows it. How many
   * bytes that were.
   */
  #advance(header: ImageHeader, budget: number): number {
    const payloadEnd = header.headerSize + header.payloadSize;
    if (this.#offset === payloadEnd) return this.#finish(header, payloadEnd);
    const buffer = this.#buffer;
    const read = this.#read;
    const hash = this.#hash;
    const start = this.#offset;
    const end = Math.min(payloadEnd, start + Math.max(budget, 1));
    let at = start;
    while (at < end) {
      const left = payloadEnd - at;
      const chunk = left < buffer.length ? buffer.subarray(0, left) : buffer;
      read(chunk, at);
      hash.update(chunk);
      at += chunk.length;
    }
    this.#offset = at;
    return at - start;
  }

  /** The header is digested from the very read that it was parsed from. */
  #begin(): number {
    const bytes = this.#buffer.subarray(0, IMAGE_HEADER_BYTES);
    if (this.#length < bytes.length) {
      this.#result = "corrupt";
      return 0;
    }
    this.#read(bytes, 0);
    const header = parseImageHeader(bytes);
    this.#result =
      header === undefined ? "corrupt" : checkSizes(header, this.#length, this.#policy.capacity);
    this.#header = header;
    this.#hash.update(bytes);
    this.#offset = bytes.length;
    return bytes.length;
  }

  #finish(header: ImageHeader, payloadEnd: number): number {
    const tail = this.#buffer.subarray(0, this.#length - payloadEnd);
    this.#read(tail, payloadEnd);
    this.#hash.update(tail.subarray(0, header.protectedSize));
    const digest = new Uint8Array(32);
    this.#hash.digest(digest);
    this.#result = this.#judge(header, tail, digest);
    return tail.length;
  }

  #judge(header: ImageHeader, tail: Uint8Array, digest: Uint8Array): ImageFacts | ImageFault {
    const areas = parseTlvAreas(tail, tail.length, header.protectedSize);
    if (areas === undefined) return "corrupt";
    const announced = areas.unprotectedRecords.get(TlvType.sha256);
    // Without a digest that we know, nothing tells damage from another way to sign.
    const foreign = areas.foreign.length > 0;
    if (announced === undefined) return foreign ? "untrusted" : "corrupt";
    if (!equal(announced, digest)) return "corrupt";
    if (foreign) return "untrusted";
    if (!signed(areas.unprotectedRecords, digest, this.#policy)) return "untrusted";
    const fault =
      checkHeader(header, this.#policy) ?? checkRecords(areas.protectedRecords, this.#policy);
    if (fault !== undefined) return fault;
    const securityCounter = u32(areas.protectedRecords.get(TlvType.securityCounter), 0);
    return { version: header.version, securityCounter, digest, length: this.#length };
  }
}

/**
 * The key hash selects a built-in key, no more: it is not authenticated. One signature, of that
 * key's kind.
 */
function signed(records: TlvRecords, digest: Uint8Array, policy: ImagePolicy): boolean {
  const hash = records.get(TlvType.keyHash);
  const ed25519 = records.get(TlvType.ed25519);
  const ecdsa = records.get(TlvType.ecdsa);
  if (hash === undefined || (ed25519 !== undefined && ecdsa !== undefined)) return false;
  for (const key of policy.keys) {
    if (!equal(key.hash, hash)) continue;
    if (key.until !== undefined && policy.securityCounter >= key.until) return false;
    if (key.type === "ed25519")
      return ed25519 !== undefined && verifyEd25519(key.key, digest, ed25519);
    return ecdsa !== undefined && verifyP256(key.key, digest, ecdsa);
  }
  return false;
}

/** Whether the device takes an image with these protected records; undefined: it does. */
export function checkRecords(records: TlvRecords, policy: ImagePolicy): ImageFault | undefined {
  const vendorId = records.get(TlvType.vendorId);
  const classId = records.get(TlvType.classId);
  if (vendorId === undefined || !equal(vendorId, policy.vendorId)) return "mismatch";
  if (classId === undefined || !equal(classId, policy.classId)) return "mismatch";
  const counter = records.get(TlvType.securityCounter);
  if (counter === undefined || u32(counter, 0) < policy.securityCounter) return "unacceptable";
  const dependency = records.get(TlvType.dependency);
  if (dependency !== undefined && !satisfied(dependency, policy.runningVersion))
    return "unacceptable";
  for (const type of records.keys()) if (!known(type)) return "unacceptable";
  return undefined;
}

function satisfied(dependency: Uint8Array, running: Version): boolean {
  const least = {
    major: dependency[4] ?? 0,
    minor: dependency[5] ?? 0,
    revision: (dependency[6] ?? 0) | ((dependency[7] ?? 0) << 8),
    build: u32(dependency, 8),
  };
  return dependency[0] === IMAGE_ID && compareVersions(running, least) >= 0;
}

/**
 * Whether a protected type can be taken or passed over: one that is neither ours nor the vendor's
 * may change what the image means.
 */
function known(type: number): boolean {
  if (type === TlvType.vendorId || type === TlvType.classId || type === TlvType.securityCounter)
    return true;
  if (type === TlvType.dependency || type === TlvType.bootRecord) return true;
  return (type & 0xff) >= VENDOR_TYPE_FIRST && (type & 0xff) <= VENDOR_TYPE_LAST;
}

function u32(bytes: Uint8Array | undefined, at: number): number {
  if (bytes === undefined) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
