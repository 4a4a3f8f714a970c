/**
 * Results on their way out (OMA-TS-DM-Protocol §2.2, §4.1.6.12): whole when they fit, item by item
 * when they do not, and an item that no message can take in chunks with MoreData.
 */
import { base64Length } from "../base/base64.ts";
import { RESULTS_BYTES_MAX, RESULTS_MAX } from "../base/limits.ts";
import type { Command, Item, Meta, ResultsCommand } from "../syncml/command.ts";
import type { Value } from "../tree/value.ts";
import type { Encoding } from "./encoding.ts";

/**
 * How a command is put into the message that is being written: false, and nothing written, when it
 * does not fit.
 */
export interface CommandSink {
  command(command: Command): boolean;
  readonly room: number;
}

/**
 * Bytes that the elements around a chunk take, roughly; a chunk that still does not fit is made
 * smaller.
 */
const CHUNK_FRAME_BYTES = 400;
const CHUNK_BYTES_MIN = 16;
const NOTHING = new Uint8Array(0);

/** Bytes of an object as it is sent, which is what Size and MaxObjSize count (§8.3.7.4). */
export function sentLength(item: Item): number {
  const length = item.data?.length ?? 0;
  return item.binary && item.meta?.format === "b64" ? base64Length(length) : length;
}

function bytesOf({ items }: ResultsCommand): number {
  let bytes = 0;
  for (const { data } of items) bytes += data?.length ?? 0;
  return bytes;
}

export class ResultsQueue {
  #queue: ResultsCommand[] = [];
  /** Bytes of the first queued item that earlier messages carried. */
  #sent = 0;

  get empty(): boolean {
    return this.#queue.length === 0;
  }

  /**
   * Queues it; false, and nothing queued, when so much waits already that a device could not hold
   * more. The first one always may.
   */
  add(results: ResultsCommand): boolean {
    let items = results.items.length;
    let bytes = bytesOf(results);
    for (const waiting of this.#queue) {
      items += waiting.items.length;
      bytes += bytesOf(waiting);
    }
    if (this.#queue.length > 0 && (items > RESULTS_MAX || bytes > RESULTS_BYTES_MAX)) return false;
    this.#queue.push(results);
    return true;
  }

  clear(): void {
    this.#queue = [];
    this.#sent = 0;
  }

  /** Gives up the object of which the server has refused a chunk. False when none is under way. */
  drop(): boolean {
    if (this.#sent === 0) return false;
    this.#queue.shift();
    this.#sent = 0;
    return true;
  }

  /**
   * Writes what fits: true when nothing is left. `fresh`: the message is as empty as a message can
   * be.
   */
  write(sink: CommandSink, fresh: boolean): boolean {
    for (let alone = fresh; ; alone = false) {
      const head = this.#queue[0];
      if (head === undefined) return true;
      if (this.#sent > 0) {
        if (!this.#chunk(sink, head)) return false;
      } else if (sink.command(head)) {
        this.#queue.shift();
      } else if (head.items.length > 1) {
        this.#queue.splice(0, 1, ...head.items.map((item) => ({ ...head, items: [item] })));
      } else {
        if (alone) this.#chunk(sink, head);
        return false;
      }
    }
  }

  /** Writes the next chunk of the first item: true when it was the last. */
  #chunk(sink: CommandSink, head: ResultsCommand): boolean {
    const [item] = head.items;
    const data = item?.data ?? NOTHING;
    if (item === undefined) return false;
    let length = Math.min(data.length - this.#sent, sink.room - CHUNK_FRAME_BYTES);
    while (length >= Math.min(CHUNK_BYTES_MIN, data.length - this.#sent) && length > 0) {
      const to =
        this.#sent + length === data.length
          ? data.length
          : boundary(data, this.#sent + length, this.#sent, item.binary);
      const moreData = to < data.length;
      const { size: _, ...meta } = item.meta ?? {};
      const first = this.#sent === 0 ? { ...meta, size: sentLength(item) } : meta;
      const chunk: Item = { ...item, meta: first, data: data.subarray(this.#sent, to), moreData };
      if (sink.command({ ...head, items: [chunk] })) {
        this.#sent = moreData ? to : 0;
        if (!moreData) this.#queue.shift();
        return !moreData;
      }
      length -= Math.max(length >> 3, CHUNK_BYTES_MIN);
    }
    return false;
  }
}

/**
 * Where to cut at or before `to`: no UTF-8 sequence in two, and no base64 padding before the last
 * chunk.
 */
function boundary(data: Uint8Array, to: number, from: number, binary: boolean): number {
  if (binary) return to - from > 3 ? to - ((to - from) % 3) : to;
  let at = to;
  while (at > from + 1 && ((data[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

/** The Item of one result. Binary values are base64 in XML and opaque in WBXML, and say so. */
export function resultItem(uri: string, value: Value, encoding: Encoding): Item {
  const binary = value.format === "bin";
  const meta: Meta = {
    format: binary && encoding === "xml" ? "b64" : value.format,
    type: value.type,
  };
  return { source: uri, meta, data: value.data, binary, moreData: false };
}
