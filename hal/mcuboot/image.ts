/** The digest of the image in a slot: what names it, and what MCUboot checks before it swaps. */
import type { Flash } from "../hal.ts";
import { equal } from "../../src/base/bytes.ts";
import { Sha256 } from "../../src/base/sha256.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../../src/image/imageheader.ts";
import { TlvType } from "../../src/image/tlv.ts";

const PIECE_BYTES = 1024;
const HEAD_BYTES = 4;
const DIGEST_BYTES = 32;
const UNPROTECTED_MAGIC = 0x6907;

/**
 * SHA-256 as the image has it (`given`), or only when it is that of its bytes too (`checked`);
 * undefined when there is none.
 */
export function imageDigest(slot: Flash, how: "given" | "checked"): Uint8Array | undefined {
  const { blocks, blockLength } = slot.status();
  const capacity = blocks * blockLength;
  const bytes = new Uint8Array(IMAGE_HEADER_BYTES);
  slot.read(bytes, 0);
  const header = parseImageHeader(bytes);
  if (header === undefined) return undefined;
  const signed = header.headerSize + header.payloadSize + header.protectedSize;
  const digest = findDigest(slot, signed, capacity);
  if (digest === undefined || how === "given") return digest;
  return equal(digest, hash(slot, signed)) ? digest : undefined;
}

/** Walks the records of the unprotected area. */
function findDigest(slot: Flash, from: number, capacity: number): Uint8Array | undefined {
  const head = new Uint8Array(HEAD_BYTES);
  const low = (at: number): number => (head[at] ?? 0) | ((head[at + 1] ?? 0) << 8);
  if (from + HEAD_BYTES > capacity) return undefined;
  slot.read(head, from);
  const end = from + low(2);
  if (low(0) !== UNPROTECTED_MAGIC || end > capacity) return undefined;
  for (let at = from + HEAD_BYTES; at + HEAD_BYTES <= end; ) {
    slot.read(head, at);
    const type = low(0);
    const length = low(2);
    at += HEAD_BYTES;
    if (type === TlvType.sha256 && length === DIGEST_BYTES && at + length <= end) {
      const digest = new Uint8Array(DIGEST_BYTES);
      slot.read(digest, at);
      return digest;
    }
    at += length;
  }
  return undefined;
}

function hash(slot: Flash, length: number): Uint8Array {
  const sha = new Sha256();
  const piece = new Uint8Array(PIECE_BYTES);
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const part = piece.subarray(0, Math.min(PIECE_BYTES, length - at));
    slot.read(part, at);
    sha.update(part);
  }
  const digest = new Uint8Array(DIGEST_BYTES);
  sha.digest(digest);
  return digest;
}
