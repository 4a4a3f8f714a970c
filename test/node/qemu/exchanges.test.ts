/**
 * Whole answers of attackers, head and body, on the bare-metal board with the heap of the product:
 * every pair of what fills a message, before and after authentication, in both encodings; and a
 * number that seeded chance makes. EXCHANGES, EXCHANGES_SEED and EXCHANGES_ALL ask for more, for
 * others, and for each pair in both encodings. None may exhaust the heap, stop the client or get a
 * line into the log that is not one.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { buildImage } from "../../rig/image.ts";
import { spkiOf } from "../../rig/keys.ts";
import { VERSION_1 } from "../../rig/workshop.ts";
import { key, skip, TEST_NATIVES } from "./device.ts";
import { PEER_BYTES_MAX, URL_BYTES_MAX } from "../../../src/base/limits.ts";
import { KIND_NAMES } from "./exchange/elements.ts";
import { PAIRS } from "./exchange/plans.ts";

const EXCHANGES = Number(process.env.EXCHANGES ?? 120);
const SEED = Number(process.env.EXCHANGES_SEED ?? 1);
/** Every pair in both encodings, and not each in one of them. */
const ALL = process.env.EXCHANGES_ALL !== undefined;
const LIMIT_MS = 600_000;
const DONE = /^exchanges done: (\d+), (\d+) sessions/m;
const FAILED = /panic|out of memory|BAD: |uncaught|XS abort/;

/**
 * How the server is known: nobody of these can prove himself but to the one who asks for nothing.
 */
const KINDS_OF_SERVERS = {
  "a server that is not asked for proof": "none",
  "somebody in the place of a server with md5": "md5",
  "somebody in the place of a server with mac": "mac",
} as const;
type ServerAuth = (typeof KINDS_OF_SERVERS)[keyof typeof KINDS_OF_SERVERS];

let folder = "";
const images = new Map<string, Buffer>();
before(() => {
  folder = mkdtempSync(join(tmpdir(), "xs-fumo-exchanges-"));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a program of this folder prints, with that provisioning. */
function printed(name: string, provision: object): string {
  const image =
    images.get(name) ??
    buildImage({
      payload: riscv32.buildFirmware({
        name,
        version: name,
        entry: `test/node/qemu/${name}`,
        natives: TEST_NATIVES,
      }),
      version: VERSION_1,
      key,
    });
  images.set(name, image);
  const flash = join(folder, "flash.bin");
  const told = join(folder, "told");
  const text = JSON.stringify(provision);
  writeFileSync(flash, riscv32.makeFlash({ keys: [spkiOf(key)], provision: text }, image));
  // To a file: of a pipe whose reader is slow the emulator drops bytes.
  const words = riscv32
    .machineOptions(flash)
    .map((word) => (word === "stdio" ? `file:${told}` : word));
  // Time is counted in instructions, and the watchdog with it: the machine may be slow.
  spawnSync(riscv32.emulator, [...words, "-icount", "shift=0,sleep=off"], {
    stdio: "ignore",
    timeout: LIMIT_MS,
  });
  return readFileSync(told, "latin1");
}

function run(serverAuth: ServerAuth, exchanges: object): string {
  return printed("exchanges", {
    account: {
      serverId: "rig",
      address: "http://127.0.0.1/dm",
      auth: serverAuth === "none" ? "none" : "md5",
      name: "device",
      secret: "device-secret",
      serverAuth,
      serverName: "rig",
      serverSecret: "server-secret",
    },
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
    sessionAtBoot: true,
    pollSeconds: 1,
    answers: ["yes"],
    exchanges,
  });
}

function check(output: string, count: number): void {
  const lines = output.split("\n");
  const failed = lines.findIndex((line) => FAILED.test(line));
  const context = lines.slice(Math.max(0, failed - 6), failed < 0 ? undefined : failed + 4);
  assert.equal(failed, -1, context.join("\n"));
  const [, exchanges, sessions] = DONE.exec(output) ?? [];
  assert.equal(Number(exchanges), count, lines.slice(-6).join("\n"));
  assert.ok(Number(sessions) > count / 20, `${sessions} sessions`);
}

test("what a message takes of the heap is no more than what it is charged", { skip }, () => {
  const lines = printed("costs", {}).split("\n");
  const costs = lines.map((line) => /^cost (\w+ \w+) (\d+) (\d+)/.exec(line)).filter((one) => one);
  assert.equal(costs.length, 2 * KIND_NAMES.length, lines.join("\n"));
  for (const cost of costs) {
    const [, what = "", taken = "", charged = ""] = cost ?? [];
    assert.ok(Number(taken) <= Number(charged), `${what} takes ${taken}, charged ${charged}`);
    assert.ok(Number(charged) > PEER_BYTES_MAX / 2, `${what} is charged ${charged} only`);
  }
});

for (const [who, auth] of Object.entries(KINDS_OF_SERVERS)) {
  if (auth !== "mac")
    test(`no pair of what fills a message, from ${who}, exhausts the heap`, { skip }, () => {
      const count = PAIRS * (ALL ? 2 : 1);
      const order = ALL ? {} : { encodings: auth === "none" ? "xml" : "wbxml" };
      check(run(auth, { from: 0, to: count, ...order }), count);
    });

  test(`no answer that chance makes, from ${who}, exhausts the heap: seed ${SEED}`, {
    skip,
  }, () => {
    check(run(auth, { seed: SEED, from: 0, to: EXCHANGES }), EXCHANGES);
  });
}

test("no pair exhausts the heap while a package at the longest URL is waited for", {
  skip,
}, () => {
  const count = PAIRS * (ALL ? 2 : 1);
  const order = ALL ? {} : { encodings: "xml" };
  check(run("none", { from: 0, to: count, urlBytes: URL_BYTES_MAX, ...order }), count);
});
