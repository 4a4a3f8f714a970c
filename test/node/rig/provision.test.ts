/**
 * `xs-fumo provision` on the stand-in of a board, and on images of NVS.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decodeNvs, encodeNvs, nvsString } from "../../rig/flash/nvs.ts";
import {
  NVS_AT,
  NVS_BYTES,
  board,
  filesOnly,
  flashed,
  nvsOf,
  options,
  provisionIn,
  run,
  silent,
} from "./rom/command.ts";
import { flashWords, provisioning, provisioningOf, SECRETS } from "./rom/files.ts";

const CALIBRATION = {
  namespace: "phy",
  key: "cal_data",
  type: "blob",
  data: Buffer.alloc(1900, 7),
} as const;
const SELECTING = {
  namespace: "xs-fumo",
  key: "selecting",
  type: "u8",
  data: Buffer.of(1),
} as const;
const OLD = {
  namespace: "xs-fumo",
  key: "provision",
  type: "string",
  data: nvsString("{}"),
} as const;

test(
  "provision writes only NVS, keeps its other entries, and shows no secret",
  options,
  async (context) => {
    const made = await flashed(context);
    const { port, rom, directory } = made;
    const nvs = (): Buffer => nvsOf(rom);
    rom.flash.erase(NVS_AT, NVS_BYTES);
    rom.flash.program(NVS_AT, encodeNvs([CALIBRATION, OLD, SELECTING], NVS_BYTES));
    const before = Buffer.from(rom.flash.bytes);
    const file = join(directory, "new.json");
    writeFileSync(file, JSON.stringify(provisioning({ pollSeconds: 77 })));
    const log = join(directory, "log.ndjson");
    const wrote = await run("provision", file, "--port", port, "--log", log);
    strictEqual(wrote.status, 0, wrote.errors);
    match(wrote.output, /provisioning: 20\.0 KiB at 0x9000, verified/);
    silent(readFileSync(log, "utf8"));
    const { entries } = decodeNvs(nvs());
    deepStrictEqual(
      entries.map(({ key }) => key),
      ["cal_data", "selecting", "provision"],
    );
    deepStrictEqual([...(entries[0]?.data ?? [])], [...CALIBRATION.data]);
    match(provisionIn(nvs()), /"pollSeconds":77/);
    nvs().copy(before, NVS_AT);
    ok(rom.flash.bytes.equals(before), "something besides NVS has changed");
    const shown = await run("provision", "--port", port, "--log", log);
    strictEqual(shown.status, 0, shown.errors);
    const told = JSON.parse(shown.output) as Record<string, Record<string, unknown>>;
    deepStrictEqual(
      [
        told.account?.secret,
        told.account?.serverSecret,
        told.network?.password,
        told.networkSecret,
      ],
      ["***", "***", "***", "***"],
    );
    deepStrictEqual(
      [told.account?.name, told.network?.ssid, told.pollSeconds],
      ["door-1", "bench", 77],
    );
    silent(readFileSync(log, "utf8"));
    const json = await run("provision", "--port", port, "--json");
    match(json.output, /"kind":"note","text":".*door-1/);
    const renewed = await run(
      "flash",
      "--port",
      port,
      "--app",
      made.files.app,
      "--provision",
      file,
    );
    strictEqual(renewed.status, 0, renewed.errors);
    deepStrictEqual(
      decodeNvs(nvs()).entries.map(({ key }) => key),
      ["cal_data", "provision"],
      "a new otadata ends a selection that was under way",
    );
    const anew = await run("provision", file, "--port", port, "--new-nvs");
    strictEqual(anew.status, 0, anew.errors);
    deepStrictEqual(
      decodeNvs(nvs()).entries.map(({ key }) => key),
      ["provision"],
    );
  },
);

test(
  "provision tells that a board has no provisioning, or no partition table",
  options,
  async (context) => {
    const { port, files } = await board(context, { chip: "esp32" });
    const blank = await run("provision", "--port", port);
    strictEqual(blank.status, 3);
    match(blank.errors, /the board has no partition table/);
    const words = flashWords(port, files).slice(0, -2);
    const bare = await run(...words);
    strictEqual(bare.status, 0, bare.errors);
    match(bare.output, /warning: the board has no provisioning: xs-fumo provision FILE --port/);
    const empty = await run("provision", "--port", port);
    strictEqual(empty.status, 1);
    match(
      empty.errors,
      /tty has no provisioning: NVS has no string "provision" in namespace "xs-fumo"/,
    );
  },
);

test(
  "provision needs --partitions for a chip that encrypts its flash",
  options,
  async (context) => {
    const { port, files, rom } = await board(context, {
      chip: "esp32c3",
      fuses: { encryptions: 1 },
    });
    const words = ["provision", files.provision, "--port", port, "--yes-encrypted"];
    const blind = await run(...words);
    strictEqual(blind.status, 3);
    match(blind.errors, /its partition table cannot be read\n {2}--partitions FILE/);
    strictEqual((await run(...words, "--partitions", files.table)).status, 0);
    match(provisionIn(nvsOf(rom)), /door-1/);
    const sealed = join(port, "../sealed.csv");
    writeFileSync(
      sealed,
      readFileSync(files.table, "utf8").replace(
        "0x5000,",
        "0x4000,\nkeys,data,nvs_keys,0xd000,0x1000,",
      ),
    );
    const keys = await run(...words, "--partitions", sealed);
    strictEqual(keys.status, 3, keys.errors);
    match(keys.errors, /this board encrypts NVS with its own keys/);
  },
);

test("an NVS image needs no board, and keeps its other entries", async (context) => {
  const { directory, files } = filesOnly(context);
  const image = join(directory, "nvs.bin");
  const wrote = await run("provision", files.provision, "--image", image, "--size", "0x5000");
  strictEqual(wrote.status, 2, "a size is decimal, or has a unit");
  strictEqual((await run("provision", files.provision, "--image", image)).status, 0);
  strictEqual(readFileSync(image).length, NVS_BYTES);
  const shown = await run("provision", "--image", image);
  strictEqual(shown.status, 0);
  match(shown.output, /"secret": "\*\*\*"/);
  const other = { namespace: "mine", key: "n", type: "u32", data: Buffer.alloc(4, 9) } as const;
  writeFileSync(image, encodeNvs([other], 0x4000));
  strictEqual((await run("provision", files.provision, "--image", image)).status, 0);
  deepStrictEqual(
    decodeNvs(readFileSync(image)).entries.map(({ key }) => key),
    ["n", "provision"],
  );
  strictEqual(readFileSync(image).length, 0x4000);
  writeFileSync(image, "no NVS at all".repeat(1000));
  const refused = await run("provision", files.provision, "--image", image);
  strictEqual(refused.status, 4);
  strictEqual((await run("provision", files.provision, "--image", image, "--new-nvs")).status, 0);
});

test("both commands refuse a bad provisioning first, and show no secret", async (context) => {
  const { directory, files } = filesOnly(context);
  writeFileSync(files.provision, `{"network":{"password": ${SECRETS[2]}}}`);
  const log = join(directory, "log.ndjson");
  const port = join(directory, "none");
  for (const words of [flashWords(port, files), ["provision", files.provision, "--port", port]]) {
    const ended = await run(...words, "--log", log);
    strictEqual(ended.status, 2, ended.errors);
    match(ended.errors, /provision\.json: invalid JSON at line 1, column 25/);
    if (existsSync(log)) silent(readFileSync(log, "utf8"));
  }
});

test("a provisioning of exactly 4000 bytes is written", options, async (context) => {
  const { port, files, rom } = await flashed(context);
  const text = provisioningOf(3999);
  writeFileSync(files.provision, text);
  strictEqual(Buffer.byteLength(text) + 1, 4000);
  strictEqual((await run("provision", files.provision, "--port", port)).status, 0);
  strictEqual(provisionIn(nvsOf(rom)), `${text}\0`);
});

test("provision takes either a board or an image", async (context) => {
  const { files } = filesOnly(context);
  for (const words of [[], ["--port", "/dev/null", "--image", "x"]]) {
    const ended = await run("provision", files.provision, ...words);
    strictEqual(ended.status, 2);
    match(ended.errors, /give either --port or --image/);
  }
});
