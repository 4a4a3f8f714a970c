/**
 * The store as it was in firmware that knows no tables of sums, with the files beside this one:
 * what a device goes back to after a rollback. Never change them.
 *
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
import type { Flash, FlashErrorKind } from "../../../../hal/hal.ts";
import { assert } from "../../../../src/base/assert.ts";
import { equal } from "../../../../src/base/bytes.ts";
import {
  READS_MAX,
  STORE_KEY_BYTES_MAX,
  STORE_RESERVE_BYTES,
  STORE_VALUE_BYTES_MAX,
} from "../../../../src/base/limits.ts";
import { utf8 } from "../../../../src/base/utf8.ts";
import { DELETED, type Entry, ENTRY_HEAD_BYTES, type Place, readEntries } from "./entry.ts";
import { type Counting, countingOf } from "./generation.ts";
import { type Frame, FRAME_BYTES, FRAME_PAYLOAD_BYTES_MAX, Log, SEALS } from "./log.ts";
import { Ring } from "./ring.ts";

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
export class StoreFailed extends Error {
  override name = "StoreFailed";
  readonly kind: FlashErrorKind = "device";
}

/** Bytes, but for counts. `capacity` is what `bytesLive` can grow to. */
export interface StoreStats {
  readonly bytesUsed: number;
  readonly bytesLive: number;
  readonly capacity: number;
  readonly commits: number;
  readonly erases: number;
}

/** What goes into a frame: a value as given, one that lies in the log so far, or a deletion. */
type Entries = ReadonlyMap<string, Uint8Array | Place | undefined>;

const COPY_BYTES = 256;

