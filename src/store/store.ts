/**
 * Everything durable of the client: keys and values in one append-only log on flash. A commit is
 * one frame, whole or not there.
 *
 * The log fills block after block. When what is free is only just enough to hold all live data once
 * more, these are written, as one frame, into free blocks: a new generation, and behind it two
 * empty frames, its seals. A generation counts once its first seal is whole. Blocks of the one that
 * counts are never erased; all others are free. So live data take at most half of the blocks.
 *
 * After a reset nobody can tell a bit that a cut has left between two states from any other: the
 * last frame may read whole now and torn at the next start, or the other way round. So a start that
 * finds anything behind the seals, or anything of a newer generation, settles it: a new generation,
 * in which the last frame is committed again if it reads whole. Where nothing is to be settled the
 * first commit begins a block, for nobody can tell erased flash either. A seal that was begun
 * proves the frame before it, and the second one the first: nothing is done with what a generation
 * says until both are written, or read as written.
 */
import type { Flash, FlashErrorKind } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { crc32 } from "../base/crc32.ts";
import {
  READS_MAX,
  STORE_KEY_BYTES_MAX,
  STORE_RESERVE_BYTES,
  STORE_VALUE_BYTES_MAX,
} from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import {
  DELETED,
  type Entry,
  entryStart,
  type Place,
  readEntries,
  startSize,
  SUMS_BYTES,
  SUMS_MARK,
  sumOf,
  sumsSize,
} from "./entry.ts";
import { flippedBit } from "./flip.ts";
import {
  type Counting,
  countingOf,
  type Frame,
  FRAME_BYTES,
  FRAME_PAYLOAD_BYTES_MAX,
  Log,
  SEALS,
} from "./log.ts";
import { Ring } from "./ring.ts";
import { salvage } from "./salvage.ts";

/** A key and its new value; undefined deletes the key. */
export type Change = readonly [key: string, value: Uint8Array | undefined];

/**
 * How much of the reserve (STORE_RESERVE_BYTES) a commit leaves free when it makes the live data
 * grow.
 */
export type Leaving = "nothing" | "half" | "reserve";

/** The live data would not fit. Nothing changed. */
export class StoreFull extends Error {
  override name = "StoreFull";
}

/** The flash fails in every block that is left. What was committed before is still there. */
class StoreFailed extends Error {
  override name = "StoreFailed";
  readonly kind: FlashErrorKind = "device";
}

/**
 * Bytes, but for counts. `capacity` is what `bytesLive` can grow to; `mended` counts bits that had
 * flipped in flash and were put right.
 */
export interface StoreStats {
  readonly bytesUsed: number;
  readonly bytesLive: number;
  readonly capacity: number;
  readonly commits: number;
  readonly erases: number;
  readonly mended: number;
}

/** What goes into a frame: a value as given, one that lies in the log so far, or a deletion. */
type Entries = ReadonlyMap<string, Uint8Array | Place | undefined>;

/** The live data: how many entries, and their bytes. */
interface Live {
  readonly count: number;
  readonly bytes: number;
}

export class Store {
  #ring: Ring;
  #log: Log;
  #index = new Map<string, Place>();
  #live = 0;
  #commits = 0;
  #lost: string[] = [];
  #mended = 0;
  /** Something in the log cannot be read: the next commit begins a generation. */
  #damaged = false;
  /**
   * A new generation was begun and not finished: it may count at the next start, so nothing is
   * added to the one before it.
   */
  #forked = false;

  private constructor(ring: Ring) {
    this.#ring = ring;
    this.#log = new Log(ring, []);
  }

  /**
   * Reads the log, and decides what a power loss left in it: unless it has no more than its seals,
   * a new generation is begun. Any content is accepted: where no valid frame is, nothing is stored.
   * Where the flash fails what is there is read, and what comes is refused. Throws when the
   * partition has fewer than two blocks.
   */
  static open(flash: Flash): Store {
    const ring = new Ring(flash);
    const store = new Store(ring);
    store.#read(countingOf(ring));
    return store;
  }

