/** Partition tables: read from CSV and binary, and held against what the firmware needs. */
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { layoutOf } from "../../rig/flash/layout.ts";
import { encodeTable, readTable, TABLE_BYTES, TableError } from "../../rig/flash/partitions.ts";
import { root } from "../../root.ts";

const csv = (size: string): string =>
  readFileSync(join(root, `hal/esp32/partitions-${size}.csv`), "utf8");
const table = (text: string): ReturnType<typeof readTable> => readTable(Buffer.from(text));

function problem(text: string): string {
  try {
    layoutOf(table(text));
  } catch (error) {
    if (error instanceof TableError) return error.message;
    throw error;
  }
  return "";
}

for (const size of ["4mb", "8mb", "16mb"]) {
  test(`the table for ${size} has what the firmware needs, and fills the flash`, () => {
    const { slot, otadata, nvs, end, sealed } = layoutOf(table(csv(size)));
    deepStrictEqual(
      [slot.name, slot.offset, otadata.offset, nvs.offset, nvs.size, sealed],
      ["ota_0", 0x10000, 0xe000, 0x9000, 0x5000, false],
    );
    strictEqual(end, Number.parseInt(size, 10) * 1024 * 1024);
  });
}

test("the binary form has 0xc00 bytes and is read as it was written", () => {
  const rows = table(csv("4mb"));
  const bytes = encodeTable(rows);
  strictEqual(bytes.length, TABLE_BYTES);
  deepStrictEqual(readTable(bytes), rows);
});

test("any flipped bit of the binary form is noticed", () => {
  const bytes = encodeTable(table(csv("4mb")));
  const used = 7 * 32;
  for (let at = 0; at < used; at++) {
    // The reserved bytes of the row with the MD5 say nothing.
    if (at >= 6 * 32 + 2 && at < 6 * 32 + 16) continue;
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    throws(() => readTable(damaged), TableError, `byte ${at}`);
  }
});

test("94 partitions fit a table, 95 do not", () => {
  const rows = Array.from({ length: 95 }, (_, i) => `p${i},data,0x40,,0x1000`).join("\n");
  throws(() => encodeTable(table(rows)), /95 partitions do not fit a table/);
  ok(encodeTable(table(rows.slice(0, rows.lastIndexOf("\n")))));
});

const NEEDS: readonly (readonly [what: string, from: RegExp, to: string, told: RegExp])[] = [
  ["one slot", /^ota_1.*$/m, "", /1 OTA slots instead of two/],
  [
    "slots of two sizes",
    /0x1F0000, 0x1E0000/,
    "0x1F0000, 0x1D0000",
    /the two OTA slots differ in size/,
  ],
  [
    "a third slot",
    /^head.*\nstore.*$/m,
    "ota_2,app,ota_2,0x3D0000,0x10000",
    /3 OTA slots instead of two/,
  ],
  ["a factory app", /^nvs/m, "f,app,factory,0x3F0000,0x10000\nnvs", /overlaps "store"/],
  ["no otadata", /^otadata.*$/m, "", /no otadata \(data, ota\) of 0x2000 bytes/],
  ["an otadata of one sector", /0x2000,/, "0x1000,", /no otadata/],
  ["no nvs", /data, nvs/, "data, phy", /no nvs \(data, nvs\) of at least three sectors/],
  ["an nvs that is too short", /0x5000,/, "0x2000,", /no nvs/],
  ["no head", /^head/m, "tail", /no "head" \(data\) of one sector/],
  [
    "a head of two sectors",
    /0x3D0000, 0x1000,\nstore, +data, 0x41, +0x3D1000/,
    "0x3D0000, 0x2000,\nstore,data,0x41,0x3D2000",
    /no "head"|overlaps/,
  ],
  ["no store", /^store/m, "shop", /no "store" \(data\) of at least two sectors/],
  ["a store of one sector", /0x2F000/, "0x1000", /no "store"/],
];

for (const [what, from, to, told] of NEEDS) {
  test(`a table is not for this firmware: ${what}`, () => {
    const text = csv("4mb").replace(from, to);
    ok(text !== csv("4mb"), "the change was made");
    match(problem(text), told);
  });
}

test("a factory app beside two slots is refused: the boot loader would start it", () => {
  const text = [
    "nvs,data,nvs,,0x5000",
    "otadata,data,ota,,0x2000",
    "f,app,factory,,64K",
    "ota_0,app,ota_0,,64K",
    "ota_1,app,ota_1,,64K",
    "head,data,0x40,,4K",
    "store,data,0x41,,64K",
  ].join("\n");
  strictEqual(problem(text), "a factory app, which the boot loader would start instead of a slot");
  strictEqual(problem(text.replace(/^f,.*\n/m, "")), "");
});

test("an NVS with its own keys, or with the flag encrypted, is sealed", () => {
  const keys = csv("4mb").replace("0x5000,", "0x4000,\nkeys,data,nvs_keys,0xd000,0x1000");
  strictEqual(layoutOf(table(keys)).sealed, true);
  const flag = csv("4mb").replace("0x5000,", "0x5000, encrypted");
  strictEqual(layoutOf(table(flag)).sealed, true);
});

const MISTAKES: readonly (readonly [text: string, told: RegExp])[] = [
  ["nvs,data,nvs,0x9000", /line 1: no size/],
  ["nvs,data,nvs,0x9000,many", /line 1: unknown size "many"/],
  ["# c\n\nnvs,dada,nvs,0x9000,4K", /line 3: unknown type "dada"/],
  ["nvs,data,nvss,0x9000,4K", /unknown subtype "nvss"/],
  ["a,app,,0x10000,64K", /a: an app needs a subtype/],
  ["nvs,data,nvs,0x9000,4K,shiny", /unknown flag "shiny"/],
  ["nvs,data,nvs,0x8000,4K", /"nvs" at 0x8000 overlaps the table, which ends at 0x9000/],
  ["a,data,nvs,0x9000,8K\nb,data,phy,0xa000,4K", /"b" at 0xa000 overlaps "a"/],
  ["a,data,nvs,,4K\na,data,phy,,4K", /there are two partitions "a"/],
  ["a,app,ota_0,0x11000,64K", /does not begin at a multiple of 0x10000/],
  ["a,data,nvs,0x9001,4K", /does not begin at a multiple of 0x1000/],
  ["a,app,ota_0,0x10000,0x1001", /its size is no multiple of 0x1000/],
  ["abcdefghijklmnopq,data,nvs,,4K", /a name has at most 16 bytes/],
  ["a,data,300,,4K", /out of range/],
  ["a,data,nvs,0xa000,-0x9000", /out of range/],
  ["", /it is empty/],
];

for (const [text, told] of MISTAKES) {
  test(`a mistake in a table is named: ${JSON.stringify(text)}`, () => {
    throws(() => table(text), told);
  });
}

test("a truncated binary table is refused", () => {
  const bytes = encodeTable(table(csv("4mb")));
  throws(() => readTable(bytes.subarray(0, 7 * 32)), /no end marker/);
  throws(() => readTable(bytes.subarray(0, 100)), /no end marker/);
});
