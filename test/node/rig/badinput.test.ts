/**
 * The bad inputs that matter most, on the real engine and over real HTTP (board host);
 * test/simulation has all of them.
 */
import { deepStrictEqual, ok } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { EventLog } from "../../rig/events/log.ts";
import { CLASS_ID, VENDOR_ID } from "../../rig/identity.ts";
import { buildImage, type ImageContent } from "../../rig/image.ts";
import { generateKey } from "../../rig/keys.ts";
import { Rig, type RigOptions, runsVersion } from "../../rig/rig.ts";
import type { Fault, HostFault } from "../../rig/server/fault.ts";
import { SCENARIOS, type ScenarioName } from "../../rig/server/scenario.ts";
import { developmentKey, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { prebuilt } from "./prebuilt.ts";

const folder = mkdtempSync(join(tmpdir(), "badinput-"));
const board = prebuilt(folder);
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function offer(content: Partial<ImageContent> = {}): Buffer {
  return buildImage({
    payload: board.firmware(VERSION_2, 0),
    version: VERSION_2,
    securityCounter: 2,
    vendorId: VENDOR_ID,
    classId: CLASS_ID.host,
    key: developmentKey(),
    ...content,
  });
}

function damaged(): Buffer {
  const bytes = offer();
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  return bytes;
}

async function update(
  scenario: ScenarioName,
  options: Partial<RigOptions>,
): Promise<{ readonly code: number; readonly log: EventLog }> {
  const log = new EventLog("host");
  const rig = await Rig.open({ board, log, scenario, size: 0, auth: "md5", ...options });
  try {
    rig.start();
    return { code: (await rig.finished(300_000)).code, log };
  } catch (error) {
    throw new Error(
      `${String(error)}\n${log
        .all("serial")
        .slice(-20)
        .map(({ line }) => line)
        .join("\n")}`,
    );
  } finally {
    await rig.close();
  }
}

const PACKAGES: readonly (readonly [name: string, code: number, bytes: () => Buffer])[] = [
  ["damaged by one bit", 402, damaged],
  ["for another board", 403, () => offer({ classId: CLASS_ID.sim })],
  ["without a signature", 404, () => offer({ key: undefined })],
  ["signed by a stranger", 404, () => offer({ key: generateKey("ed25519") })],
  ["without a security counter", 405, () => offer({ securityCounter: undefined })],
];

for (const [name, code, bytes] of PACKAGES) {
  test(`board host: a package ${name}: ${code}, whichever way, and version 1 runs on`, async () => {
    for (const scenario of SCENARIOS) {
      const { code: reported, log } = await update(scenario, { offer: bytes() });
      deepStrictEqual(
        [reported, runsVersion(log, VERSION_1), log.all("boot").length],
        [code, true, 1],
        scenario,
      );
    }
  });
}

const ALWAYS = 1_000_000;
const HOSTS: readonly (readonly [name: string, code: number, faults: readonly HostFault[]])[] = [
  ["401 to a download", 406, [{ what: "status", status: 401, at: 1, times: ALWAYS }]],
  ["404 to a download", 412, [{ what: "status", status: 404, at: 1, times: ALWAYS }]],
  ["a redirect in a circle", 411, [{ what: "redirect", to: "/package", at: 1, times: ALWAYS }]],
  ["more bytes than the package has", 402, [{ what: "overlong", bytes: 9, at: 1, times: ALWAYS }]],
  [
    "a connection that closes half-way, once, then 200 to a Range",
    200,
    [
      { what: "truncate", bytes: 30_000, at: 1 },
      { what: "wholeAnswer", at: 2 },
    ],
  ],
  ["a body without a length", 200, [{ what: "noLength", at: 1, times: ALWAYS }]],
];

for (const [name, code, hostFaults] of HOSTS) {
  test(`board host: ${name}: ${code}`, async () => {
    const { code: reported, log } = await update("download-and-update", { hostFaults });
    deepStrictEqual(
      [reported, runsVersion(log, code === 200 ? VERSION_2 : VERSION_1)],
      [code, true],
    );
  });
}

/** A header as servers send UTF-8 in it. */
const raw = (value: string): string => Buffer.from(value).toString("latin1");

test("board host: five relative redirects with blanks, braces and UTF-8: 200", async () => {
  const locations = ["x/../../package?1", "/package?a b", "/package?{id}|[x]", "./package?ü", "?5"];
  const { code, log } = await update("download", {
    hostFaults: locations.map((to, index) => ({ what: "redirect", to: raw(to), at: index + 1 })),
  });
  deepStrictEqual([code, runsVersion(log, VERSION_2)], [200, true]);
  deepStrictEqual(
    log.all("request").map(({ url }) => url),
    [
      "/package",
      "/package?1",
      "/package?a%20b",
      "/package?%7Bid%7D%7C%5Bx%5D",
      "/package?%C3%BC",
      "/package?5",
    ],
  );
});

test("board host: white space around PkgURL, and another spelling of it: 200", async () => {
  for (const pkgURL of [
    (url: string) => `\n  ${url} `,
    (url: string) => url.replace("http", "HTTP").replace("/package", "/a/../package#part"),
  ]) {
    const { code, log } = await update("download-and-update", { pkgURL });
    deepStrictEqual([code, runsVersion(log, VERSION_2)], [200, true]);
  }
});

test("board host: a private plain-http DM server needs leave in the provisioning", async () => {
  const log = new EventLog("host");
  const provision = { allowHttp: false };
  const options = { board, log, scenario: "replace", size: 0, auth: "basic", provision } as const;
  const rig = await Rig.open(options);
  try {
    rig.start();
    const said = (): boolean =>
      log
        .all("serial")
        .some(({ line }) => line.includes("no session with server rig: its address"));
    for (let look = 0; look < 3000 && !said(); look++) await setTimeout(100);
    ok(said());
    ok(log.all("serial").some(({ line }) => line.includes("account of server rig: its address")));
    deepStrictEqual(log.all("message"), []);
  } finally {
    await rig.close();
  }
});

const FAULTS: readonly Fault[] = [
  { what: "malformed", at: 4 },
  { what: "wrongMsgRef", at: 4 },
  { what: "oversize", bytes: 20_000, at: 4 },
  { what: "drop", at: 4 },
  { what: "wrongCredentials", at: 2 },
  { what: "restart", at: 5 },
  { what: "duplicate", at: 4 },
  { what: "status", status: 500, at: 3 },
];

for (const fault of FAULTS) {
  test(`board host: a DM server with the fault "${fault.what}", once: 200`, async () => {
    const { code, log } = await update("replace", { faults: [fault] });
    deepStrictEqual([code, runsVersion(log, VERSION_2)], [200, true]);
    ok(log.all("fault").length > 0, "the fault has happened");
  });
}