export class Store {
  #ring: Ring;
  #log: Log;
  #index = new Map<string, Place>();
  #live = 0;
  #commits = 0;
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
   * partition has fewer than two blocks, and StoreFailed when it does not read the same twice.
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
    const sealed = blank && count === 1 + SEALS && last?.length === 0;
    if (begun || (log !== undefined && !sealed)) this.#settle(last, before);
  }

  /**
   * Begins a new generation, in which the last frame is committed again, if it is whole. Where that
   * fails, what is there stays.
   */
  #settle(last: Frame | undefined, before: Log | undefined): void {
    const entries = last === undefined ? [] : (this.#entries(last, true) ?? []);
    const changes = new Map(entries.map(({ key, value }) => [key, value]));
    const live = this.#liveAfter(changes);
    const blocks = this.#log.blockCount + this.#blocksFor(live);
    try {
      this.#rewrite(
        changes,
        live,
        before !== undefined && blocks + before.blockCount <= this.#ring.usable
          ? before
          : undefined,
      );
    } catch (error) {
      if (!(error instanceof StoreFailed)) throw error;
      for (const { key, place } of entries) this.#place(key, place);
    }
  }

  /**
   * The value, as a fresh copy; undefined when there is none. Throws StoreFailed when the flash
   * cannot be read.
   */
  get(key: string): Uint8Array | undefined {
    const place = this.#index.get(key);
    if (place === undefined) return undefined;
    const value = new Uint8Array(place.length);
    this.#fill(place.position, value);
    return value;
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
    const live = this.#liveAfter(entries);
    const room = Math.min(FRAME_PAYLOAD_BYTES_MAX, this.stats().capacity - this.#reserve(leaving));
    if (live > this.#live && live > room) throw new StoreFull();
    const frame = sizeOf(entries);
    if (!this.#fits(frame, live) || !this.#append(entries, frame)) this.#compact(entries, live);
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

  #liveAfter(entries: Entries): number {
    let live = this.#live;
    for (const [key, value] of entries)
      live += (value === undefined ? 0 : entrySize(key, value)) - (this.#index.get(key)?.size ?? 0);
    return live;
  }

  /**
   * Whether a frame may go to the log as it is: enough blocks stay free for the live data, as they
   * are (the frame may be torn) and as they will be, and one to spare for a block that fails, where
   * the log is not as short as can be already.
   */
  #fits(frame: number, live: number): boolean {
    if (this.#log.blockCount === 0 || this.#forked) return false;
    const used = Math.ceil((this.#log.tail + FRAME_BYTES + frame) / this.#ring.dataLength);
    const needed = Math.max(this.#blocksFor(live), this.#blocksFor(this.#live));
    return used + needed + (used > needed ? 1 : 0) <= this.#ring.usable;
  }

  /** Blocks of a generation that begins with so many bytes of entries. */
  #blocksFor(bytes: number): number {
    return Math.ceil(
      (this.#ring.aligned(FRAME_BYTES + bytes) + this.#seals) / this.#ring.dataLength,
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
  #compact(entries: Entries, live: number): void {
    const needed = this.#blocksFor(live);
    const spare = needed > this.#blocksFor(this.#live) ? 1 : 0;
    if (this.#log.blockCount + needed + spare > this.#ring.usable)
      this.#rewrite(new Map(), this.#live);
    this.#rewrite(entries, live);
  }

  /**
   * Begins a new generation with the changes in it. `before`: one that stays until it is sealed.
   */
  #rewrite(changes: Entries, live: number, before?: Log): void {
    const entries = new Map<string, Uint8Array | Place | undefined>(this.#index);
    const busy = (number: number): boolean =>
      this.#log.holds(number) || before?.holds(number) === true;
    for (const [key, value] of changes) {
      if (value === undefined) entries.delete(key);
      else entries.set(key, value);
    }
    this.#forked = true;
    for (let attempt = 0; attempt < this.#ring.status.blocks; attempt++) {
      const log = new Log(this.#ring, []);
      const start = log.append(live, busy, (put) => {
        this.#putEntries(entries, put);
      });
      if (start === undefined || !log.close(busy)) continue;
      this.#log = log;
      this.#forked = false;
      this.#placeAll(entries, start);
      for (const [key, value] of changes) if (value === undefined) this.#place(key, undefined);
      return;
    }
    throw new StoreFailed();
  }

  /** Appends one frame. False when it could not be written; then nothing changed. */
  #append(entries: Entries, size: number): boolean {
    const start = this.#log.append(
      size,
      (number) => this.#log.holds(number),
      (put) => {
        this.#putEntries(entries, put);
      },
    );
    if (start !== undefined) this.#placeAll(entries, start);
    return start !== undefined;
  }

  /** The entries are in the log, from `start` on. */
  #placeAll(entries: Entries, start: number): void {
    let position = start;
    for (const [key, value] of entries) {
      const size = entrySize(key, value);
      const length = value?.length ?? 0;
      position += size;
      this.#place(
        key,
        value === undefined ? undefined : { position: position - length, length, size },
      );
    }
  }

  #putEntries(entries: Entries, put: (bytes: Uint8Array) => void): void {
    for (const [key, value] of entries) this.#putEntry(key, value, put);
  }

  #putEntry(
    key: string,
    value: Uint8Array | Place | undefined,
    put: (bytes: Uint8Array) => void,
  ): void {
    const name = utf8(key);
    const length = value === undefined ? DELETED : value.length;
    put(Uint8Array.of(name.length & 0xff, name.length >> 8, length & 0xff, length >> 8));
    put(name);
    if (value === undefined) return;
    if (value instanceof Uint8Array) {
      put(value);
      return;
    }
    for (let done = 0; done < value.length; done += COPY_BYTES) {
      const part = new Uint8Array(Math.min(COPY_BYTES, value.length - done));
      this.#fill(value.position + done, part);
      put(part);
    }
  }

  /** Fills the buffer with what reads the same twice: a value has no CRC of its own. */
  #fill(position: number, buffer: Uint8Array): void {
    const again = new Uint8Array(buffer.length);
    for (let reads = 0; reads < READS_MAX; reads++) {
      if (
        this.#log.read(position, buffer) &&
        this.#log.read(position, again) &&
        equal(buffer, again)
      )
        return;
    }
    throw new StoreFailed();
  }

  /**
   * Takes the entries of a frame that was found whole. Throws StoreFailed when it does not read the
   * same again; a seal need not.
   */
  #restore(frame: Frame): void {
    if (frame.length === 0) return;
    const entries = this.#entries(frame, false);
    if (entries === undefined) throw new StoreFailed();
    for (const { key, place } of entries) this.#place(key, place);
  }

  /** Undefined when they are not whole, however often they are read. */
  #entries(frame: Frame, values: boolean): readonly Entry[] | undefined {
    for (let reads = 0; reads < READS_MAX; reads++) {
      const entries = readEntries(this.#log, frame, values);
      if (entries !== undefined) return entries;
    }
    return undefined;
  }

  #place(key: string, place: Place | undefined): void {
    this.#live += (place?.size ?? 0) - (this.#index.get(key)?.size ?? 0);
    if (place === undefined) this.#index.delete(key);
    else this.#index.set(key, place);
  }
}

function entrySize(key: string, value: Uint8Array | Place | undefined): number {
  return ENTRY_HEAD_BYTES + utf8(key).length + (value?.length ?? 0);
}

function sizeOf(entries: Entries): number {
  let size = 0;
  for (const [key, value] of entries) size += entrySize(key, value);
  return size;
}
