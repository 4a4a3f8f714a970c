/**
 * The partition table of ESP-IDF: read from its CSV or its binary form, and written as binary, to
 * the byte as gen_esp32part does. A row has 32 bytes: magic, type, subtype, offset, size, name of
 * 16 bytes, flags; behind the rows stands their MD5, and the rest is erased.
 */
import { createHash } from "node:crypto";

export interface Partition {
  readonly name: string;
  readonly type: number;
  readonly subtype: number;
  readonly offset: number;
  readonly size: number;
  /** Bit 0: encrypted; bit 1: read only. */
  readonly flags: number;
}

/** Address of the table, by ESP-IDF's default. It takes one sector; the partitions follow. */
export const TABLE_OFFSET = 0x8000;
export const SECTOR_BYTES = 0x1000;
export const TABLE_BYTES = 0xc00;
const FIRST_OFFSET = TABLE_OFFSET + SECTOR_BYTES;

export const APP = 0;
export const DATA = 1;
const BOOT_LOADER = 2;
const TABLE = 3;
export const OTA_0 = 0x10;
const OTA_SLOTS = 16;
export const OTADATA = 0;
export const NVS = 2;
export const NVS_KEYS = 4;
/** For a data partition without a subtype in the CSV. */
const UNDEFINED = 6;

const TYPES: { readonly [name: string]: number } = { app: APP, data: DATA };
const SUBTYPES: readonly { readonly [name: string]: number }[] = [
  {
    factory: 0,
    test: 0x20,
    tee_0: 0x30,
    tee_1: 0x31,
    ...Object.fromEntries(Array.from({ length: OTA_SLOTS }, (_, i) => [`ota_${i}`, OTA_0 + i])),
  },
  {
    ota: OTADATA,
    phy: 1,
    nvs: NVS,
    coredump: 3,
    nvs_keys: NVS_KEYS,
    efuse: 5,
    undefined: UNDEFINED,
    esphttpd: 0x80,
    fat: 0x81,
    spiffs: 0x82,
    littlefs: 0x83,
    tee_ota: 0x90,
  },
];
const FLAGS: { readonly [name: string]: number } = { encrypted: 1, readonly: 2 };

const ROW_BYTES = 32;
const NAME_BYTES = 16;
const MAGIC = 0x50aa;
const MD5_MAGIC = 0xebeb;
const APP_ALIGN = 0x10000;

/** What is wrong with a table. */
export class TableError extends Error {
  override name = "TableError";
}

/** Reads a table from a file, binary or CSV. Throws a TableError. */
export function readTable(bytes: Buffer): readonly Partition[] {
  const binary = bytes.length >= ROW_BYTES && bytes.readUInt16LE(0) === MAGIC;
  return binary ? decodeTable(bytes) : parseTable(bytes.toString("utf8"));
}

/** Reads the CSV form. Offsets may be missing; sizes may have the unit K or M. */
function parseTable(csv: string): readonly Partition[] {
  const table: Partition[] = [];
  let end = FIRST_OFFSET;
  csv
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .forEach((line, index) => {
      if (line.trim() === "" || line.trim().startsWith("#")) return;
      try {
        const partition = parseRow(line, end);
        table.push(partition);
        end = partition.offset + partition.size;
      } catch (error) {
        if (error instanceof TableError)
          throw new TableError(`line ${index + 1}: ${error.message}`);
        throw error;
      }
    });
  return checked(table);
}

function parseRow(line: string, end: number): Partition {
  const [
    name = "",
    typeText = "",
    subtypeText = "",
    offsetText = "",
    sizeText = "",
    flagText = "",
  ] = line.split(",").map((field) => field.trim());
  const type = TYPES[typeText] ?? number("type", typeText);
  if (subtypeText === "" && type === APP) throw new TableError(`${name}: an app needs a subtype`);
  const subtype =
    subtypeText === ""
      ? UNDEFINED
      : (SUBTYPES[type]?.[subtypeText] ?? number("subtype", subtypeText));
  const align = type === APP ? APP_ALIGN : SECTOR_BYTES;
  const free = Math.ceil(end / align) * align;
  const offset = offsetText === "" ? free : number("offset", offsetText);
  const given = number("size", sizeText);
  // A negative size is the address of the end.
  const size = given < 0 ? -given - offset : given;
  const flags = flagText
    .split(":")
    .filter((flag) => flag !== "")
    .reduce((sum, flag) => {
      const bit = FLAGS[flag];
      if (bit === undefined) throw new TableError(`unknown flag "${flag}"`);
      return sum | bit;
    }, 0);
  return { name, type, subtype, offset, size, flags };
}