  /** Takes what is in the log, and settles what may be read otherwise at the next start. */
  #read({ log, begun, before }: Counting): void {
    let last: Frame | undefined;
    let count = 0;
    if (log !== undefined) this.#log = log;
    const blank = this.#log.scan((frame) => {
      if (last !== undefined) this.#restore(last);
      last = frame;
      count++;
    });
    for (const [key, { length }] of this.#index) this.#live += startSize(key) + length;
    const sealed = blank && count === 1 + SEALS && last?.length === 0;
    if (begun || (log !== undefined && !(sealed && this.#isClean))) this.#settle(last, before);
  }

  /**
   * Begins a new generation, in which the last frame is committed again, if it is whole. Where that
   * fails, what is there stays.
   */
  #settle(last: Frame | undefined, before: Log | undefined): void {
    const entries = last === undefined ? [] : (this.#entries(last, true) ?? []);
    const changes = new Map(entries.map(({ key, value }) => [key, value]));
    const blocks = this.#log.blockCount + this.#blocksFor(this.#after(changes));
    try {
      this.#rewrite(
        changes,
        before !== undefined && blocks + before.blockCount <= this.#ring.usable
          ? before
          : undefined,
      );
    } catch (error) {
      if (!(error instanceof StoreFailed)) throw error;
      this.#live = this.#after(changes).bytes;
      for (const { key, place } of entries) this.#place(key, place);
    }
  }

  /**
   * The value, as a fresh copy; undefined when there is none. Its bytes have the CRC that they were
   * written with: where they cannot be had any more the value is lost (see takeLost), and there is
   * none. Throws StoreFailed when the flash does not answer at all.
   */
  get(key: string): Uint8Array | undefined {
    const place = this.#index.get(key);
    if (place === undefined) return undefined;
    const value = new Uint8Array(place.length);
    if (this.#isSound(place, value)) return value;
    this.#lose(key);
    return undefined;
  }

  /** True when takeLost may have something to give. */
  get hasLost(): boolean {
    return this.#lost.length > 0;
  }

  /**
   * The keys whose values were lost since the last call: they have none until they are written
   * again. The empty key stands for an entry of which nobody can tell any more whose it was.
   */
  takeLost(): readonly string[] {
    const lost = this.#lost.filter((key) => !this.#index.has(key));
    if (this.#lost.length > 0) this.#lost = [];
    return lost;
  }

  /** The keys that begin with `prefix`, sorted. */
  keys(prefix: string): string[] {
    return [...this.#index.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /**
   * Makes all changes or none; of two to one key the last counts. Durable when it returns. Throws
   * StoreFull when the live data would grow, and not fit beside what `leaving` says; StoreFailed
   * when so many blocks fail that they cannot be moved on. Then nothing changed.
   */
  commit(changes: readonly Change[], leaving: Leaving = "nothing"): void {
    const entries = this.#effective(changes);
    if (entries.size === 0) return;
    const live = this.#after(entries);
    const room = Math.min(FRAME_PAYLOAD_BYTES_MAX, this.stats().capacity - this.#reserve(leaving));
    if (live.bytes > this.#live && live.bytes > room) throw new StoreFull();
    const frame = sizeOf(entries);
    if (this.#fits(frame, live) && this.#append(entries, frame)) this.#live = live.bytes;
    else this.#compact(entries, live);
    this.#commits++;
  }

  stats(): StoreStats {
    const capacity =
      Math.floor(this.#ring.usable / 2) * this.#ring.dataLength - FRAME_BYTES - this.#seals;
    return {
      bytesUsed: this.#log.tail,
      bytesLive: this.#live,
      capacity,
      commits: this.#commits,
      erases: this.#ring.erases,
      mended: this.#mended + this.#log.mended,
    };
  }

  #reserve(leaving: Leaving): number {
    if (leaving === "nothing") return 0;
    const whole = Math.min(STORE_RESERVE_BYTES, Math.floor(this.stats().capacity / 2));
    return leaving === "half" ? Math.floor(whole / 2) : whole;
  }

  /** The changes that change something, by key. */
  #effective(changes: readonly Change[]): Entries {
    const entries = new Map<string, Uint8Array | undefined>();
    for (const [key, value] of changes) {
      assert(
        key.length > 0 && utf8(key).length <= STORE_KEY_BYTES_MAX,
        "a key is 1 to STORE_KEY_BYTES_MAX bytes",
      );
      if (value !== undefined && value.length > STORE_VALUE_BYTES_MAX) throw new StoreFull();
      entries.set(key, value);
    }
    for (const [key, value] of entries)
      if (value === undefined && !this.#index.has(key)) entries.delete(key);
    return entries;
  }

  /** Nothing in the log is lost, nor had to be put right. */
  get #isClean(): boolean {
    return this.#log.mended === 0 && !this.#damaged;
  }

  get #now(): Live {
    return { count: this.#index.size, bytes: this.#live };
  }

  /** The live data with the changes in them. */
  #after(entries: Entries): Live {
    let { count, bytes } = this.#now;
    for (const [key, value] of entries) {
      const old = this.#index.get(key);
      const start = startSize(key);
      if (old !== undefined) {
        count--;
        bytes -= start + old.length;
      }
      if (value === undefined) continue;
      count++;
      bytes += start + value.length;
    }
    return { count, bytes };
  }

  /**
   * Whether a frame may go to the log as it is: enough blocks stay free for the live data, as they
   * are (the frame may be torn) and as they will be, and one to spare for a block that fails, where
   * the log is not as short as can be already.
   */
  #fits(frame: number, live: Live): boolean {
    if (this.#log.blockCount === 0 || this.#forked || !this.#isClean) return false;
    const used = Math.ceil((this.#log.tail + FRAME_BYTES + frame) / this.#ring.dataLength);
    const needed = Math.max(this.#blocksFor(live), this.#blocksFor(this.#now));
    return used + needed + (used > needed ? 1 : 0) <= this.#ring.usable;
  }

  /** Blocks of a generation that begins with such entries. */
  #blocksFor(live: Live): number {
    return this.#blocksOf(live.bytes + this.#sums(live));
  }

  /**
   * Bytes of the table of sums. 0, and there is none, when it would cost a block that the flash can
   * ill spare: what fits without it always fits.
   */
  #sums({ bytes, count }: Live): number {
    const size = sumsSize(count);
    const blocks = Math.max(this.#blocksOf(bytes), Math.floor(this.#ring.usable / 4));
    const fits = count > 0 && this.#blocksOf(bytes + size) <= blocks;
    return fits && bytes + size <= FRAME_PAYLOAD_BYTES_MAX ? size : 0;
  }

  #blocksOf(payload: number): number {
    return Math.ceil(
      (this.#ring.aligned(FRAME_BYTES + payload) + this.#seals) / this.#ring.dataLength,
    );
  }

  /** Bytes of the seals of a generation. */
  get #seals(): number {
    return SEALS * this.#ring.aligned(FRAME_BYTES);
  }

  /**
   * Begins a new generation with the changes in it; when they leave no room beside the log as it
   * is, or need more blocks than what is there and leave none to spare, without them first.
   */
  #compact(entries: Entries, live: Live): void {
    const needed = this.#blocksFor(live);
    const spare = needed > this.#blocksFor(this.#now) ? 1 : 0;
    if (this.#log.blockCount + needed + spare > this.#ring.usable) this.#rewrite(new Map());
    this.#rewrite(entries);
  }

  /**
   * Begins a new generation with the changes in it. `before`: one that stays until it is sealed.
   */
  #rewrite(changes: Entries, before?: Log): void {
    const busy = (number: number): boolean =>
      this.#log.holds(number) || before?.holds(number) === true;
    this.#forked = true;
    for (let attempt = 0; attempt < this.#ring.status.blocks; attempt++) {
      this.#loseUnsound(changes);
      const live = this.#after(changes);
      const table = this.#sums(live);
      const entries = new Map<string, Uint8Array | Place | undefined>(this.#index);
      for (const [key, value] of changes) {
        if (value === undefined) entries.delete(key);
        else entries.set(key, value);
      }
      const log = new Log(this.#ring, []);
      const start = log.append(table + live.bytes, busy, (put) => {
        if (table > 0) put(this.#table(entries));
        return this.#putEntries(entries, put);
      });
      if (start === undefined || !log.close(busy)) continue;
      this.#mended += this.#log.mended;
      this.#log = log;
      this.#forked = false;
      this.#damaged = false;
      this.#live = live.bytes;
      this.#placeAll(entries, start + table);
      for (const [key, value] of changes) if (value === undefined) this.#place(key, undefined);
      return;
    }
    throw new StoreFailed();
  }

  /** What is not changed and cannot be copied is lost. */
  #loseUnsound(changes: Entries): void {
    const unsound: string[] = [];
    for (const [key, place] of this.#index)
      if (!changes.has(key) && !this.#isSound(place)) unsound.push(key);
    for (const key of unsound) this.#lose(key);
  }

  /** Appends one frame. False when it could not be written; then nothing changed. */
  #append(entries: Entries, size: number): boolean {
    const start = this.#log.append(
      size,
      (number) => this.#log.holds(number),
      (put) => this.#putEntries(entries, put),
    );
    if (start !== undefined) this.#placeAll(entries, start);
    return start !== undefined;
  }

  /** The entries are in the log, from `start` on. */
  #placeAll(entries: Entries, start: number): void {
    let position = start;
    for (const [key, value] of entries) {
      const length = value?.length ?? 0;
      position += startSize(key) + length;
      const place = { position: position - length, length, sum: valueSum(value) };
      this.#place(key, value === undefined ? undefined : place);
    }
  }

  /** The table of the sums of entries, none of which is a deletion. */
  #table(entries: Entries): Uint8Array {
    const name = new Uint8Array(1 + SUMS_BYTES * entries.size);
    const view = new DataView(name.buffer);
    let at = 1;
    name[0] = SUMS_MARK;
    for (const [key, value] of entries) {
      const start = entryStart(utf8(key), value?.length ?? 0);
      view.setUint32(at, crc32(start, 0), true);
      view.setUint32(at + 4, valueSum(value), true);
      at += SUMS_BYTES;
    }
    return entryStart(name, DELETED);
  }

  /** False when a value that is copied is not what it was. */
  #putEntries(entries: Entries, put: (bytes: Uint8Array) => void): boolean {
    let sound = true;
    for (const [key, value] of entries) sound &&= this.#putEntry(key, value, put);
    return sound;
  }

  #putEntry(
    key: string,
    value: Uint8Array | Place | undefined,
    put: (bytes: Uint8Array) => void,
  ): boolean {
    put(entryStart(utf8(key), value === undefined ? DELETED : value.length));
    if (value === undefined) return true;
    if (!(value instanceof Uint8Array)) return sumOf(this.#log, value, put) === value.sum;
    put(value);
    return true;
  }

  /**
   * Whether a value reads as it was written, be it after a bit that has flipped is put right;
   * `value` is filled with it.
   */
  #isSound(place: Place, value?: Uint8Array): boolean {
    const sum = (): number | undefined => {
      if (value === undefined) return sumOf(this.#log, place, () => undefined);
      return this.#log.read(place.position, value) ? crc32(value, 0) : undefined;
    };
    let found = sum();
    for (let reads = 1; reads < READS_MAX && found !== place.sum; reads++) found = sum();
    if (found === place.sum) return true;
    if (found === undefined) return false;
    const bit = flippedBit(found ^ place.sum, place.length);
    return bit !== undefined && this.#log.mend(place.position, bit, () => sum() === place.sum);
  }

  /** Throws StoreFailed when it may be the flash that is out of order, and not the value. */
  #lose(key: string): void {
    const place = this.#index.get(key);
    if (place === undefined) return;
    if (!this.#log.answers(place.position)) throw new StoreFailed();
    this.#live -= startSize(key) + place.length;
    this.#index.delete(key);
    this.#lost.push(key);
    this.#damaged = true;
  }

  /** Takes the entries of a frame that was written whole, or what can be read of them. */
  #restore(frame: Frame): void {
    if (frame.length === 0) return;
    const entries = frame.whole ? this.#entries(frame, false) : undefined;
    if (entries !== undefined) {
      for (const { key, place } of entries) this.#place(key, place);
      return;
    }
    const { entries: left, lost } = salvage(this.#log, frame);
    for (const { key, place } of left) this.#place(key, place);
    for (const key of lost) this.#place(key, undefined);
    this.#lost.push(...lost);
    this.#damaged = true;
  }

  /** Undefined when they are not whole, however often they are read. */
  #entries(frame: Frame, values: boolean): readonly Entry[] | undefined {
    for (let reads = 0; reads < READS_MAX; reads++) {
      const entries = readEntries(this.#log, frame, values);
      if (entries !== undefined) return entries;
    }
    return this.#log.isWhole(frame) ? readEntries(this.#log, frame, values) : undefined;
  }

  #place(key: string, place: Place | undefined): void {
    if (place === undefined) this.#index.delete(key);
    else this.#index.set(key, place);
  }
}

function valueSum(value: Uint8Array | Place | undefined): number {
  if (value === undefined) return 0;
  return value instanceof Uint8Array ? crc32(value, 0) : value.sum;
}

function sizeOf(entries: Entries): number {
  let size = 0;
  for (const [key, value] of entries) size += startSize(key) + (value?.length ?? 0);
  return size;
}
