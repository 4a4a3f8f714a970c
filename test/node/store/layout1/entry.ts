/**
 * Entries of a frame, as they are read back.
 *
 * | at | bytes | entry, little-endian                                            |
 * |----|-------|-----------------------------------------------------------------|
 * | 0  | 2     | k, length of the key                                            |
 * | 2  | 2     | v, length of the value; ffff: the key is deleted, v is 0        |
 * | 4  | k     | key, UTF-8                                                      |
 * | 4+k| v     | value                                                           |
 */
import { crc32 } from "../../../../src/base/crc32.ts";
import { text } from "../../../../src/base/utf8.ts";
import { type Frame, FRAME_HEAD_BYTES, type Log } from "./log.ts";

/** Where a value lies in the log; `size` counts its whole entry. */
export interface Place {
  readonly position: number;
  readonly length: number;
  readonly size: number;
}

export const ENTRY_HEAD_BYTES = 4;
/** Length of the value of a key that is deleted. */
export const DELETED = 0xffff;

/** Bytes of a value that is only passed over. */
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

/**
 * The entries of a frame, if the very bytes that they are made of have the frame's CRC; undefined
 * when they have not. With their
 * `values` they take as much memory as the frame: that of a whole generation would be too much for
 * a board.
 */
export function readEntries(
  log: Log,
  { position: payload, length }: Frame,
  values: boolean,
): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  const end = payload + length;
  const head = new Uint8Array(ENTRY_HEAD_BYTES);
  let crc = 0;
  let whole = true;
  const take = (at: number, bytes: Uint8Array): void => {
    whole &&= log.read(at, bytes);
    crc = crc32(bytes, crc);
  };
  take(payload - FRAME_HEAD_BYTES, new Uint8Array(FRAME_HEAD_BYTES));
  for (let at = payload; at < end; ) {
    take(at, head);
    const keyLength = (head[0] ?? 0) | ((head[1] ?? 0) << 8);
    const valueLength = (head[2] ?? 0) | ((head[3] ?? 0) << 8);
    const count = valueLength === DELETED ? 0 : valueLength;
    const size = ENTRY_HEAD_BYTES + keyLength + count;
    if (!whole || at + size > end) return undefined;
    const key = new Uint8Array(keyLength);
    const value = new Uint8Array(values ? count : Math.min(count, PART_BYTES));
    const position = at + ENTRY_HEAD_BYTES + keyLength;
    const place = valueLength === DELETED ? undefined : { position, length: count, size };
    take(at + ENTRY_HEAD_BYTES, key);
    for (let done = 0; done < count; done += value.length)
      take(position + done, value.subarray(0, Math.min(value.length, count - done)));
    entries.push({
      key: keyText(key),
      value: values && place !== undefined ? value : undefined,
      place,
    });
    at += size;
  }
  const announced = crc;
  take(end, head);
  return whole && new DataView(head.buffer).getUint32(0, true) === announced ? entries : undefined;
}

/** What is no text is no key of ours, and its frame no frame. */
function keyText(bytes: Uint8Array): string {
  try {
    return text(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof TypeError) return "";
    throw error;
  }
}
