/**
 * What is left of a frame that was written whole and is damaged: the entries that have the sums
 * that the table at its beginning says, be it after one flipped bit in each is put right.
 */
import { READS_MAX } from "../base/limits.ts";
import { crc32 } from "../base/crc32.ts";
import {
  ENTRY_HEAD_BYTES,
  type Entry,
  type EntryHead,
  headAt,
  type Place,
  SUMS_BYTES,
  SUMS_MARK,
  sumOf,
} from "./entry.ts";
import { flippedBit, isOneBit } from "./flip.ts";
import type { Frame, Log } from "./log.ts";

export interface Salvage {
  readonly entries: readonly Entry[];
  /** Keys whose values cannot be read; empty where the key cannot be read either. */
  readonly lost: readonly string[];
}

/**
 * Returns what can be read of a damaged frame; without a table of sums that is nothing. Its keys
 * are believed then if its entries fill it to the byte: with a wrong length a value, and a secret
 * in it, would pass for part of a key.
 */
export function salvage(log: Log, { position, length }: Frame): Salvage {
  const end = position + length;
  const table = tableAt(log, position, end);
  const entries: Entry[] = [];
  const lost: string[] = [];
  let at = table?.end ?? position;
  for (let index = 0; at < end; index++) {
    const sums = table?.sums(index);
    const start = sums === undefined ? undefined : startAt(log, at, end, sums.start);
    const head = start ?? headAt(log, at, end);
    const place =
      sums === undefined || start === undefined ? undefined : placeOf(log, start, sums.value);
    const key = head?.key ?? "";
    if (place !== undefined && key !== "") entries.push({ key, value: undefined, place });
    else lost.push(start !== undefined || table === undefined ? key : "");
    if (head === undefined) break;
    at = head.position + head.length;
  }
  return { entries, lost: table === undefined && at !== end ? lost.map(() => "") : lost };
}

interface Sums {
  /** Of head and key. */
  readonly start: number;
  readonly value: number;
}

interface Table {
  /** Where the entries begin. */
  readonly end: number;
  /** Undefined: there are not so many. */
  sums(index: number): Sums | undefined;
}

function tableAt(log: Log, at: number, end: number): Table | undefined {
  const read = (): EntryHead | undefined => {
    const head = headAt(log, at, end);
    const isTable =
      head?.deleted === true &&
      head.start[ENTRY_HEAD_BYTES] === SUMS_MARK &&
      (head.start.length - ENTRY_HEAD_BYTES - 1) % SUMS_BYTES === 0;
    return isTable ? head : undefined;
  };
  const head = read() ?? (log.mendHead(at, () => read() !== undefined) ? read() : undefined);
  if (head === undefined) return undefined;
  const { start, position } = head;
  const view = new DataView(start.buffer, ENTRY_HEAD_BYTES + 1);
  return {
    end: position,
    sums: (index) => {
      const from = SUMS_BYTES * index;
      return from + SUMS_BYTES <= view.byteLength
        ? { start: view.getUint32(from, true), value: view.getUint32(from + 4, true) }
        : undefined;
    },
  };
}

/** The beginning of the entry at a position; undefined when it has not this sum. */
function startAt(log: Log, at: number, end: number, sum: number): EntryHead | undefined {
  let head = headAt(log, at, end);
  const isSound = (): boolean => {
    head = headAt(log, at, end);
    return head !== undefined && crc32(head.start, 0) === sum;
  };
  for (let reads = 0; reads < READS_MAX; reads++) if (isSound()) return head;
  if (head === undefined) return log.mendHead(at, isSound) ? head : undefined;
  const syndrome = crc32(head.start, 0) ^ sum;
  if (isOneBit(syndrome)) return head;
  const bit = flippedBit(syndrome, head.start.length);
  return (bit !== undefined && log.mend(at, bit, isSound)) || log.mendHead(at, isSound)
    ? head
    : undefined;
}

/** Where the value of an entry lies; undefined when it has not this sum. */
function placeOf(log: Log, { position, length }: EntryHead, sum: number): Place | undefined {
  const read = (): number | undefined => sumOf(log, { position, length }, () => undefined);
  let found = read();
  for (let reads = 1; reads < READS_MAX && found !== sum; reads++) found = read();
  if (found === undefined) return undefined;
  if (found === sum || isOneBit(found ^ sum)) return { position, length, sum: found };
  const bit = flippedBit(found ^ sum, length);
  const isMended = bit !== undefined && log.mend(position, bit, () => read() === sum);
  return isMended ? { position, length, sum } : undefined;
}
