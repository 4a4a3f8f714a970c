/**
 * `xs-fumo flash` on the stand-in of a board: what it writes, and what it refuses to write.
 */
import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CHIPS } from "../../rig/flash/chips.ts";
import { decodeTable, encodeTable, readTable } from "../../rig/flash/partitions.ts";
import {
  APP_AT,
  NVS_AT,
  OTADATA_AT,
  board,
  flashed,
  nvsOf,
  options,
  provisionIn,
  run,
  type Board,
} from "./rom/command.ts";
import { application, bootLoader, flashWords } from "./rom/files.ts";
import { SECTOR_BYTES } from "./rom/nor.ts";
import { Op } from "./rom/protocol.ts";
import type { RomOptions } from "./rom/romloader.ts";

function sectorsErased({ rom }: Board): number[] {
  return [...rom.flash.erases.entries()].filter(([, times]) => times > 0).map(([sector]) => sector);
}

for (const { name: chip, title, bootOffset } of CHIPS) {
  test(
    `${title}: a new board gets boot loader, table, provisioning and application, each verified`,
    options,
    async (context) => {
      const made = await board(context, { chip });
      const { port, files, rom } = made;
      const { status, output, errors } = await run(...flashWords(port, files));
      deepStrictEqual([status, errors], [0, ""], output);
      const { bytes } = rom.flash;
      const at = (offset: number, content: Buffer): boolean =>
        bytes.subarray(offset, offset + content.length).equals(content);
      ok(at(bootOffset, readFileSync(files.boot)), "boot loader");
      ok(at(0x8000, encodeTable(readTable(readFileSync(files.table)))), "partition table");
      ok(at(APP_AT, readFileSync(files.app)), "application");
      ok(at(OTADATA_AT, Buffer.alloc(0x2000, 0xff)), "otadata");
      strictEqual(provisionIn(nvsOf(rom)), `${readFileSync(files.provision, "utf8")}\0`);
      match(output, /application 100 % \(98\.0 KiB of 98\.0 KiB\)/);
      for (const part of ["boot loader", "partition table", "provisioning", "application"])
        match(output, new RegExp(`${part}: [\\d.]+ KiB at 0x[0-9a-f]+, verified`));
      match(output, /Flashed: \S+ starts version 1\.0\.0 from slot 0\./);
      ok(!output.includes("\u001b"), "escape sequences in a pipe");
      strictEqual(rom.flashParams, 4 << 20);
      deepStrictEqual(sectorsErased(made), [], "a blank flash is not erased");
    },
  );
}

test(
  "flashing the same again writes nothing; another application is the only part that is written",
  options,
  async (context) => {
    const made = await flashed(context);
    const { port, files, rom } = made;
    const before = Buffer.from(rom.flash.bytes);
    rom.counts.clear();
    const again = await run(...flashWords(port, files));
    strictEqual(again.status, 0, again.errors);
    strictEqual(again.output.match(/: unchanged/g)?.length, 5);
    deepStrictEqual(
      [rom.counts.get(Op.deflBegin), rom.counts.get(Op.flashBegin)],
      [undefined, undefined],
    );
    const app = application("2.0.0", "esp32c3");
    writeFileSync(files.app, app);
    // The old application had confirmed an update: otadata selects slot 1.
    for (const sector of [0, SECTOR_BYTES])
      rom.flash.program(OTADATA_AT + sector, Buffer.alloc(32, 1));
    const other = await run("flash", "--port", port, "--app", files.app);
    strictEqual(other.status, 0, other.errors);
    match(other.output, /starts version 2\.0\.0 from slot 0/);
    doesNotMatch(other.output, /boot loader|partition table|provisioning/);
    app.copy(before, APP_AT);
    before.fill(
      0xff,
      APP_AT + app.length,
      Math.ceil((APP_AT + app.length) / SECTOR_BYTES) * SECTOR_BYTES,
    );
    ok(rom.flash.bytes.equals(before), "something else has changed");
    const sectors = sectorsErased(made);
    ok(
      sectors.every(
        (one) => one * SECTOR_BYTES >= OTADATA_AT && one * SECTOR_BYTES < APP_AT + app.length,
      ),
      `erased: ${sectors.join()}`,
    );
  },
);

