/**
 * HTTPS on hal/esp32, over the fake of ESP-IDF: DM and download from servers that the authority
 * vouches for, and from nobody else.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { esp32Fake } from "../../rig/boards/esp32fake.ts";
import { makeCertificate, type ServerCertificate } from "../../rig/certificate.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { developmentKey, packageOf, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { listen, secureServer } from "../listen.ts";

const LIMIT_MS = 300_000;

test("a whole update, DM and download over HTTPS", async () => {
  const log = new EventLog("esp32-fake");
  const rig = await Rig.open({
    board: esp32Fake,
    log,
    scenario: "download",
    size: 0,
    auth: "md5",
    https: true,
  });
  try {
    assert.ok(rig.origin.startsWith("https:"));
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    assert.ok(outcome.ok, outcome.text);
    assert.ok(runsVersion(log, VERSION_2));
    const { fullHandshakes, resumedHandshakes } = rig.traffic;
    const starts = log.all("boot").length;
    assert.equal(fullHandshakes, starts, "each start proves its server once");
    assert.ok(resumedHandshakes > 0, "the connections after that resume its session");
  } finally {
    await rig.close();
  }
});

const first = packageOf(esp32Fake, VERSION_1, 0);

/** One as a text, more as a list, as the provisioning may have them. */
function base64Of(certificates: readonly Uint8Array[]): string | readonly string[] {
  const texts = certificates.map((bytes) => Buffer.from(bytes).toString("base64"));
  const [only = ""] = texts;
  return texts.length === 1 ? only : texts;
}

/** What the device logs about one session with a server that never gets to see a request. */
async function attempt(
  context: TestContext,
  server: Server,
  ca: readonly Uint8Array[],
  seen = 0,
): Promise<readonly string[]> {
  let requests = 0;
  server.on("request", () => {
    requests++;
  });
  const port = await listen(context, server);
  const directory = mkdtempSync(join(tmpdir(), "esp32-tls-"));
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  esp32Fake.manufacture(directory, first, developmentKey());
  esp32Fake.provision(directory, {
    account: {
      serverId: "rig",
      address: `https://localhost:${port}/dm`,
      auth: "basic",
      name: "device",
      secret: "secret",
      serverAuth: "none",
      serverName: "",
      serverSecret: "",
    },
    keys: [],
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
    sessionAtBoot: true,
    once: true,
    ...(ca.length === 0 ? {} : { ca: base64Of(ca) }),
  });
  const log = new EventLog("esp32-fake");
  const device = esp32Fake.start(directory, log);
  const failed = new Promise<void>((resolve) => {
    log.view((event) => {
      if (/secure|vouches|provision:|"session"/.test(JSON.stringify(event))) resolve();
    });
  });
  await within(LIMIT_MS, "the refusal", Promise.race([failed, device.ended]));
  await device.kill();
  assert.equal(requests, seen, "credentials went to a server that nobody vouches for");
  return log.all("serial").map(({ line }) => line);
}

const good = makeCertificate({ host: "localhost" });
const secure = (certificate: ServerCertificate): Server =>
  secureServer(certificate, (_, response) => {
    response.end();
  });
const PAST = new Date(Date.now() - 1e9);
const EXPIRED = makeCertificate({
  host: "localhost",
  notAfter: PAST,
  notBefore: new Date(PAST.getTime() - 1e9),
});
const STRANGER = makeCertificate({ host: "example.org" });

for (const [what, make, ca] of [
  [
    "another authority vouches for it",
    () => secure(makeCertificate({ host: "localhost" })),
    [good.authority],
  ],
  [
    "a third authority vouches for it",
    () => secure(makeCertificate({ host: "localhost" })),
    [good.authority, makeCertificate({ host: "localhost" }).authority],
  ],
  ["its certificate has another name", () => secure(STRANGER), [STRANGER.authority]],
  ["its certificate is over", () => secure(EXPIRED), [EXPIRED.authority]],
  ["the device trusts no authority", () => secure(good), []],
  ["it speaks plain HTTP", () => createServer(), [good.authority]],
] as const) {
  test(`a server is refused before anything is sent: ${what}`, async (context) => {
    const lines = await attempt(context, make(), ca);
    assert.ok(
      lines.some((line) => /secure|vouches/.test(line)),
      lines.join("\n"),
    );
  });
}

test("either of two authorities vouches for a server, so servers can switch", async (context) => {
  const next = makeCertificate({ host: "localhost" });
  for (const certificate of [good, next])
    await attempt(context, secure(certificate), [good.authority, next.authority], 1);
});

for (const [what, ca, problem] of [
  ["no certificate", [Buffer.from("no certificate")], "ca: not the certificate of an authority"],
  ["an empty one, behind a good one", [good.authority, Buffer.alloc(0)], "ca[1]: not the"],
  ["a third one", [good, STRANGER, EXPIRED].map((one) => one.authority), "ca[2]: more than two"],
] as const) {
  test(`an untrusted authority stops the start and says why: ${what}`, async (context) => {
    const lines = await attempt(context, secure(good), ca);
    assert.ok(
      lines.some((line) => line.includes(`provision: ${problem}`)),
      lines.join("\n"),
    );
  });
}
