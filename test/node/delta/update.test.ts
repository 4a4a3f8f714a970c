/** Whole updates by packages that are not the image itself, and servers that choose them. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { baseText, deltaPackage } from "../../rig/delta/package.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, type RigOptions, runsVersion } from "../../rig/rig.ts";
import type { Outcome } from "../../rig/server/campaign.ts";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { packageOf, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { Cli } from "../rig/cli.ts";

const LIMIT_MS = 240_000;
const folder = mkdtempSync(join(tmpdir(), "xs-fumo-delta-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const first = packageOf(BOARDS.sim, VERSION_1, 0);
const second = packageOf(BOARDS.sim, VERSION_2, 0);
/** An image that no device here runs. */
const strange = packageOf(BOARDS.sim, VERSION_1, 70_000);

interface Ended {
  readonly outcome: Outcome;
  readonly log: EventLog;
  /** Paths from which the device fetched something. */
  readonly fetched: readonly string[];
}

async function update(name: "sim" | "host", options: Partial<RigOptions>): Promise<Ended> {
  const log = new EventLog(name);
  const board = BOARDS[name];
  const rig = await Rig.open({
    board,
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    ...options,
  });
  try {
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    const paths = log.all("request").map(({ url }) => url);
    return { outcome, log, fetched: [...new Set(paths)] };
  } finally {
    await rig.close();
  }
}

for (const form of ["delta", "compressed"] as const) {
  for (const scenario of SCENARIOS)
    test(`sim: ${scenario} of a package that is ${form} ends with version 2`, async () => {
      const { outcome, log } = await update("sim", { scenario, form });
      ok(outcome.ok, outcome.text);
      ok(runsVersion(log, VERSION_2));
    });
}

test("host: a delta ends with version 2, in XS too", async () => {
  const { outcome, log } = await update("host", { form: "delta", scenario: "download" });
  ok(outcome.ok, outcome.text);
  ok(runsVersion(log, VERSION_2));
});

for (const scenario of SCENARIOS) {
  test(`${scenario}: a device that runs the base gets the delta, and nothing else`, async () => {
    const deltas = [
      { base: "00 1", data: new Uint8Array(9) },
      { base: baseText(first), data: deltaPackage(second, first) },
    ];
    const { outcome, fetched } = await update("sim", { scenario, offer: second, deltas });
    ok(outcome.ok, outcome.text);
    deepStrictEqual(fetched, scenario === "replace" ? [] : ["/delta/2"]);
  });

  test(`${scenario}: after a delta that is refused comes the whole image, once`, async () => {
    const rotten = deltaPackage(second, first);
    rotten.fill(0xff, rotten.length - 60);
    const data = scenario === "download" ? deltaPackage(second, strange) : rotten;
    const deltas = [{ base: baseText(first), data }];
    const { outcome, fetched, log } = await update("sim", { scenario, offer: second, deltas });
    ok(outcome.ok, outcome.text);
    ok(runsVersion(log, VERSION_2));
    deepStrictEqual(fetched, scenario === "replace" ? [] : ["/delta/1", "/package"]);
  });
}

test("a device that runs the base of no delta gets the whole image", async () => {
  const deltas = [{ base: "00 1", data: new Uint8Array(9) }];
  const { outcome, fetched } = await update("sim", { offer: second, deltas });
  ok(outcome.ok, outcome.text);
  deepStrictEqual(fetched, ["/package"]);
});

test("a whole image that is refused after a delta is the end", async () => {
  const deltas = [{ base: baseText(first), data: deltaPackage(second, strange) }];
  const offer = Buffer.from(second);
  offer[200] = (offer[200] ?? 0) ^ 1;
  const { outcome } = await update("sim", { offer, deltas });
  deepStrictEqual([outcome.ok, outcome.code], [false, 402]);
});

test("xs-fumo serve --delta-from makes deltas, and gives a device the one that fits", async () => {
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("v1.img"), first);
  writeFileSync(path("v0.img"), strange);
  writeFileSync(path("v2.img"), second);
  const server = new Cli([
    "serve",
    ...["--package", path("v2.img"), "--delta-from", path("v0.img"), path("v1.img")],
    ...["--limit", "200"],
  ]);
  try {
    const line = await server.line("DM server http", 1, LIMIT_MS);
    const url = /DM server (\S+),/.exec(line)?.[1] ?? "";
    const device = new Cli([
      "device",
      ...["--board", "sim", "--state", path("state"), "--server", url, "--server-id", "rig"],
    ]);
    const status = await server.until(server.ended, LIMIT_MS);
    await device.stop();
    strictEqual(status, 0, server.output + device.output);
    match(server.output, /GET \/delta\/2 /);
    ok(!server.output.includes("GET /package "));
  } finally {
    await server.stop();
  }
});

test("xs-fumo serve refuses a base that is no image", async () => {
  writeFileSync(join(folder, "text"), "text");
  writeFileSync(join(folder, "v2.img"), second);
  const cli = new Cli([
    ...["serve", "--package", join(folder, "v2.img"), "--delta-from", join(folder, "text")],
  ]);
  strictEqual(await cli.ended, 2);
  match(cli.errors, /the base is not an MCUboot image/);
});
