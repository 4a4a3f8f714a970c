/**
 * NVS, the key-value store of ESP-IDF, as the bytes of its whole partition.
 *
 * A page has 4096 bytes: a header of 32 (state, sequence number, version, CRC), a bitmap of 32 (two
 * bits an entry: 3 empty, 2 written, 0 erased), and 126 entries of 32. An entry is namespace, type,
 * span, chunk, CRC, key (16 bytes, NUL at its end) and 8 bytes of data. Strings and blobs continue
 * in the entries behind it, and have a CRC of their own; a blob is chunks and an index, and may
 * span pages. One page stays free, for the collection of garbage on the chip.
 *
 * `encodeNvs` writes what Espressif's nvs_partition_gen writes, byte for byte.
 */
import { crc32 } from "../../../src/base/crc32.ts";

/** Type codes of numbers. The low digit is the length in bytes. */
const NUMBERS = {
  u8: 0x01,
  i8: 0x11,
  u16: 0x02,
  i16: 0x12,
  u32: 0x04,
  i32: 0x14,
  u64: 0x08,
  i64: 0x18,
} as const;
const STRING = 0x21;
/** A blob of version 1, whole in its page. */
const OLD_BLOB = 0x41;
const BLOB_DATA = 0x42;
const BLOB_INDEX = 0x48;

export type NvsType = keyof typeof NUMBERS | "string" | "blob";

/** The data of a number have the length of its type; those of a string include the NUL. */
export interface NvsEntry {
  readonly namespace: string;
  readonly key: string;
  readonly type: NvsType;
  readonly data: Uint8Array;
}

export const NVS_PAGE_BYTES = 4096;
/** Bytes of a string including its NUL: what fits a page. */
const NVS_STRING_MAX = 4000;
/** A writable partition has at least three pages. */
export const NVS_BYTES_MIN = 3 * NVS_PAGE_BYTES;
const KEY_BYTES_MAX = 15;
const NAMESPACES_MAX = 254;

const ENTRY_BYTES = 32;
const ENTRIES_AT = 64;
const PAGE_ENTRIES = 126;
const ANY_CHUNK = 0xff;
const ALL_ONES = 0xffffffff;
const ACTIVE = 0xfffffffe;
const FULL = 0xfffffffc;
/** Its contents are being moved to another page. */
const FREEING = 0xfffffff8;
const VERSION_1 = 0xff;
const VERSION_2 = 0xfe;

function checksum(...parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => crc32(part, sum), ALL_ONES);
}

