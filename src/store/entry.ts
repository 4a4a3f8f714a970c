/**
 * Entries of a frame, as they are read back.
 *
 * | at | bytes | entry, little-endian                                            |
 * |----|-------|-----------------------------------------------------------------|
 * | 0  | 2     | k, length of the key                                            |
 * | 2  | 2     | v, length of the value; ffff: the key is deleted, v is 0        |
 * | 4  | k     | key, UTF-8                                                      |
 * | 4+k| v     | value                                                           |
 *
 * The first frame of a generation may begin with a table of sums, 8 bytes for each entry behind it,
 * little-endian, in their order: the CRC-32 of head and key, and that of the value. The table is an
 * entry too, the deletion of a key that consists of ff and the sums. That is no UTF-8, so no key
 * has that name, and firmware that does not know the table reads past it.
 */
import { copy } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import { text, utf8 } from "../base/utf8.ts";
import { type Frame, FRAME_HEAD_BYTES, type Log } from "./log.ts";

/** Where a value lies in the log, and its CRC-32. */
export interface Place {
  readonly position: number;
  readonly length: number;
  readonly sum: number;
}

export const ENTRY_HEAD_BYTES = 4;
/** Length of the value of a key that is deleted. */
export const DELETED = 0xffff;
/** What the key of a table of sums begins with, and its bytes for each entry. */
export const SUMS_MARK = 0xff;
export const SUMS_BYTES = 8;

/** Bytes of a value that are read at a time. */
const PART_BYTES = 256;

/**
 * One key of a frame: its value, if it was asked for, and where that lies. Both are absent when the
 * key is deleted.
 */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly place: Place | undefined;
}

/** Bytes of an entry before its value. */
export function startSize(key: string): number {
  return ENTRY_HEAD_BYTES + utf8(key).length;
}

/** Bytes of the table for so many entries. */
export function sumsSize(count: number): number {
  return ENTRY_HEAD_BYTES + 1 + SUMS_BYTES * count;
}

/** Returns what an entry begins with, head and key; `length` is that of its value, or DELETED. */
export function entryStart(key: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_HEAD_BYTES + key.length);
  bytes[0] = key.length;
  bytes[1] = key.length >> 8;
  bytes[2] = length;
  bytes[3] = length >> 8;
  copy(bytes, ENTRY_HEAD_BYTES, key, 0, key.length);
  return bytes;
}

/**
 * Returns the entries of a frame if the very bytes that they are made of have the frame's CRC;
 * undefined when they have not. With their `values` they take as much memory as the frame: that of
 * a whole generation would be too much for a board. What has no text for a key is left out.
 */
export function readEntries(
  log: Log,
  { position: payload, length }: Frame,
  values: boolean,
): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  const end = payload + length;
  const tail = new Uint8Array(4);
  let crc = 0;
  let whole = true;
  const take = (at: number, bytes: Uint8Array): void => {
    whole &&= log.read(at, bytes);
    crc = crc32(bytes, crc);
  };
  take(payload - FRAME_HEAD_BYTES, new Uint8Array(FRAME_HEAD_BYTES));
  for (let at = payload; at < end; ) {
    const head = headAt(log, at, end);
    if (head === undefined) return undefined;
    crc = crc32(head.start, crc);
    let sum = 0;
    const value = new Uint8Array(values ? head.length : Math.min(head.length, PART_BYTES));
    for (let done = 0; done < head.length; done += value.length) {
      const part = value.subarray(0, Math.min(value.length, head.length - done));
      take(head.position + done, part);
      sum = crc32(part, sum);
    }
    const { key, position, length: size, deleted } = head;
    if (key !== undefined)
      entries.push({
        key,
        value: values && !deleted ? value : undefined,
        place: deleted ? undefined : { position, length: size, sum },
      });
    at = position + size;
  }
  const announced = crc;
  take(end, tail);
  return whole && new DataView(tail.buffer).getUint32(0, true) === announced ? entries : undefined;
}

/**
 * The CRC-32 of a value as it reads now, piece by piece, which `take` gets; undefined when the
 * flash fails.
 */
export function sumOf(
  log: Log,
  { position, length }: { readonly position: number; readonly length: number },
  take: (part: Uint8Array) => void,
): number | undefined {
  const piece = new Uint8Array(Math.min(PART_BYTES, length));
  let sum = 0;
  for (let done = 0; done < length; done += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, length - done));
    if (!log.read(position + done, part)) return undefined;
    sum = crc32(part, sum);
    take(part);
  }
  return sum;
}

/** The beginning of an entry. */
export interface EntryHead {
  /** Its bytes, head and key. */
  readonly start: Uint8Array;
  /** Undefined: no text, and so no key. */
  readonly key: string | undefined;
  readonly deleted: boolean;
  /** Of the value. */
  readonly position: number;
  readonly length: number;
}

/** Reads the head of the entry at a position. Undefined: it does not end before `end`. */
export function headAt(log: Log, at: number, end: number): EntryHead | undefined {
  const head = new Uint8Array(ENTRY_HEAD_BYTES);
  if (at + ENTRY_HEAD_BYTES > end || !log.read(at, head)) return undefined;
  const keyLength = (head[0] ?? 0) | ((head[1] ?? 0) << 8);
  const valueLength = (head[2] ?? 0) | ((head[3] ?? 0) << 8);
  const deleted = valueLength === DELETED;
  const length = deleted ? 0 : valueLength;
  const start = new Uint8Array(ENTRY_HEAD_BYTES + keyLength);
  const position = at + start.length;
  if (position + length > end || !log.read(at, start)) return undefined;
  return { start, key: keyText(start), deleted, position, length };
}

function keyText(start: Uint8Array): string | undefined {
  try {
    return text(start, ENTRY_HEAD_BYTES, start.length);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
