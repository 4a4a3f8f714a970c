/**
 * Espressif's own tools as witnesses: they write the same NVS and tables byte for byte, esptool
 * takes the stand-in for the chip that it plays, and it flashes what xs-fumo flashes.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CHIPS } from "../../rig/flash/chips.ts";
import { encodeNvs, type NvsEntry, type NvsType, nvsString } from "../../rig/flash/nvs.ts";
import { encodeTable, readTable } from "../../rig/flash/partitions.ts";
import { root } from "../../root.ts";
import { Cli } from "./cli.ts";
import { HAVE_SOCAT, romBench } from "./rom/bench.ts";
import { espressif, esptool, WITHOUT_ESPRESSIF } from "./rom/espressif.ts";
import { boardFiles, flashWords, provisioning } from "./rom/files.ts";
import { Op } from "./rom/protocol.ts";

const LIMIT_MS = 300_000;
const skip = WITHOUT_ESPRESSIF;
const skipLine =
  WITHOUT_ESPRESSIF ||
  (!HAVE_SOCAT && process.env.CI === undefined && "no socat (Debian package socat)");
const folder = mkdtempSync(join(tmpdir(), "espressif-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The NVS image that nvs_partition_gen makes of the rows of its CSV. */
async function generated(name: string, rows: readonly string[], size: number): Promise<Buffer> {
  const csv = join(folder, `${name}.csv`);
  const out = join(folder, `${name}.bin`);
  writeFileSync(csv, `${["key,type,encoding,value", ...rows].join("\n")}\n`);
  const { status, output } = await espressif("python", [
    ...["-m", "esp_idf_nvs_partition_gen", "generate", csv, out],
    `0x${size.toString(16)}`,
  ]);
  strictEqual(status, 0, output);
  return readFileSync(out);
}

/** The longest string that nvs_partition_gen writes; a page has room for 4000 bytes. */
const GENERATOR_STRING_MAX = 124 * 32;

for (const length of [0, 1, 31, 32, 1000, 3935, 3936, 3937, GENERATOR_STRING_MAX - 1]) {
  test(`a string of ${length} bytes is in NVS as nvs_partition_gen writes it`, {
    skip,
  }, async () => {
    const file = join(folder, `string-${length}`);
    const text = "é".repeat(length >> 1) + "x".repeat(length & 1);
    writeFileSync(file, text);
    const theirs = await generated(
      `string-${length}`,
      ["xs-fumo,namespace,,", `provision,file,string,${file}`],
      0x5000,
    );
    const data = nvsString(text);
    const ours = encodeNvs(
      [{ namespace: "xs-fumo", key: "provision", type: "string", data }],
      0x5000,
    );
    ok(ours.equals(theirs), firstDifference(ours, theirs));
  });
}

for (const length of [0, 1, 3936, 3937, 3968, 3969, 7904, 7936, 10_000]) {
  test(`a blob of ${length} bytes, and what follows it, are as nvs_partition_gen writes them`, {
    skip,
  }, async () => {
    const data = Buffer.alloc(length, 0xa5);
    const file = join(folder, `blob-${length}`);
    writeFileSync(file, data);
    const theirs = await generated(
      `blob-${length}`,
      ["s,namespace,,", `blob,file,binary,${file}`, "next,data,u8,7"],
      0x6000,
    );
    const ours = encodeNvs(
      [
        { namespace: "s", key: "blob", type: "blob", data },
        { namespace: "s", key: "next", type: "u8", data: Buffer.of(7) },
      ],
      0x6000,
    );
    ok(ours.equals(theirs), firstDifference(ours, theirs));
  });
}

test("xs-fumo provision writes the image that nvs_partition_gen writes of the same file", {
  skip,
  timeout: LIMIT_MS,
}, async () => {
  const [json, image] = [join(folder, "p.json"), join(folder, "p.bin")];
  writeFileSync(json, `${JSON.stringify(provisioning(), null, 2)}\n`);
  const cli = new Cli(["provision", json, "--image", image, "--size", "20KiB"]);
  strictEqual(await cli.ended, 0, cli.errors);
  const theirs = await generated(
    "provision",
    ["xs-fumo,namespace,,", `provision,file,string,${json}`],
    0x5000,
  );
  ok(readFileSync(image).equals(theirs), firstDifference(readFileSync(image), theirs));
});

