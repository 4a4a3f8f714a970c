/**
 * The header that begins each block of the store; up to the write alignment the erase value
 * follows. Little-endian but for the magic.
 *
 * | at | bytes | block header                                                    |
 * |----|-------|-----------------------------------------------------------------|
 * | 0  | 2     | magic 58 46                                                     |
 * | 2  | 1     | layout version: 1                                               |
 * | 3  | 1     | 1 when the data begin in the middle of a frame, else 0          |
 * | 4  | 4     | sequence                                                        |
 * | 8  | 4     | generation: the sequence of the log's first block               |
 * | 12 | 4     | CRC-32 of the above                                             |
 */
import { crc32 } from "../base/crc32.ts";
import { flippedBit } from "./flip.ts";

/** Bytes of a header, before they are padded to the flash's alignment. */
export const BLOCK_HEADER_BYTES = 16;

export interface BlockHeader {
  /**
   * Greater than that of any block taken before; its remainder by the number of blocks is the
   * block's own number.
   */
  readonly sequence: number;
  /** The sequence of the first block of the log that this one belongs to. */
  readonly generation: number;
  /** The block begins in the middle of a frame. */
  readonly continues: boolean;
}

const MAGIC = 0x5846;
const LAYOUT = 1;
const CRC_AT = 12;

export function encodeBlockHeader(header: BlockHeader): Uint8Array {
  const bytes = new Uint8Array(BLOCK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC);
  view.setUint8(2, LAYOUT);
  view.setUint8(3, header.continues ? 1 : 0);
  view.setUint32(4, header.sequence, true);
  view.setUint32(8, header.generation, true);
  view.setUint32(CRC_AT, crc32(bytes.subarray(0, CRC_AT), 0), true);
  return bytes;
}

/** A header as it was read. */
export interface FoundHeader extends BlockHeader {
  /** One bit of it had flipped, and is put right. */
  readonly mended: boolean;
}

/**
 * Returns the header, be it that one bit has flipped: nothing else says what a block holds.
 * Undefined when the bytes are no header of this layout.
 */
export function decodeBlockHeader(stored: Uint8Array): FoundHeader | undefined {
  const bytes = stored.slice(0, BLOCK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const syndrome = view.getUint32(CRC_AT, true) ^ crc32(bytes.subarray(0, CRC_AT), 0);
  if (syndrome !== 0) {
    const bit = flippedBit(syndrome, CRC_AT);
    if (bit === undefined) return undefined;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  }
  if (view.getUint16(0) !== MAGIC || view.getUint8(2) !== LAYOUT) return undefined;
  return {
    sequence: view.getUint32(4, true),
    generation: view.getUint32(8, true),
    continues: view.getUint8(3) === 1,
    mended: syndrome !== 0,
  };
}
