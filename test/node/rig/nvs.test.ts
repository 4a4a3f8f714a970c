/**
 * NVS as bytes: what is written is read again, damaged entries are dropped as the chip drops them,
 * and nothing is written that a chip could not hold.
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeNvs,
  encodeNvs,
  NVS_PAGE_BYTES,
  type NvsEntry,
  nvsString,
  type NvsType,
} from "../../rig/flash/nvs.ts";

const SIZE = 0x5000;
const STATES_AT = 32;
const ENTRIES_AT = 64;
const ENTRY_BYTES = 32;

const text = (key: string, value: string): NvsEntry => ({
  namespace: "space",
  key,
  type: "string",
  data: nvsString(value),
});

function plain(entries: readonly NvsEntry[]): unknown[] {
  return entries.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data).toString("hex") }));
}

/** Marks entry `index` of a page as erased, as the chip does when a newer one takes its place. */
function eraseEntry(bytes: Buffer, page: number, index: number): void {
  const at = page * NVS_PAGE_BYTES + STATES_AT + (index >> 2);
  bytes[at] = (bytes[at] ?? 0) & ~(3 << ((index & 3) * 2));
}

const NAME = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,15}$/);
const SIZES: { readonly [T in NvsType]?: number } = {
  ...{ u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, u64: 8, i64: 8 },
};
const ENTRY: fc.Arbitrary<NvsEntry> = fc.oneof(
  fc.record({
    namespace: NAME,
    key: NAME,
    type: fc.constant("string" as const),
    data: fc
      .uint8Array({ maxLength: 3999 })
      .map((bytes) => Buffer.from([...bytes.map((byte) => byte | 1), 0])),
  }),
  fc.record({
    namespace: NAME,
    key: NAME,
    type: fc.constant("blob" as const),
    data: fc.uint8Array({ maxLength: 9000 }).map((bytes) => Buffer.from(bytes)),
  }),
  fc
    .record({
      namespace: NAME,
      key: NAME,
      type: fc.constantFrom(...(Object.keys(SIZES) as NvsType[])),
      data: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    })
    .map((entry) => ({ ...entry, data: Buffer.from(entry.data.subarray(0, SIZES[entry.type])) })),
);

test("entries of every type over many pages are read as they were written", () => {
  const entries = fc.uniqueArray(ENTRY, {
    maxLength: 40,
    selector: ({ namespace, key }) => `${namespace}/${key}`,
  });
  fc.assert(
    fc.property(entries, (written) => {
      const bytes = encodeNvs(written, 0x80000);
      const read = decodeNvs(bytes);
      deepStrictEqual(plain(read.entries), plain(written));
      deepStrictEqual([read.unreadablePages, read.unreadableEntries], [0, 0]);
      deepStrictEqual(encodeNvs(read.entries, 0x80000).equals(bytes), true);
    }),
    { numRuns: 60 },
  );
});

test("reading never throws, and returns no entry twice", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 3 * NVS_PAGE_BYTES }), (bytes) => {
      decodeNvs(bytes);
    }),
    { numRuns: 100 },
  );
  const good = encodeNvs([text("a", "x".repeat(700)), text("b", "y")], SIZE);
  fc.assert(
    fc.property(fc.nat(NVS_PAGE_BYTES - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      const keys = decodeNvs(bytes).entries.map(({ key }) => key);
      ok(new Set(keys).size === keys.length && keys.every((key) => key === "a" || key === "b"));
    }),
    { numRuns: 2000 },
  );
});

test("an erased partition is empty and has no fault", () => {
  deepStrictEqual(decodeNvs(Buffer.alloc(SIZE, 0xff)), {
    entries: [],
    unreadablePages: 0,
    unreadableEntries: 0,
  });
});

