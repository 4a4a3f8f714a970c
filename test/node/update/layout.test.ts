/**
 * Bytes on flash over versions: what the first layout wrote is read by this one, what this one and
 * a later one write is read by the first, which is kept here as it was: a reader of its own, and a
 * partition that it left. Never change either.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { SimFlash } from "../../../hal/sim/flash.ts";
import { Power } from "../../../hal/sim/power.ts";
import { ADDRESS_BYTES_MAX } from "../../../src/base/limits.ts";
import { LOSSES } from "../../../src/client/losses.ts";
import { readRecord, recordChange } from "../../../src/store/jsonrecord.ts";
import { Store } from "../../../src/store/store.ts";
import { RECORD_KEY } from "../../../src/update/journal.ts";
import {
  COUNTER_KEY,
  FAILED_KEY,
  failedDigests,
  securityFloor,
} from "../../../src/update/memory.ts";
import {
  decodeRecord,
  encodeRecord,
  IDLE,
  PHASE_NAMES,
  type UpdateRecord,
} from "../../../src/update/record.ts";
import { PROGRESS_KEY, Staging } from "../../../src/update/staging.ts";
import { root } from "../../root.ts";

const STATUS = { blocks: 2, blockLength: 1024, writeAlign: 4, eraseValue: 0xff };
/**
 * The used part of a partition that firmware of layout 1 left: a counter, a failed update, and a
 * key that was deleted again.
 */
const PARTITION_V1 = Buffer.from(
  [
    "WEYBAAAAAAAAAAAAD1KdkKUlAAAOABMAdXBkYXRlLmNvdW50ZXJ7InYiOjEsImNvdW50ZXIiOjJ918O8Pf///6WxAQA" +
      "NAHcBdXBkYXRlLnJlY2",
    "9yZHsidiI6MSwicGhhc2UiOiJmYWlsZWQiLCJnZW5lcmF0aW9uIjozLCJvYmplY3QiOiIuL0Z3VXBkYXRlL01haW4iL" +
      "CJzaXplIjo2NDksInVy",
    "bCI6Imh0dHA6Ly9oL3AiLCJ2YWxpZGF0b3IiOiJcIjFcIiIsImF0dGVtcHQiOjEsImNyYXNoZXMiOjAsInRoZW5JbnN" +
      "0YWxsIjpmYWxzZSwiaW",
    "5zdGFsbGluZyI6dHJ1ZSwic2xvdCI6MCwidGFyZ2V0IjoxLCJ0cmlhbHMiOjEsInJlc3RhcnRzIjowLCJyZWFzb24iO" +
      "iJyZXZlcnRlZCIsImtl",
    "cHQiOmZhbHNlLCJkaWdlc3QiOiJhYiIsInZlcnNpb24iOiIyLjAuMCIsInNlY3VyaXR5Q291bnRlciI6MiwidGlja2V" +
      "0cyI6W3siaWQiOjQsIm",
    "93bmVyIjoibyIsInJlYXNvbiI6InJldmVydGVkIn1dLCJuZXh0VGlja2V0Ijo1fQ0AGAB1cGRhdGUuZmFpbGVkeyJ2I" +
      "joxLCJkaWdlc3RzIjpb",
    "ImFiIl19ZX7vMf///6UJAAAEAAEAZ29uZQEM/u4C////pQgAAAQA//9nb25lwRZ1qA==",
  ].join(""),
  "base64",
);

const RECORD_V1 = {
  v: 1,
  phase: "failed",
  generation: 3,
  object: "./FwUpdate/Main",
  size: 649,
  url: "http://h/p",
  validator: '"1"',
  attempt: 1,
  crashes: 0,
  thenInstall: false,
  installing: true,
  slot: 0,
  target: 1,
  trials: 1,
  restarts: 0,
  reason: "reverted",
  kept: false,
  digest: "ab",
  version: "2.0.0",
  securityCounter: 2,
  tickets: [{ id: 4, owner: "o", reason: "reverted" }],
  nextTicket: 5,
} as const;
/** What fields that came later are in such a record. */
const LATER = { rewinds: 0, notices: [] };
/** What a record of layout 1 always had, with its type; and the phases that there were. */
const FIELDS_V1: { readonly [field: string]: string } = {
  v: "number",
  phase: "string",
  generation: "number",
  object: "string",
  size: "number",
  attempt: "number",
  crashes: "number",
  thenInstall: "boolean",
  installing: "boolean",
  trials: "number",
  restarts: "number",
  kept: "boolean",
  nextTicket: "number",
};
const PHASES_V1 = [
  "idle",
  "receiving",
  "downloading",
  "verifying",
  "ready",
  "arming",
  "restarting",
  "trial",
  "committing",
  "reverting",
  "succeeded",
  "failed",
  "settled",
];