function number(what: string, text: string): number {
  const [, sign = "", digits = "", unit = ""] =
    /^(-?)(0[xX][0-9a-fA-F]+|\d+)([kKmM]?)$/.exec(text) ?? [];
  if (digits === "") throw new TableError(text === "" ? `no ${what}` : `unknown ${what} "${text}"`);
  const factor = { k: 1024, m: 1024 * 1024 }[unit.toLowerCase()] ?? 1;
  return Number(digits) * factor * (sign === "-" ? -1 : 1);
}

/** Reads the binary form, as it is in flash. Throws a TableError. */
export function decodeTable(bytes: Uint8Array): readonly Partition[] {
  const rows = Buffer.from(bytes);
  const table: Partition[] = [];
  for (let at = 0; at + ROW_BYTES <= rows.length; at += ROW_BYTES) {
    const row = rows.subarray(at, at + ROW_BYTES);
    if (row.every((byte) => byte === 0xff)) return checked(table);
    const magic = row.readUInt16LE(0);
    if (magic === MD5_MAGIC) {
      if (!md5(rows.subarray(0, at)).equals(row.subarray(16)))
        throw new TableError("damaged: its MD5 is wrong");
      continue;
    }
    if (magic !== MAGIC) throw new TableError(`row ${at / ROW_BYTES + 1} is not a partition`);
    const name = row.subarray(12, 12 + NAME_BYTES);
    const length = name.indexOf(0);
    table.push({
      name: name.toString("utf8", 0, length < 0 ? NAME_BYTES : length),
      type: row.readUInt8(2),
      subtype: row.readUInt8(3),
      offset: row.readUInt32LE(4),
      size: row.readUInt32LE(8),
      flags: row.readUInt32LE(28),
    });
  }
  throw new TableError("truncated: no end marker");
}

/** Returns the binary form, 0xc00 bytes. Throws a TableError when the rows do not fit. */
export function encodeTable(table: readonly Partition[]): Buffer {
  const rows = Buffer.concat(table.map(encodeRow));
  const sum = Buffer.alloc(ROW_BYTES, 0xff);
  sum.writeUInt16LE(MD5_MAGIC, 0);
  md5(rows).copy(sum, 16);
  if (rows.length + sum.length >= TABLE_BYTES)
    throw new TableError(`${table.length} partitions do not fit a table`);
  const bytes = Buffer.alloc(TABLE_BYTES, 0xff);
  Buffer.concat([rows, sum]).copy(bytes);
  return bytes;
}

function encodeRow({ name, type, subtype, offset, size, flags }: Partition): Buffer {
  const row = Buffer.alloc(ROW_BYTES);
  row.writeUInt16LE(MAGIC, 0);
  row.writeUInt8(type, 2);
  row.writeUInt8(subtype, 3);
  row.writeUInt32LE(offset, 4);
  row.writeUInt32LE(size, 8);
  row.write(name, 12, NAME_BYTES);
  row.writeUInt32LE(flags, 28);
  return row;
}

function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

/** Returns the table if ESP-IDF accepts it. Throws a TableError. */
function checked(table: readonly Partition[]): readonly Partition[] {
  if (table.length === 0) throw new TableError("it is empty");
  let before: Partition | undefined;
  for (const one of [...table].sort((a, b) => a.offset - b.offset)) {
    const { name, type, offset, size } = one;
    const at = `"${name}" at 0x${offset.toString(16)}`;
    if (Buffer.byteLength(name) > NAME_BYTES)
      throw new TableError(`${at}: a name has at most ${NAME_BYTES} bytes`);
    if (table.filter((other) => other.name === name).length > 1)
      throw new TableError(`there are two partitions "${name}"`);
    if (type > 0xff || one.subtype > 0xff || size <= 0 || offset + size > 0xffffffff)
      throw new TableError(`${at}: type, subtype or size is out of range`);
    // Newer tables list the boot loader and the table itself, which come before the partitions.
    if (offset < FIRST_OFFSET && type !== BOOT_LOADER && type !== TABLE)
      throw new TableError(
        `${at} overlaps the table, which ends at 0x${FIRST_OFFSET.toString(16)}`,
      );
    if (before !== undefined && offset < before.offset + before.size)
      throw new TableError(`${at} overlaps "${before.name}"`);
    const align = type === APP ? APP_ALIGN : SECTOR_BYTES;
    if (offset % align !== 0)
      throw new TableError(`${at} does not begin at a multiple of 0x${align.toString(16)}`);
    if (type === APP && size % SECTOR_BYTES !== 0)
      throw new TableError(`${at}: its size is no multiple of 0x${SECTOR_BYTES.toString(16)}`);
    before = one;
  }
  return table;
}