/** Numbers that repeat, from a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NUMBER_BYTES = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, u64: 8, i64: 8 } as const;
type NumberType = keyof typeof NUMBER_BYTES;

function numberOf(type: NumberType, data: Buffer): bigint {
  const bytes = NUMBER_BYTES[type];
  const raw = data.readBigUInt64LE(0);
  return type.startsWith("u") ? BigInt.asUintN(bytes * 8, raw) : BigInt.asIntN(bytes * 8, raw);
}

/** Entries of every type, in three namespaces, and the rows that say the same. */
function mixture(seed: number): { readonly entries: NvsEntry[]; readonly rows: string[] } {
  const next = random(seed);
  const entries: NvsEntry[] = [];
  const rows: string[] = [];
  const types: readonly NvsType[] = [
    "string",
    "blob",
    ...(Object.keys(NUMBER_BYTES) as NumberType[]),
  ];
  for (let i = 0; i < 60; i++) {
    const namespace = `space-${Math.floor(i / 20)}`;
    if (i % 20 === 0) rows.push(`${namespace},namespace,,`);
    const key = `key-${seed}-${i}`;
    const type = types[Math.floor(next() * types.length)] ?? "u8";
    const length = Math.floor(next() ** 3 * 3900);
    const raw = Buffer.from(
      Array.from({ length: Math.max(8, length) }, () => Math.floor(next() * 256)),
    );
    if (type === "string") {
      const text = raw
        .subarray(0, length >> 1)
        .toString("hex")
        .slice(0, length);
      entries.push({ namespace, key, type, data: nvsString(text) });
      rows.push(`${key},data,string,${text}`);
    } else if (type === "blob") {
      const data = raw.subarray(0, Math.max(1, length));
      entries.push({ namespace, key, type, data });
      rows.push(`${key},data,hex2bin,${data.toString("hex")}`);
    } else {
      entries.push({ namespace, key, type, data: raw.subarray(0, NUMBER_BYTES[type]) });
      rows.push(`${key},data,${type},${numberOf(type, raw)}`);
    }
  }
  return { entries, rows };
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`numbers, strings and blobs over pages are as nvs_partition_gen has them (seed ${seed})`, {
    skip,
  }, async () => {
    const { entries, rows } = mixture(seed);
    const theirs = await generated(`mixture-${seed}`, rows, 0x20000);
    const ours = encodeNvs(entries, 0x20000);
    ok(ours.equals(theirs), firstDifference(ours, theirs));
  });
}

const TABLE_SCRIPT = [
  "import sys",
  "from esp_idf_defs import PartitionTable",
  "table = PartitionTable.from_csv(sys.stdin.read())",
  "table.verify()",
  "sys.stdout.write(table.to_binary().hex())",
].join("\n");

const TABLES: readonly (readonly [name: string, csv: string])[] = [
  ...readdirSync(join(root, "hal/esp32"))
    .filter((name) => name.endsWith(".csv"))
    .map((name) => [name, readFileSync(join(root, "hal/esp32", name), "utf8")] as const),
  [
    "offsets left out, units, flags",
    [
      "# a comment",
      "",
      "nvs, data, nvs, , 20K, ",
      "otadata, data, ota, , 8K",
      "phy, data, phy, , 0x1000, readonly",
      "keys, data, nvs_keys,, 4k, encrypted",
      "ota_0, app, ota_0, , 1M",
      "ota_1, app, ota_1, , 1M, encrypted",
      "store, data, 0x41, , 64K, encrypted:readonly",
      "own, 0x40, 7, , 0x1000",
      "unnamed, data, , , 0x1000",
    ].join("\r\n"),
  ],
  ["a size that says where it ends", "nvs,data,nvs,0x9000,0x3000\nota_0,app,ota_0,,-0x200000\n"],
  ["a name of 16 letters", "abcdefghijklmnop,data,nvs,0x9000,0x4000\n"],
];

for (const [name, csv] of TABLES) {
  test(`a partition table is in binary as Espressif's generator writes it: ${name}`, {
    skip,
  }, async () => {
    const { status, output } = await espressif("python", ["-c", TABLE_SCRIPT], csv);
    strictEqual(status, 0, output);
    const ours = encodeTable(readTable(Buffer.from(csv)));
    strictEqual(ours.toString("hex"), output);
    deepStrictEqual(readTable(ours), readTable(Buffer.from(csv)));
  });
}