/** The reader of layout 1, for a log of the one block with which `bytes` begin: values by key. */
function readV1(bytes: Uint8Array): Map<string, Buffer> {
  const all = Buffer.from(bytes);
  const values = new Map<string, Buffer>();
  strictEqual(all.readUInt16BE(0), 0x5846);
  strictEqual(all.readUInt8(2), 1);
  strictEqual(all.readUInt32LE(12), crc32(all.subarray(0, 12)));
  for (let at = 16; all[at] === 0xa5; ) {
    const length = all.readUIntLE(at + 1, 3);
    const end = at + 4 + length;
    strictEqual(all.readUInt32LE(end), crc32(all.subarray(at, end)), `frame at ${at}`);
    for (let entry = at + 4; entry < end; ) {
      const keyLength = all.readUInt16LE(entry);
      const valueLength = all.readUInt16LE(entry + 2);
      const from = entry + 4 + keyLength;
      const key = all.toString("utf8", entry + 4, from);
      const count = valueLength === 0xffff ? 0 : valueLength;
      if (valueLength === 0xffff) values.delete(key);
      else values.set(key, all.subarray(from, from + count));
      entry = from + count;
    }
    at += Math.ceil((8 + length) / 4) * 4;
  }
  return values;
}

function partition(content?: Uint8Array): SimFlash {
  const flash = new SimFlash(new Power(), STATUS);
  if (content !== undefined) flash.load(content);
  return flash;
}

test("what layout 1 left is read, and gone on with", () => {
  const flash = partition(PARTITION_V1);
  const store = Store.open(flash);
  deepStrictEqual(store.keys(""), [COUNTER_KEY, FAILED_KEY, RECORD_KEY]);
  deepStrictEqual(decodeRecord(readRecord(store, RECORD_KEY)), { ...RECORD_V1, ...LATER });
  deepStrictEqual([securityFloor(store), failedDigests(store)], [2, ["ab"]]);
  store.commit([recordChange(COUNTER_KEY, { v: 1, counter: 3 })]);
  strictEqual(securityFloor(Store.open(partition(flash.bytes))), 3);
  strictEqual(
    readV1(flash.bytes.subarray(STATUS.blockLength)).get(COUNTER_KEY)?.toString(),
    '{"v":1,"counter":3}',
  );
});

test("what this layout writes is read by layout 1", () => {
  const flash = partition();
  const store = Store.open(flash);
  store.commit([recordChange(COUNTER_KEY, { v: 1, counter: 2 })]);
  store.commit([
    recordChange(RECORD_KEY, RECORD_V1),
    recordChange(FAILED_KEY, { v: 1, digests: ["ab"] }),
  ]);
  store.commit([["gone", Uint8Array.of(1)]]);
  store.commit([["gone", undefined]]);
  deepStrictEqual(readV1(flash.bytes), readV1(PARTITION_V1));
  const described = {
    url: "http://h/fw",
    described: true,
    notices: [{ url: "http://h/n", attempt: 1, reason: "badDescriptor" }],
  } as const;
  for (const phase of PHASE_NAMES) {
    const record: UpdateRecord = { ...IDLE, phase, ...described };
    store.commit([recordChange(RECORD_KEY, encodeRecord(record))]);
    const value = readV1(flash.bytes).get(RECORD_KEY)?.toString();
    if (value === undefined) break;
    const stored = JSON.parse(value) as Record<string, unknown>;
    for (const [field, type] of Object.entries(FIELDS_V1))
      strictEqual(typeof stored[field], type, field);
    ok(
      PHASES_V1.includes(String(stored.phase)),
      "a phase that layout 1 does not know would be a trial to it",
    );
    strictEqual(
      stored.url,
      "http://h/fw",
      "layout 1 goes on with the package that a descriptor named, and knows nothing of the report",
    );
    const long = { ...record, url: `http://h/${"p".repeat(ADDRESS_BYTES_MAX)}` };
    store.commit([recordChange(RECORD_KEY, encodeRecord(long))]);
    strictEqual(
      readRecord<{ url?: unknown }>(store, RECORD_KEY)?.url,
      "",
      "layout 1 has a URL to go on with: it ends the download, and does not crash for want of one",
    );
  }
});

test("a later layout can be read: more keys and fields, longer values, other words", () => {
  const flash = partition();
  const store = Store.open(flash);
  store.commit([
    recordChange(RECORD_KEY, {
      ...RECORD_V1,
      v: 2,
      colour: "blue",
      parts: [{ a: 1 }],
      reason: "sunspots",
    }),
    recordChange(COUNTER_KEY, { v: 2, counter: 7, by: "fuse" }),
    recordChange(FAILED_KEY, { v: 2, digests: ["ab", 5], why: [] }),
    recordChange("update.parts", { v: 2 }),
    [PROGRESS_KEY, Uint8Array.of(1, 3, 0, 0, 0, 0, 1, 0, 0, 9, 9)],
  ]);
  const read = Store.open(partition(flash.bytes));
  const slot = partition();
  deepStrictEqual(decodeRecord(readRecord(read, RECORD_KEY)), {
    ...RECORD_V1,
    ...LATER,
    reason: "undefined",
  });
  deepStrictEqual([securityFloor(read), failedDigests(read)], [7, ["ab"]]);
  const staging = new Staging(slot, read);
  staging.resume(3);
  strictEqual(staging.position, 0, "a progress that is no whole block counts for nothing");
  store.commit([[PROGRESS_KEY, Uint8Array.of(1, 3, 0, 0, 0, 0, 4, 0, 0, 9, 9)]]);
  const later = new Staging(slot, Store.open(partition(flash.bytes)));
  later.resume(3);
  strictEqual(later.position, 1024);
  store.commit([[PROGRESS_KEY, Uint8Array.of(2, 3, 0, 0, 0, 0, 4, 0, 0)]]);
  const unknown = new Staging(slot, Store.open(partition(flash.bytes)));
  unknown.resume(3);
  strictEqual(unknown.position, 0, "another version of it is not guessed at");
});