test("only --erase erases what is not written", options, async (context) => {
  const { port, files, rom } = await board(context, { chip: "esp32" });
  const foreign = Buffer.from("the log of an earlier life");
  rom.flash.program(0x3d1000, foreign);
  const words = flashWords(port, files);
  strictEqual((await run(...words)).status, 0);
  ok(rom.flash.bytes.subarray(0x3d1000).subarray(0, foreign.length).equals(foreign));
  const erased = await run(...words, "--erase");
  strictEqual(erased.status, 0, erased.errors);
  match(erased.output, /erasing the whole flash/);
  ok(rom.flash.bytes.subarray(0x3d1000).every((byte) => byte === 0xff));
  match(provisionIn(nvsOf(rom)), /"srv"/);
});

/** What stops a command before it touches the flash: the board, its files, the error. */
const REFUSED: readonly (readonly [
  what: string,
  rom: RomOptions,
  change: (board: Board) => readonly string[],
  status: number,
  told: RegExp,
])[] = [
  [
    "another chip than the application's",
    { chip: "esp32s3" },
    ({ files }) => {
      writeFileSync(files.app, application("1.0.0", "esp32c3"));
      writeFileSync(files.boot, bootLoader("esp32c3"));
      return [];
    },
    3,
    /has an ESP32-S3, not the ESP32-C3 that was asked for\n {2}nothing was written/,
  ],
  [
    "another chip than --chip says",
    { chip: "esp32c3" },
    () => ["--chip", "esp32c6"],
    2,
    /xs_esp32\.bin is for an ESP32-C3, not for an ESP32-C6/,
  ],
  [
    "a chip that the firmware is not built for",
    { chip: "esp32h2" },
    () => [],
    3,
    /has an ESP32-H2, which hal\/esp32 does not support\n {2}supported: ESP32, ESP32-C3/,
  ],
  [
    "boot loader and application of two builds",
    { chip: "esp32c3" },
    ({ files }) => {
      writeFileSync(files.boot, bootLoader("esp32"));
      return [];
    },
    2,
    new RegExp(
      "bootloader\\.bin is for an ESP32, not for an ESP32-C3\\n" +
        " {2}take boot loader and application from one build",
    ),
  ],
  [
    "secure boot",
    { chip: "esp32c3", fuses: { secureBoot: true } },
    () => [],
    3,
    /has secure boot enabled: .*\n {2}nothing was written: --yes-encrypted/,
  ],
  [
    "flash encryption",
    { chip: "esp32s3", fuses: { encryptions: 1 } },
    () => [],
    3,
    /has flash encryption enabled/,
  ],
  [
    "both, on the first ESP32",
    { chip: "esp32", fuses: { secureBoot: true, encryptions: 3 } },
    () => [],
    3,
    /has secure boot and flash encryption enabled/,
  ],
  [
    "Secure Download Mode, whatever is said",
    { chip: "esp32c3", fuses: { restricted: true } },
    () => ["--yes-encrypted"],
    3,
    /Secure Download Mode: its flash can be neither read nor verified/,
  ],
  [
    "plain images for a chip that encrypts its flash",
    { chip: "esp32c3", fuses: { encryptions: 1 } },
    () => ["--yes-encrypted"],
    3,
    /xs_esp32\.bin is not encrypted, but the chip decrypts what it reads from flash/,
  ],
  [
    "less flash than the table is for",
    { chip: "esp32c3", flashBytes: 2 << 20 },
    () => [],
    3,
    /the partitions end at 4\.0 MiB, but the board has 2\.0 MiB of flash/,
  ],
  [
    "a table for another firmware",
    { chip: "esp32c3" },
    ({ directory }) => {
      const table = join(directory, "two.csv");
      writeFileSync(table, "nvs,data,nvs,,0x2000\nfactory,app,factory,,1M\nota_0,app,ota_0,,1M\n");
      return ["--partitions", table];
    },
    2,
    new RegExp(
      "two\\.csv does not suit this firmware: " +
        '1 OTA slots.*factory app.*no otadata.*no nvs.*no "head".*no "store"',
    ),
  ],
  [
    "an application larger than its slot",
    { chip: "esp32c3" },
    ({ files }) => {
      writeFileSync(files.app, application("1.0.0", "esp32c3", 0x1e0000));
      return [];
    },
    2,
    /xs_esp32\.bin is too large: 1966416 bytes, and partition "ota_0" has 1966080/,
  ],
  [
    "an application that is cut short",
    { chip: "esp32c3" },
    ({ files }) => {
      writeFileSync(files.app, application("1.0.0", "esp32c3").subarray(0, 50_000));
      return [];
    },
    2,
    /xs_esp32\.bin: truncated/,
  ],
  [
    "an application with a bit that flipped",
    { chip: "esp32c3" },
    ({ files }) => {
      const app = application("1.0.0", "esp32c3");
      app[40_000] = (app[40_000] ?? 0) ^ 4;
      writeFileSync(files.app, app);
      return [];
    },
    2,
    /xs_esp32\.bin: damaged: its checksum is wrong/,
  ],
  [
    "a boot loader in the place of the application",
    { chip: "esp32c3" },
    ({ files }) => ["--app", files.boot],
    2,
    /bootloader\.bin is a boot loader, not an application/,
  ],
  [
    "an application in the place of the boot loader",
    { chip: "esp32c3" },
    ({ files }) => ["--boot", files.app],
    2,
    /xs_esp32\.bin is an application, not a boot loader/,
  ],
  [
    "--erase without all that a board needs",
    { chip: "esp32c3" },
    ({ files, port }) => ["!", "flash", "--port", port, "--app", files.app, "--erase"],
    2,
    /--erase leaves nothing in the flash: it needs --boot and --partitions, too/,
  ],
  [
    "a blank board and no partition table",
    { chip: "esp32c3" },
    ({ files, port }) => ["!", "flash", "--port", port, "--app", files.app],
    3,
    /the board has no partition table\n {2}flash a new board with --boot/,
  ],
  [
    "a blank board and no boot loader",
    { chip: "esp32c3" },
    ({ files, port }) => [
      "!",
      ...["flash", "--port", port, "--app", files.app, "--partitions", files.table],
    ],
    3,
    /the board has no boot loader\n {2}nothing was written: add --boot/,
  ],
  [
    "an nvs partition with other data",
    { chip: "esp32c3" },
    ({ rom }) => {
      rom.flash.program(NVS_AT, Buffer.alloc(5000, 0x5a));
      return [];
    },
    4,
    /partition "nvs" is not a readable NVS.*\n {2}--new-nvs replaces it/,
  ],
];

