/**
 * A host of two addresses, the first of which is silent: the second is tried, on every board. What
 * the boards share with nobody is asked for by name: resolvers of the C library, of lwIP, of
 * ESP-IDF.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { root } from "../../root.ts";
import { type BareRow, ROWS } from "../../rig/boards/boards.ts";
import { BARE_IN_TURN } from "../../turn.ts";
import { build, cleanUp, Device as HostDevice, image as hostImage } from "../host/device.ts";
import { Device, image, key } from "../qemu/device.ts";
import { listen } from "../listen.ts";
import { missingTools } from "../tools.ts";
import { compile, compilePreload, GATEWAY, serveNames } from "./names.ts";

/** A program that hangs ends, and says what it has printed. */
const LIMIT_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), "addresses-"));
after(() => {
  rmSync(folder, { recursive: true });
  cleanUp();
});

const PRELOAD = compilePreload(folder);

function serve(context: TestContext): Promise<number> {
  return listen(
    context,
    createServer((_, response) => {
      response.setHeader("connection", "close").end("here");
    }),
  );
}

/** What a program prints that is preloaded with this library. */
async function printed(words: readonly [string, ...string[]]): Promise<string> {
  const [program, ...rest] = words;
  const child = spawn(program, rest, {
    env: { ...process.env, LD_PRELOAD: PRELOAD, NODE_TEST_CONTEXT: undefined },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (data: Buffer) => {
    out += data.toString();
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  return out;
}

test("board sim: if a host's first address is silent, the second is tried", async (context) => {
  const port = await serve(context);
  const program = join(root, "build/js/test/node/net/fetcher.js");
  equal(await printed([process.execPath, program, `http://two.test:${port}/`]), "fetch: 200\n");
});

test("board host: if a host's first address is silent, the second is tried", async (context) => {
  const port = await serve(context);
  build();
  const device = new HostDevice(hostImage(1), undefined);
  device.script({ "1.0.0 power": [`fetch http://two.test:${port}/`] });
  const out = await printed([...device.command()]);
  ok(out.includes("fetch: 200 4 bytes, here"), out);
});

/** Nobody of the emulated network has it. */
const NOBODY = "10.0.2.77";

/** Addresses of a host are tried in turn while they are silent, or refuse. */
async function triesInTurn(context: TestContext, { build }: BareRow): Promise<void> {
  const port = await serve(context);
  const names = {
    "one.test": { addresses: [GATEWAY] },
    "two.test": { addresses: [NOBODY, GATEWAY] },
    "alias.test": { addresses: [NOBODY, GATEWAY], alias: true },
    "short.test": { addresses: [GATEWAY, NOBODY], short: 3 },
    "many.test": { addresses: [NOBODY, "10.0.2.78", "10.0.2.79", GATEWAY, "10.0.2.80"] },
    "again.test": { addresses: [NOBODY, NOBODY, GATEWAY] },
  } as const;
  const device = new Device(image(1, key, undefined, build), undefined, build);
  context.after(() => {
    device.close();
  });
  const urls = Object.keys(names).map((name) => `http://${name}:${port}/`);
  const network = await serveNames(context, names, PRELOAD);
  device.script({ "1.0.0 power": [`fetch ${urls.join()}`] }, { network });
  const { lines } = await device.ran();
  const fetched = lines.filter((line) => line.startsWith("fetch: "));
  deepEqual(
    fetched.map((line) => line.split(",")[0]),
    urls.map(() => "fetch: 200 4 bytes"),
  );
}

for (const board of BARE_IN_TURN)
  test(
    `board ${board}: addresses are tried in turn while they are silent, or refuse`,
    {
      skip: missingTools(board),
    },
    (context) => triesInTurn(context, ROWS[board]),
  );

test("board esp32: a lookup gives every address of ESP-IDF's lwIP, none blank", () => {
  const headers = ["lwip/lwip/src/include", "lwip/port/include", "lwip/port/esp32xx/include"];
  const program = compile(
    join(folder, "lookups"),
    ...headers.flatMap((name) => ["-isystem", `test/esp32/idf/components/${name}`]),
    "-std=gnu11",
    "test/esp32/lookups.c",
    "hal/esp32/lookup.c",
  );
  const { stdout, status } = spawnSync(program, { encoding: "utf8" });
  deepEqual(stdout.trim().split("\n"), [
    "later: 10.0.0.1:443 10.0.0.2:443",
    "at once: 10.0.0.1:80",
    "four: 10.0.0.1:80 10.0.0.2:80 10.0.0.3:80 10.0.0.4:80",
    "nobody:",
    "given up:",
  ]);
  equal(status, 0);
});