for (const { name: chip, title, bootOffset } of CHIPS) {
  test(`${title}: esptool and xs-fumo flash leave the same flash, byte for byte`, {
    skip: skipLine,
    timeout: LIMIT_MS,
  }, async (context) => {
    const ours = await romBench(context, { chip });
    const theirs = await romBench(context, { chip });
    const files = boardFiles(ours.directory, chip);
    const cli = new Cli(flashWords(ours.port, files));
    strictEqual(await cli.until(cli.ended, LIMIT_MS), 0, cli.output + cli.errors);
    const table = join(theirs.directory, "table.bin");
    writeFileSync(table, encodeTable(readTable(readFileSync(files.table))));
    const nvs = join(folder, `${chip}-nvs.bin`);
    await generated(
      `${chip}-nvs`,
      ["xs-fumo,namespace,,", `provision,file,string,${files.provision}`],
      0x5000,
    );
    const wrote = await esptool(theirs.port, [
      "--chip",
      chip,
      "write-flash",
      ...[`0x${bootOffset.toString(16)}`, files.boot, "0x8000", table, "0x9000", nvs],
      ...["0x10000", files.app],
    ]);
    strictEqual(wrote.status, 0, wrote.output);
    match(wrote.output, new RegExp(`Connected to ${title}`));
    match(wrote.output, /Hash of data verified/);
    strictEqual(theirs.rom.mode, "stub");
    ok(
      ours.rom.flash.bytes.equals(theirs.rom.flash.bytes),
      firstDifference(ours.rom.flash.bytes, theirs.rom.flash.bytes),
    );
  });
}

test("esptool flashes the stand-in without its stub, and reads back what it wrote", {
  skip: skipLine,
  timeout: LIMIT_MS,
}, async (context) => {
  const { rom, port, directory } = await romBench(context, { chip: "esp32c3" });
  const files = boardFiles(directory, "esp32c3");
  const wrote = await esptool(port, ["--no-stub", "write-flash", "0x10000", files.app]);
  strictEqual(wrote.status, 0, wrote.output);
  strictEqual(rom.mode, "rom");
  const app = readFileSync(files.app);
  ok(rom.flash.bytes.subarray(0x10000, 0x10000 + app.length).equals(app));
  const back = join(directory, "back.bin");
  const read = await esptool(port, ["read-flash", "0x10000", `${app.length}`, back]);
  strictEqual(read.status, 0, read.output);
  ok(readFileSync(back).equals(app));
});

test("esptool verifies and erases what xs-fumo wrote", {
  skip: skipLine,
  timeout: LIMIT_MS,
}, async (context) => {
  const { rom, port, directory } = await romBench(context, { chip: "esp32s3" });
  const files = boardFiles(directory, "esp32s3");
  const cli = new Cli(flashWords(port, files));
  strictEqual(await cli.until(cli.ended, LIMIT_MS), 0, cli.output + cli.errors);
  const verified = await esptool(port, ["verify-flash", "0x10000", files.app, "0x0", files.boot]);
  strictEqual(verified.status, 0, verified.output);
  const erased = await esptool(port, ["erase-flash"]);
  strictEqual(erased.status, 0, erased.output);
  strictEqual(rom.counts.get(Op.eraseFlash), 1);
  ok(rom.flash.bytes.every((byte) => byte === 0xff));
});

test("esptool reads the fuses for which xs-fumo refuses the chip", {
  skip: skipLine,
  timeout: LIMIT_MS,
}, async (context) => {
  const fuses = { secureBoot: true, encryptions: 1 };
  const { port } = await romBench(context, { chip: "esp32c6", fuses });
  const info = await esptool(port, ["--no-stub", "get-security-info"]);
  strictEqual(info.status, 0, info.output);
  match(info.output, /Secure Boot: Enabled/);
  match(info.output, /Flash Encryption: Enabled/);
});

function firstDifference(ours: Buffer, theirs: Buffer): string {
  const at = ours.findIndex((byte, i) => byte !== theirs[i]);
  const near = (bytes: Buffer): string => bytes.toString("hex", at & ~15, (at & ~15) + 48);
  return (
    `${ours.length} and ${theirs.length} bytes, differ at 0x${at.toString(16)}\nours   ` +
    `${near(ours)}\ntheirs ${near(theirs)}`
  );
}
