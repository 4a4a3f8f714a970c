/**
 * A bit of the store of a host board that is wrong: in the flash, or in a value that earlier
 * firmware has copied, so that its sum is right. The device starts, meets its server, and stays up.
 */
import { ok, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { host } from "../../rig/boards/host.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import { listen, type Listening } from "../../rig/server/http.ts";
import { developmentKey, packageOf, publicText, VERSION_1 } from "../../rig/workshop.ts";
import { Chip } from "../store/chip.ts";

const LIMIT_MS = 120_000;
/** The geometry of store.flash (hal/host/board.ts). */
const STORE = { blocks: 16, blockLength: 4096, writeAlign: 16, eraseValue: 0xff };
const CREDENTIALS = { type: "md5", name: "device", secret: "device-secret" } as const;

const folder = mkdtempSync(join(tmpdir(), "damage-"));
const store = join(folder, "store.flash");
let listening: Listening;

before(async () => {
  const server = new DmServer({
    url: "http://127.0.0.1/dm",
    name: "rig",
    client: CREDENTIALS,
    server: { ...CREDENTIALS, name: "rig" },
  });
  listening = await listen((request) => server.handle(request));
  host.manufacture(folder, packageOf(host, VERSION_1, 0), developmentKey());
  host.provision(folder, {
    account: {
      serverId: "rig",
      address: `${listening.origin}/dm`,
      encoding: "xml",
      auth: "md5",
      name: "device",
      secret: "device-secret",
      serverAuth: "md5",
      serverName: "rig",
      serverSecret: "device-secret",
    },
    keys: [publicText(developmentKey())],
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
    sessionAtBoot: true,
    pollSeconds: 0,
    request: "none",
    once: true,
  });
  await start();
});

after(async () => {
  await listening.close();
  rmSync(folder, { recursive: true });
});

/** One start of the device, to the end of its session, which completes: what it said. */
async function start(): Promise<readonly string[]> {
  const log = new EventLog("host");
  const device = host.start(folder, log);
  const status = await within(LIMIT_MS, "the session", device.ended).finally(() => device.kill());
  const lines = log.all("serial").map(({ line }) => line);
  strictEqual(status, 0, lines.join("\n"));
  strictEqual(log.last("session")?.outcome, "completed", lines.join("\n"));
  strictEqual(lines.filter((line) => line.includes("reset by")).length, 1, lines.join("\n"));
  return lines;
}

/** The keys of rights and of the account, with their values. */
function values(content: Uint8Array): readonly (readonly [key: string, value: Uint8Array])[] {
  const opened = new Chip(STORE, content).open();
  const keys = opened.keys("").filter((key) => /^tree\.acl|account/.test(key));
  ok(keys.some((key) => key.startsWith("tree.acl")) && keys.length > 1, opened.keys("").join());
  return keys.map((key) => [key, opened.get(key) ?? new Uint8Array(0)]);
}

function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const result = bytes.slice();
  result[at] = (result[at] ?? 0) ^ mask;
  return result;
}

test("the start mends a wrong bit in an ACL or in the account", async () => {
  const before = readFileSync(store);
  for (const [key, value] of values(before)) {
    const at = before.lastIndexOf(value) + (value.length >> 1);
    ok(at > value.length >> 1, key);
    writeFileSync(store, flipped(before, at, 0x80));
    const lines = await start();
    ok(
      lines.some((line) => /corrected \d+ flipped bits/.test(line)),
      `${key}: ${lines.join("\n")}`,
    );
  }
  writeFileSync(store, before);
});

test("a wrong bit that earlier firmware copied stops neither start nor session", async () => {
  const before = readFileSync(store);
  for (const [key, value] of values(before)) {
    for (const mask of [0x80, 0x01]) {
      const chip = new Chip(STORE, before);
      chip.open().commit([[key, flipped(value, value.length >> 1, mask)]]);
      writeFileSync(store, chip.flash.bytes);
      await start();
    }
  }
});
