/** Entries of a frame, as they are read back; their table is in store.ts. */
import { crc32 } from "../base/crc32.ts";
import { text } from "../base/utf8.ts";
import { FRAME_HEAD_BYTES, type Log } from "./log.ts";

/** Where a value lies in the log; `size` counts its whole entry. */
export interface Place {
  readonly position: number;
  readonly length: number;
  readonly size: number;
}

export const ENTRY_HEAD_BYTES = 4;
/** Length of the value of a key that is deleted. */
export const DELETED = 0xffff;
const PART_BYTES = 256;

/** The entries of a frame, if the very bytes that say what they are have the frame's CRC; undefined when they have not. */
export function readEntries(log: Log, payload: number, length: number): readonly (readonly [string, Place | undefined])[] | undefined {
  const entries: [string, Place | undefined][] = [], end = payload + length, head = new Uint8Array(ENTRY_HEAD_BYTES);
  let crc = 0, whole = true;
  const take = (at: number, bytes: Uint8Array): void => {
    whole &&= log.read(at, bytes);
    crc = crc32(bytes, crc);
  };
  take(payload - FRAME_HEAD_BYTES, new Uint8Array(FRAME_HEAD_BYTES));
  for (let at = payload; at < end;) {
    take(at, head);
    const keyLength = (head[0] ?? 0) | (head[1] ?? 0) << 8, valueLength = (head[2] ?? 0) | (head[3] ?? 0) << 8;
    const count = valueLength === DELETED ? 0 : valueLength, size = ENTRY_HEAD_BYTES + keyLength + count;
    if (!whole || at + size > end) return undefined;
    const key = new Uint8Array(keyLength), position = at + ENTRY_HEAD_BYTES + keyLength;
    take(at + ENTRY_HEAD_BYTES, key);
    for (let done = 0; done < count; done += PART_BYTES) take(position + done, new Uint8Array(Math.min(PART_BYTES, count - done)));
    entries.push([keyText(key), valueLength === DELETED ? undefined : { position, length: count, size }]);
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