test("progress of a delta counts for its own image alone, and not past its end", () => {
  const flash = partition();
  const store = Store.open(flash);
  const slot = partition();
  const { blocks, blockLength } = slot.status();
  const capacity = blocks * blockLength;
  const record = new Uint8Array(17);
  const view = new DataView(record.buffer);
  const resumed = (bytes: number, place: number, image?: number): unknown => {
    record[0] = 2;
    [3, bytes, 99, place].forEach((value, index) => {
      view.setUint32(1 + 4 * index, value, true);
    });
    store.commit([[PROGRESS_KEY, record]]);
    const staging = new Staging(slot, Store.open(partition(flash.bytes)));
    return [staging.resume(3, image), staging.position];
  };
  const none = [undefined, 0];
  const whole = 2 * blockLength;
  deepStrictEqual(resumed(whole, 700, whole), [{ from: 99, image: 700 }, whole]);
  deepStrictEqual(resumed(whole, 700, whole - 1), none, "more than the image");
  deepStrictEqual(resumed(whole, 700), none, "a whole image comes now");
  deepStrictEqual(resumed(whole, whole + 1, capacity), none, "a segment that is not durable");
  deepStrictEqual(resumed(whole + 1, 700, capacity), none, "no whole block");
  deepStrictEqual(resumed(whole, 700, capacity + 1), none, "an image that does not fit");
  deepStrictEqual(resumed(capacity + blockLength, 700, capacity), none, "past the slot");
});

const DOCUMENT = readFileSync(join(root, "src/update/JOURNAL.md"), "utf8");

/** The rows of the table of JOURNAL.md with that head, without the line below it. */
function rows(title: string): readonly (readonly string[])[] {
  return (DOCUMENT.split(`| ${title} |\n`)[1]?.split("\n\n")[0] ?? "")
    .split("\n")
    .slice(1)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What stands in `bytes` where the rows of a table say, counted from `start`. */
function found(
  bytes: Buffer,
  title: string,
  start: number,
  values: { readonly [word: string]: number },
): string[] {
  return rows(title).map(([at = "", count = ""]) => {
    const from = start + (values[at] ?? Number(at));
    return bytes.toString("hex", from, from + (values[count] ?? Number(count)));
  });
}

test("the tables of bytes in JOURNAL.md are what is on the flash", () => {
  const all = PARTITION_V1;
  const hex = (from: number, to: number): string => all.toString("hex", from, to);
  deepStrictEqual(found(all, "at | bytes | a block begins with", 0, {}), [
    "5846",
    "01",
    "00",
    "00000000",
    "00000000",
    hex(12, 16),
  ]);
  deepStrictEqual(found(all, "at | bytes | a frame", 16, { n: 37, "4+n": 41 }), [
    "a5",
    "250000",
    hex(20, 57),
    hex(57, 61),
  ]);
  deepStrictEqual(found(all, "at | bytes | an entry", 20, { k: 14, v: 19, "4+k": 18 }), [
    "0e00",
    "1300",
    Buffer.from("update.counter").toString("hex"),
    Buffer.from('{"v":1,"counter":2}').toString("hex"),
  ]);
  strictEqual(all.readUInt32LE(57), crc32(all.subarray(16, 57)));
});

test("the table of sums in JOURNAL.md is what a generation begins with", () => {
  const flash = partition();
  Store.open(flash).commit([
    recordChange(COUNTER_KEY, { v: 1, counter: 2 }),
    ["gone", Uint8Array.of(1)],
  ]);
  const all = Buffer.from(flash.bytes);
  const entries = 2;
  const crc = (from: number, to: number): string => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(all.subarray(from, to)));
    return sum.toString("hex");
  };
  const start = 20;
  const first = start + 5 + 8 * entries;
  const value = first + 4 + COUNTER_KEY.length;
  const second = value + '{"v":1,"counter":2}'.length;
  strictEqual(all.toString("latin1", first + 4, value), COUNTER_KEY);
  deepStrictEqual(found(all, "at | bytes | a table of sums, with e entries behind it", start, {}), [
    "1100",
    "ffff",
    "ff",
    crc(first, value),
    crc(value, second),
  ]);
  deepStrictEqual(
    all.toString("hex", start + 13, first),
    crc(second, second + 8) + crc(second + 8, second + 9),
  );
});

test("what follows from each loss is what JOURNAL.md says", () => {
  const table = rows("key begins with | when its value is lost");
  deepStrictEqual(
    table.map(([key, consequence]) => [key?.replaceAll("`", ""), consequence]),
    LOSSES.map((row) => [...row]),
  );
});
