/**
 * Board host with the address sanitizer in every file, XS included, and the sanitizer of undefined
 * behaviour in those of this project: a whole update, the unit tests of src, and natives that are
 * called with anything.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { host } from "../../rig/boards/host.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { DeviceProcess, within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { buildImage } from "../../rig/image.ts";
import { spkiOf } from "../../rig/keys.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { developmentKey, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { root } from "../../root.ts";
import { buildTests } from "../../xs.ts";
import type { Orders } from "./fuzz.ts";

const OUT = "build/sanitized";
const RUNNER = join(root, OUT, "xs-fumo-host");
const FLAGS = [
  `OUT=${OUT}`,
  `LIBRARY=${OUT}/xs`,
  "CFLAGS=-O1 -g",
  "EXTRA=-fsanitize=address -fno-omit-frame-pointer",
  "OURS=-fsanitize=undefined -fno-sanitize-recover=undefined",
];
/** A crash is the sanitizer's to tell, and no reset of the board. */
const ENVIRONMENT = {
  ...process.env,
  ASAN_OPTIONS: "detect_leaks=0:allow_user_segv_handler=0:handle_abort=2",
};
const FOUND = /AddressSanitizer|runtime error|cause (panic|watchdog)/;
const LIMIT_MS = 600_000;
const STACK_SLOTS = 1024;
/** Garbage is collected every few hundred calls, and not at each. */
const HEAP = ["--slots", "60000", "--chunks", "4000000"];
/** `FUZZ_SEED=2 FUZZ_CALLS=5000000` goes on. */
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const CALLS = Number(process.env.FUZZ_CALLS ?? 300_000);
/** Natives after which there is no program. */
const ENDS: readonly string[] = ["xs_boot_restart", "xs_system_exit"];

const folder = mkdtempSync(join(tmpdir(), "sanitized-"));

before(() => {
  runMake([`${OUT}/xs-fumo-host`], "hal/host/Makefile", FLAGS);
  runMake([`${OUT}/test/run`], "test/xs/Makefile", [...FLAGS, `OUT=${OUT}/test`]);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Names of the natives in a list, and in those that it includes. */
function nativesOf(list: string): string[] {
  const text = readFileSync(join(root, list), "utf8");
  const included = [...text.matchAll(/^#include "(.+)"/gm)].flatMap(([, name = ""]) =>
    nativesOf(join(dirname(list), name)),
  );
  return [...included, ...[...text.matchAll(/^FUNCTION\((\w+)/gm)].map(([, name = ""]) => name)];
}

const board: RigBoard = {
  ...host,
  start: (directory, log, keyboard = false) =>
    new DeviceProcess(RUNNER, ["--state", directory], log, { keyboard, environment: ENVIRONMENT }),
};

test("the firmware boots, and updates itself by download", { timeout: LIMIT_MS }, async () => {
  const log = new EventLog("host");
  const rig = await Rig.open({
    board,
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    provision: {},
  });
  try {
    rig.start();
    const outcome = await within(LIMIT_MS, "the update", rig.outcome);
    const lines = log.all("serial").map(({ line }) => line);
    assert.deepEqual([outcome.ok, outcome.code], [true, 200], lines.join("\n"));
    assert.ok(runsVersion(log, VERSION_2));
    assert.deepEqual(
      lines.filter((line) => FOUND.test(line)),
      [],
    );
  } finally {
    await rig.close();
  }
});

test("the unit tests of src pass", { timeout: LIMIT_MS }, () => {
  const words = ["--stack", String(STACK_SLOTS), buildTests([])];
  const { status, stdout, stderr } = spawnSync(join(root, OUT, "test/run"), words, {
    encoding: "utf8",
    env: ENVIRONMENT,
    maxBuffer: 1 << 28,
  });
  assert.match(stdout, /\n# fail 0\n/);
  assert.deepEqual([status, stderr], [0, ""]);
});

test(`natives are called ${CALLS} times with anything`, { timeout: LIMIT_MS }, async () => {
  const payload = buildBlob({
    entry: "test/node/sanitizer/fuzz",
    modules: BASE_MODULES,
    out: join(folder, "fuzz.blob"),
    version: "fuzz",
    positions: true,
  });
  const natives = nativesOf("hal/host/natives.list").filter((name) => !ENDS.includes(name));
  assert.ok(natives.length > 40, natives.join());
  const listener = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const fuzz: Orders = { seed: SEED, calls: CALLS, natives, port };
  const key = developmentKey();
  writeFileSync(join(folder, "provision.json"), JSON.stringify({ fuzz }));
  writeFileSync(join(folder, "keys"), spkiOf(key));
  writeFileSync(join(folder, "slot-a.flash"), buildImage({ payload, version: VERSION_1, key }));
  const child = spawn(RUNNER, ["--state", folder, ...HEAP], {
    env: ENVIRONMENT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let errors = "";
  child.stdout.on("data", (bytes: Buffer) => {
    out += bytes.toString("latin1");
  });
  child.stderr.on("data", (bytes: Buffer) => {
    errors += bytes.toString("latin1");
  });
  const [status] = (await once(child, "close")) as [number | null];
  listener.close();
  const again = `again: FUZZ_SEED=${SEED} FUZZ_CALLS=${CALLS}`;
  assert.deepEqual([status, errors], [0, ""], `${again}\n${errors}\n${out.slice(-2000)}`);
  const [, threw = "0"] = new RegExp(`\nfuzz: ${CALLS} calls, (\\d+) threw\n`).exec(out) ?? [];
  assert.ok(Number(threw) > CALLS / 10 && Number(threw) < CALLS, `${again}\n${out.slice(-2000)}`);
  assert.doesNotMatch(out, FOUND, again);
});