for (const [what, rom, change, status, told] of REFUSED) {
  test(`nothing is written to a board: ${what} (status ${status})`, options, async (context) => {
    const made = await board(context, rom);
    const more = change(made);
    const before = Buffer.from(made.rom.flash.bytes);
    const words = more[0] === "!" ? more.slice(1) : [...flashWords(made.port, made.files), ...more];
    const ended = await run(...words);
    strictEqual(ended.status, status, ended.output + ended.errors);
    match(ended.errors, told);
    ok(!ended.errors.includes("    at "), ended.errors);
    ok(made.rom.flash.bytes.equals(before), "the flash has changed");
  });
}

test(
  "--yes-encrypted writes signed images with secure boot, and encrypted ones as they are",
  options,
  async (context) => {
    const signed = await board(context, { chip: "esp32c3", fuses: { secureBoot: true } });
    const first = await run(...flashWords(signed.port, signed.files), "--yes-encrypted");
    strictEqual(first.status, 0, first.errors);
    const sealed = await board(context, { chip: "esp32c3", fuses: { encryptions: 1 } });
    const app = Buffer.alloc(70_000, 0x3c);
    writeFileSync(sealed.files.app, app);
    const { port, files, rom } = sealed;
    const second = await run(
      ...["flash", "--port", port, "--app", files.app, "--partitions", files.table],
      ...["--chip", "esp32c3", "--yes-encrypted"],
    );
    strictEqual(second.status, 0, second.errors);
    ok(rom.flash.bytes.subarray(APP_AT, APP_AT + app.length).equals(app));
    ok(
      rom.flash.bytes.subarray(0x8000, 0x9000).every((byte) => byte === 0xff),
      "the table is plain",
    );
  },
);

test(
  "the partition table in flash is the one of the file, with its MD5",
  options,
  async (context) => {
    const { rom, files } = await flashed(context);
    deepStrictEqual(
      decodeTable(rom.flash.bytes.subarray(0x8000, 0x8c00)),
      readTable(readFileSync(files.table)),
    );
  },
);