export function nvsString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`);
}

/** Fills pages from the first on, as nvs_partition_gen does. */
class Writer {
  readonly bytes: Buffer;
  #pages = 0;
  #entries = 0;

  constructor(size: number) {
    this.bytes = Buffer.alloc(size, 0xff);
    this.#turn();
  }

  number(namespace: number, key: string, code: number, data: Uint8Array): void {
    if (this.#entries === PAGE_ENTRIES) this.#turn();
    this.#put(head(namespace, code, 1, ANY_CHUNK, key, data));
  }

  /** A string never spans pages. */
  string(namespace: number, key: string, data: Uint8Array): void {
    const span = 1 + Math.ceil(data.length / ENTRY_BYTES);
    // nvs_partition_gen leaves the last entry of a page free; only the longest strings need it.
    const fits = this.#entries + span < PAGE_ENTRIES;
    if (!fits && this.#entries > 0) this.#turn();
    this.#put(head(namespace, STRING, span, ANY_CHUNK, key, lengthAndSum(data)));
    this.#putData(data);
  }

  blob(namespace: number, key: string, data: Uint8Array): void {
    if (this.#entries === PAGE_ENTRIES) this.#turn();
    let chunks = 0;
    let rest = data;
    do {
      const room = (PAGE_ENTRIES - this.#entries - 1) * ENTRY_BYTES;
      const chunk = rest.subarray(0, room);
      const span = 1 + Math.ceil(chunk.length / ENTRY_BYTES);
      this.#put(head(namespace, BLOB_DATA, span, chunks, key, lengthAndSum(chunk)));
      this.#putData(chunk);
      rest = rest.subarray(chunk.length);
      chunks++;
      if (rest.length > 0 || room - chunk.length < ENTRY_BYTES) this.#turn();
    } while (rest.length > 0);
    const index = Buffer.alloc(6);
    index.writeUInt32LE(data.length, 0);
    index[4] = chunks;
    this.#put(head(namespace, BLOB_INDEX, 1, ANY_CHUNK, key, index));
  }

  /** Starts a new page. Throws a RangeError when only the page that must stay free is left. */
  #turn(): void {
    const sequence = this.#pages;
    if ((sequence + 2) * NVS_PAGE_BYTES > this.bytes.length)
      throw new RangeError("the partition is too small (one page must stay free)");
    if (sequence > 0) this.bytes.writeUInt32LE(FULL, (sequence - 1) * NVS_PAGE_BYTES);
    const at = sequence * NVS_PAGE_BYTES;
    this.bytes.writeUInt32LE(ACTIVE, at);
    this.bytes.writeUInt32LE(sequence, at + 4);
    this.bytes[at + 8] = VERSION_2;
    this.bytes.writeUInt32LE(checksum(this.bytes.subarray(at + 4, at + 28)), at + 28);
    this.#pages++;
    this.#entries = 0;
  }

  #put(entry: Uint8Array): void {
    const page = (this.#pages - 1) * NVS_PAGE_BYTES;
    this.bytes.set(entry, page + ENTRIES_AT + this.#entries * ENTRY_BYTES);
    const byte = page + ENTRY_BYTES + (this.#entries >> 2);
    this.bytes[byte] = (this.bytes[byte] ?? 0) & ~(1 << ((this.#entries & 3) * 2));
    this.#entries++;
  }

  #putData(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += ENTRY_BYTES)
      this.#put(data.subarray(at, at + ENTRY_BYTES));
  }
}

function head(
  namespace: number,
  code: number,
  span: number,
  chunk: number,
  key: string,
  data: Uint8Array,
): Uint8Array {
  const entry = Buffer.alloc(ENTRY_BYTES, 0xff);
  entry.set([namespace, code, span, chunk]);
  entry.fill(0, 8, 24);
  entry.write(key, 8, KEY_BYTES_MAX);
  entry.set(data, 24);
  entry.writeUInt32LE(checksum(entry.subarray(0, 4), entry.subarray(8)), 4);
  return entry;
}

function lengthAndSum(data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(8, 0xff);
  bytes.writeUInt16LE(data.length, 0);
  bytes.writeUInt32LE(checksum(data), 4);
  return bytes;
}

/**
 * Returns a partition of `size` bytes with these entries, in their order. Numbers namespaces in the
 * order of their first entry. Throws a RangeError that names what cannot be written.
 */
export function encodeNvs(entries: readonly NvsEntry[], size: number): Buffer {
  if (size % NVS_PAGE_BYTES !== 0 || size < NVS_BYTES_MIN)
    throw new RangeError(`a partition of ${size} bytes instead of whole pages, at least three`);
  const writer = new Writer(size);
  const namespaces = new Map<string, number>();
  for (const entry of entries) {
    checkEntry(entry);
    const { namespace, key, type, data } = entry;
    let number = namespaces.get(namespace);
    if (number === undefined) {
      number = namespaces.size + 1;
      if (number > NAMESPACES_MAX) throw new RangeError(`more than ${NAMESPACES_MAX} namespaces`);
      namespaces.set(namespace, number);
      writer.number(0, namespace, NUMBERS.u8, Uint8Array.of(number));
    }
    if (type === "string") writer.string(number, key, data);
    else if (type === "blob") writer.blob(number, key, data);
    else writer.number(number, key, NUMBERS[type], data);
  }
  return writer.bytes;
}

function checkEntry({ namespace, key, type, data }: NvsEntry): void {
  const name = `${namespace}/${key}`;
  for (const part of [namespace, key]) {
    const length = Buffer.byteLength(part);
    if (length === 0 || length > KEY_BYTES_MAX || part.includes("\0"))
      throw new RangeError(`${name}: names have 1 to ${KEY_BYTES_MAX} bytes`);
  }
  if (type === "string") {
    if (data.indexOf(0) !== data.length - 1)
      throw new RangeError(`${name}: a string ends with its only NUL`);
    if (data.length > NVS_STRING_MAX)
      throw new RangeError(
        `${name}: ${data.length} bytes including the NUL, at most ${NVS_STRING_MAX}`,
      );
  } else if (type !== "blob" && data.length !== (NUMBERS[type] & 0x0f))
    throw new RangeError(`${name}: ${data.length} bytes for a number of type ${type}`);
}

export interface NvsContent {
  readonly entries: readonly NvsEntry[];
  /**
   * Pages and entries that are written but have a wrong CRC. The chip drops such an entry. A
   * partition with nothing else is encrypted, or not an NVS.
   */
  readonly unreadablePages: number;
  readonly unreadableEntries: number;
}

interface Page {
  readonly sequence: number;
  readonly bytes: Buffer;
}

/** An entry of a page, with the data that follow it. */
interface Item {
  readonly namespace: number;
  readonly code: number;
  readonly chunk: number;
  readonly key: string;
  /** The 8 bytes of the entry itself. */
  readonly own: Buffer;
  readonly data: Buffer;
}

/**
 * Reads a partition as the chip does: pages in the order of their sequence numbers, the later of
 * two entries with the same key, complete blobs only. Never throws.
 */
export function decodeNvs(bytes: Uint8Array): NvsContent {
  const pages: Page[] = [];
  let unreadablePages = 0;
  let unreadableEntries = 0;
  for (let at = 0; at + NVS_PAGE_BYTES <= bytes.length; at += NVS_PAGE_BYTES) {
    const page = Buffer.from(bytes.subarray(at, at + NVS_PAGE_BYTES));
    if (page.every((byte) => byte === 0xff)) continue;
    if (isPage(page)) pages.push({ sequence: page.readUInt32LE(4), bytes: page });
    else unreadablePages++;
  }
  const items: Item[] = [];
  for (const page of pages.sort((a, b) => a.sequence - b.sequence))
    unreadableEntries += readPage(page.bytes, items);
  return { entries: assemble(items), unreadablePages, unreadableEntries };
}

function isPage(page: Buffer): boolean {
  const state = page.readUInt32LE(0);
  const version = page[8];
  return (
    (state === ACTIVE || state === FULL || state === FREEING) &&
    (version === VERSION_1 || version === VERSION_2) &&
    page.readUInt32LE(28) === checksum(page.subarray(4, 28))
  );
}

/** Adds the items of a page. Returns the number of unreadable entries. */
function readPage(page: Buffer, items: Item[]): number {
  let unreadable = 0;
  for (let i = 0; i < PAGE_ENTRIES; ) {
    const state = ((page[ENTRY_BYTES + (i >> 2)] ?? 0) >> ((i & 3) * 2)) & 3;
    if (state !== 2) {
      i++;
      continue;
    }
    const entry = page.subarray(ENTRIES_AT + i * ENTRY_BYTES, ENTRIES_AT + (i + 1) * ENTRY_BYTES);
    const item = readItem(entry, page.subarray(ENTRIES_AT + (i + 1) * ENTRY_BYTES));
    if (item === undefined) {
      unreadable++;
      i++;
      continue;
    }
    items.push(item);
    i += entry[2] ?? 1;
  }
  return unreadable;
}

function readItem(entry: Buffer, behind: Buffer): Item | undefined {
  const [namespace = 0, code = 0, span = 0, chunk = 0] = entry;
  if (entry.readUInt32LE(4) !== checksum(entry.subarray(0, 4), entry.subarray(8))) return undefined;
  const end = entry.subarray(8, 24).indexOf(0);
  if (end <= 0 || span === 0) return undefined;
  const own = entry.subarray(24);
  const key = entry.toString("utf8", 8, 8 + end);
  const long = code === STRING || code === OLD_BLOB || code === BLOB_DATA;
  if (!long) return { namespace, code, chunk, key, own, data: own };
  const length = own.readUInt16LE(0);
  const data = behind.subarray(0, length);
  const whole = data.length === length && span === 1 + Math.ceil(length / ENTRY_BYTES);
  if (!whole || own.readUInt32LE(4) !== checksum(data)) return undefined;
  return { namespace, code, chunk, key, own, data };
}

/** Joins chunks to blobs, and resolves namespaces. The later of two entries counts. */
function assemble(items: readonly Item[]): NvsEntry[] {
  const names = new Map<number, string>();
  const chunks = new Map<string, Buffer>();
  const chunkName = ({ namespace, key }: Item, chunk: number): string =>
    `${namespace}/${key}/${chunk}`;
  for (const item of items) {
    if (item.namespace === 0 && item.code === NUMBERS.u8) names.set(item.own[0] ?? 0, item.key);
    if (item.code === BLOB_DATA) chunks.set(chunkName(item, item.chunk), item.data);
  }
  const entries = new Map<string, NvsEntry>();
  for (const item of items) {
    const namespace = names.get(item.namespace);
    const value = readValue(item, (chunk) => chunks.get(chunkName(item, chunk)));
    if (item.namespace === 0 || namespace === undefined || value === undefined) continue;
    const name = `${item.namespace}/${item.key}`;
    entries.delete(name);
    entries.set(name, { namespace, key: item.key, ...value });
  }
  return [...entries.values()];
}

function readValue(
  { code, own, data }: Item,
  chunkOf: (chunk: number) => Buffer | undefined,
): Pick<NvsEntry, "type" | "data"> | undefined {
  if (code === STRING) return { type: "string", data };
  if (code === OLD_BLOB) return { type: "blob", data };
  if (code === BLOB_INDEX) {
    const [first = 0, count = 0] = [own[5], own[4]];
    const parts = Array.from({ length: count }, (_, i) => chunkOf(first + i));
    const whole = parts.filter((part) => part !== undefined);
    const blob = Buffer.concat(whole);
    return whole.length === count && blob.length === own.readUInt32LE(0)
      ? { type: "blob", data: blob }
      : undefined;
  }
  const number = Object.entries(NUMBERS).find(([, other]) => other === code);
  if (number === undefined) return undefined;
  return { type: number[0] as NvsType, data: own.subarray(0, code & 0x0f) };
}
