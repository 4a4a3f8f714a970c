/**
 * Devices against a server that is none of ours, and a client that is none of ours against our
 * server, each in a process of its own.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BOARDS } from "../../rig/boards/boards.ts";
import { developmentKey, packageOf, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { Cli } from "./cli.ts";
import { StrangerClient } from "./stranger-client.ts";
import { StrangerServer } from "./stranger-server.ts";

const LIMIT_MS = 300_000;
const folder = mkdtempSync(join(tmpdir(), "stranger-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

for (const name of ["sim", "host"] as const) {
  test(`xs-fumo device on board ${name} is updated by a stranger's server`, async () => {
    const server = new StrangerServer({
      packageBytes: packageOf(BOARDS[name], VERSION_2, 0),
      user: "Aladdin",
      password: "open sesame",
      ownName: "stranger",
      ownPassword: "roses",
    });
    BOARDS[name].manufacture(
      join(folder, name),
      packageOf(BOARDS[name], VERSION_1, 0),
      developmentKey(),
    );
    const origin = await server.listen();
    const device = new Cli([
      "device",
      "--board",
      name,
      "--state",
      join(folder, name),
      "--server",
      `${origin}/dm`,
      "--server-id",
      "stranger",
      "--user",
      "Aladdin",
      "--password",
      "open sesame",
      "--auth",
      "basic",
      "--server-password",
      "roses",
      "--poll",
      "1",
      "--json",
    ]);
    try {
      strictEqual(await device.until(server.result, LIMIT_MS), "200");
      await device.wait(
        () => server.log.some((line) => line.startsWith("./DevDetail/FwV")),
        LIMIT_MS,
      );
      const report =
        "report org.openmobilealliance.dm.firmwareupdate.downloadandupdate ./FwUpdate/Main " +
        "correlated";
      ok(server.log.includes(report), server.log.join("\n"));
      ok(
        server.log.includes("Exec 202") && server.log.includes("package fetched"),
        server.log.join("\n"),
      );
      ok(
        server.log.includes("./DevDetail/FwV = 2.0.0") &&
          server.log.includes("./FwUpdate/Main/State = 100"),
        server.log.join("\n"),
      );
      strictEqual(server.log.filter((line) => line.startsWith("report")).length, 1);
    } finally {
      await device.stop();
      server.close();
    }
  });
}

for (const scenario of ["replace", "download", "download-and-update"] as const) {
  test(`xs-fumo serve updates a stranger's client: ${scenario}`, async () => {
    const data = packageOf(BOARDS.sim, VERSION_2, 0);
    const file = join(folder, "v2.img");
    writeFileSync(file, data);
    const serve = new Cli([
      "serve",
      "--package",
      file,
      "--scenario",
      scenario,
      "--auth",
      "basic",
      "--user",
      "Aladdin",
      "--password",
      "open sesame",
      "--limit",
      "300",
      "--json",
    ]);
    try {
      const [, url = ""] =
        /DM server (\S+),/.exec(await serve.line("DM server", 1, LIMIT_MS)) ?? [];
      const client = new StrangerClient({ server: url, name: "Aladdin", password: "open sesame" });
      await serve.until(client.update(), LIMIT_MS);
      if (scenario === "download") await serve.until(client.update(), LIMIT_MS);
      deepStrictEqual(client.received?.equals(data), true);
      strictEqual(await serve.ended, 0);
    } finally {
      await serve.stop();
    }
  });
}
