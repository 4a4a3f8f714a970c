/**
 * A device is given a second server over the air, meets it, and is updated by it: board host, whose
 * SHA-1 is native, and board sim.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, runsVersion } from "../../rig/rig.ts";
import { VERSION_2 } from "../../rig/workshop.ts";
import { Cli } from "./cli.ts";
import { freePort } from "./freeport.ts";

const LIMIT_MS = 300_000;

for (const [name, profile] of [
  ["sim", "dm"],
  ["host", "cp"],
  ["host", "dm"],
] as const) {
  test(`${name}: a bootstrap message (${profile}) adds a server, which updates`, async () => {
    const log = new EventLog(name);
    const pushPort = await freePort();
    const provision = {
      account: {
        serverId: "factory",
        address: "http://127.0.0.1:9/dm",
        auth: "none",
        name: "",
        secret: "",
        serverAuth: "none",
        serverName: "",
        serverSecret: "",
      },
      sessionAtBoot: false,
      pollSeconds: 0,
      pushPort,
      bootstrap: ["NETWORKID"],
      networkSecret: "shared",
    };
    const rig = await Rig.open({
      board: BOARDS[name],
      log,
      scenario: "download-and-update",
      size: 0,
      auth: "md5",
      provision,
    });
    try {
      rig.start();
      await rig.listening(LIMIT_MS);
      const cli = new Cli([
        "bootstrap",
        `${pushPort}`,
        "--profile",
        profile,
        "--server",
        `${rig.origin}/dm`,
        "--server-id",
        "rig",
        "--user",
        "device",
        "--password",
        "device-secret",
        "--server-password",
        "server-secret",
        "--network-secret",
        "shared",
      ]);
      strictEqual(await cli.ended, 0, cli.errors);
      const outcome = await rig.finished(LIMIT_MS);
      ok(outcome.ok, outcome.text);
      strictEqual(runsVersion(log, VERSION_2), true);
    } finally {
      await rig.close();
    }
  });
}

test("xs-fumo bootstrap writes the push that decode reads; usage is checked", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
  try {
    const words = [
      "bootstrap",
      "--server",
      "https://dm.example/",
      "--server-id",
      "x",
      "--password",
      "p",
    ];
    const whole = join(folder, "push");
    const wrong = [
      words,
      [...words, "--network-secret", "s"],
      [...words, "1", "--sec", "USERPIN"],
      [...words, "1", "--sec", "OTHER"],
    ];
    for (const each of wrong) strictEqual(await new Cli(each).ended, 2, each.join(" "));
    const good = new Cli([
      ...words,
      "--network-secret",
      "s",
      "-o",
      whole,
      "--document",
      join(folder, "document"),
    ]);
    strictEqual(await good.ended, 0, good.errors);
    const bytes = readFileSync(whole);
    const document = readFileSync(join(folder, "document"));
    deepStrictEqual(
      [bytes[1], bytes.subarray(bytes.length - document.length).equals(document)],
      [6, true],
    );
    const decoded = new Cli(["decode", join(folder, "document")]);
    deepStrictEqual(
      [await decoded.ended, decoded.output.includes("<LocURI>./Inbox</LocURI>")],
      [0, true],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