test("an erased entry is gone; the later of two entries with one key counts", () => {
  const bytes = encodeNvs([text("a", "old"), text("b", "kept"), text("a", "new")], SIZE);
  const values = (of: Buffer): string[] =>
    decodeNvs(of).entries.map(
      ({ key, data }) => `${key}=${Buffer.from(data).toString().slice(0, -1)}`,
    );
  deepStrictEqual(values(bytes), ["b=kept", "a=new"]);
  // Entry 0 names the namespace; a string of three letters takes two.
  for (const index of [3, 4]) eraseEntry(bytes, 0, index);
  deepStrictEqual(values(bytes), ["a=new"]);
});

test("an entry with a wrong CRC is dropped and counted; later ones stay", () => {
  for (const at of [ENTRIES_AT + ENTRY_BYTES + 9, ENTRIES_AT + 2 * ENTRY_BYTES]) {
    const bytes = encodeNvs([text("a", "torn"), text("b", "kept")], SIZE);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { entries, unreadableEntries } = decodeNvs(bytes);
    deepStrictEqual(
      entries.map(({ key }) => key),
      ["b"],
    );
    ok(unreadableEntries >= 1);
  }
});

test("pages are read by sequence number, as garbage collection moves them", () => {
  const entries = Array.from({ length: 6 }, (_, i) => text(`k${i}`, "z".repeat(1500)));
  const bytes = encodeNvs(entries, SIZE);
  const moved = Buffer.alloc(SIZE, 0xff);
  for (const [from, to] of [
    [0, 3],
    [1, 0],
    [2, 4],
  ] as const)
    bytes.copy(moved, to * NVS_PAGE_BYTES, from * NVS_PAGE_BYTES, (from + 1) * NVS_PAGE_BYTES);
  deepStrictEqual(plain(decodeNvs(moved).entries), plain(entries));
});

test("a page with a wrong header is counted, and its entries are ignored", () => {
  const bytes = encodeNvs([text("a", "b")], SIZE);
  bytes[5] = 1;
  const { entries, unreadablePages } = decodeNvs(bytes);
  deepStrictEqual([entries.length, unreadablePages], [0, 1]);
  strictEqual(decodeNvs(Buffer.alloc(SIZE, 0x5a)).unreadablePages, 5);
});

test("a blob with a missing chunk is dropped", () => {
  const blob: NvsEntry = { namespace: "s", key: "blob", type: "blob", data: Buffer.alloc(6000, 3) };
  const bytes = encodeNvs([blob, text("a", "b")], SIZE);
  bytes.fill(0xff, NVS_PAGE_BYTES, 2 * NVS_PAGE_BYTES);
  deepStrictEqual(
    decodeNvs(bytes).entries.map(({ key }) => key),
    [],
  );
});

test("a string fills a page, and no more", () => {
  strictEqual(decodeNvs(encodeNvs([text("k", "x".repeat(3999))], SIZE)).entries.length, 1);
  throws(
    () => encodeNvs([text("k", "x".repeat(4000))], SIZE),
    /space\/k: 4001 bytes including the NUL/,
  );
});

test("entries that would fill the last free page are refused", () => {
  const entries = Array.from({ length: 5 }, (_, i) => text(`k${i}`, "x".repeat(3900)));
  encodeNvs(entries.slice(0, 4), SIZE);
  throws(() => encodeNvs(entries, SIZE), RangeError);
  throws(() => encodeNvs([], 0x2000), /at least three/);
  throws(() => encodeNvs([], 0x5001), /whole pages/);
});

test("names have 1 to 15 bytes, numbers the length of their type, strings a NUL at the end", () => {
  const entry = text("k", "v");
  throws(() => encodeNvs([{ ...entry, key: "sixteen-letters-" }], SIZE), /1 to 15 bytes/);
  throws(() => encodeNvs([{ ...entry, namespace: "" }], SIZE), /1 to 15 bytes/);
  throws(() => encodeNvs([{ ...entry, data: Buffer.from("v") }], SIZE), /ends with its only NUL/);
  throws(
    () => encodeNvs([{ ...entry, data: Buffer.from("a\0b\0") }], SIZE),
    /ends with its only NUL/,
  );
  throws(() => encodeNvs([{ ...entry, type: "u32" }], SIZE), /2 bytes for a number of type u32/);
});
