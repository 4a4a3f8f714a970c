/**
 * Whole updates of boards host and esp32-fake from servers that others have written: nginx, Apache
 * httpd and lighttpd as package hosts, haproxy and squid in front of DM server and package host.
 */
import { deepStrictEqual, ok } from "node:assert";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { esp32Fake } from "../../rig/boards/esp32fake.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { host } from "../../rig/boards/host.ts";
import { makeCertificate } from "../../rig/certificate.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, type RigOptions, runsVersion } from "../../rig/rig.ts";
import { packageOf, VERSION_2 } from "../../rig/workshop.ts";
import { freePort } from "../rig/freeport.ts";
import { apache, haproxy, type HostPlan, lighttpd, nginx, squid } from "./configurations.ts";
import {
  APACHE,
  type Daemon,
  HAPROXY,
  LIGHTTPD,
  missing,
  NGINX,
  Running,
  SQUID,
} from "./daemon.ts";

const LIMIT_MS = 240_000;
/** When the package was put on its host. */
const WRITTEN = new Date("2020-02-02T02:02:02Z");
const HOSTS = [
  { daemon: NGINX, configured: nginx },
  { daemon: APACHE, configured: apache },
  { daemon: LIGHTTPD, configured: lighttpd },
] as const;
const PROXIES = [
  { daemon: HAPROXY, configured: haproxy },
  { daemon: SQUID, configured: squid },
] as const;

const secret = makeCertificate({ host: "localhost" });
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that a server which gives up its rights may read and write. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "servers-"));
  folders.push(path);
  mkdirSync(join(path, "files"));
  chmodSync(path, 0o777);
  return path;
}

async function startHost(
  { daemon, configured }: { daemon: Daemon; configured: (plan: HostPlan) => string },
  offer: Uint8Array,
  how: Pick<HostPlan, "ranges" | "secure">,
): Promise<{ readonly running: Running; readonly port: number }> {
  const path = folder();
  const port = await freePort();
  const log = join(path, "access.log");
  const file = join(path, "files/package.bin");
  writeFileSync(file, offer);
  // Apache httpd has only a weak ETag for what has just changed, and nobody may resume by that.
  utimesSync(file, WRITTEN, WRITTEN);
  writeFileSync(join(path, "server.pem"), `${secret.certificate}${secret.key}`);
  const configuration = configured({ folder: path, port, log, ...how });
  return { running: await Running.start(daemon, path, configuration, port, log), port };
}

interface Update extends Partial<RigOptions> {
  readonly board: RigBoard;
  /** Its power is cut once, while it downloads. */
  readonly cut: boolean;
  /** What is changed in the rig before the device starts. */
  readonly before?: (rig: Rig) => Promise<void>;
}

/** An update that must succeed. */
async function updates({ cut, before, ...options }: Update): Promise<void> {
  const log = new EventLog(options.board.name);
  const rig = await Rig.open({
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    ...options,
  });
  try {
    await before?.(rig);
    rig.start();
    if (cut) {
      await log.first("progress");
      await rig.reset();
    }
    const outcome = await rig.finished(LIMIT_MS);
    const lines = log.all("serial").map(({ line }) => line);
    deepStrictEqual([outcome.ok, outcome.code], [true, 200], lines.slice(-20).join("\n"));
    ok(runsVersion(log, VERSION_2), "version 2 runs");
  } finally {
    await rig.close();
  }
}

function statuses(accesses: readonly string[]): readonly (string | undefined)[] {
  return accesses.map((line) => line.split(" ")[0]);
}

for (const server of HOSTS) {
  const { program } = server.daemon;
  const skip = missing(server.daemon);
  for (const ranges of [true, false]) {
    const how = ranges ? "goes on where it was" : "begins again";
    test(`${program}, ranges ${ranges ? "on" : "off"}: an update ${how} after a power cut`, {
      skip,
    }, async () => {
      const offer = packageOf(host, VERSION_2, 0);
      const { running, port } = await startHost(server, offer, { ranges, secure: false });
      try {
        const pkgURL = (): string => `http://localhost:${port}/package`;
        await updates({ board: host, offer, pkgURL, cut: true });
        const accesses = await running.ended();
        const first = accesses.filter((line) => !line.includes("bytes="));
        const second = accesses.filter((line) => line.includes("bytes="));
        deepStrictEqual(statuses(first), ["302", "200"], "the whole was asked for, and then cut");
        deepStrictEqual(statuses(second), ["302", ranges ? "206" : "200"]);
      } finally {
        await running.stop();
      }
    });
  }

  test(`${program} over HTTPS: an update by a redirect to a signed URL`, { skip }, async () => {
    const offer = packageOf(esp32Fake, VERSION_2, 0);
    const { running, port } = await startHost(server, offer, { ranges: true, secure: true });
    try {
      await updates({
        board: esp32Fake,
        offer,
        pkgURL: () => `https://localhost:${port}/package`,
        provision: { ca: secret.authority.toString("base64") },
        cut: false,
      });
      deepStrictEqual(statuses(await running.ended()), ["302", "200"]);
    } finally {
      await running.stop();
    }
  });
}

for (const { daemon, configured } of PROXIES) {
  const skip = missing(daemon) === false ? missing(NGINX) : missing(daemon);
  test(`an update through ${daemon.program} goes on after a power cut`, { skip }, async () => {
    const offer = packageOf(host, VERSION_2, 0);
    const [nginxHost] = HOSTS;
    const packages = await startHost(nginxHost, offer, { ranges: true, secure: false });
    const path = folder();
    const port = await freePort();
    let proxy: Running | undefined;
    try {
      await updates({
        board: host,
        offer,
        pkgURL: () => `http://localhost:${port}/files/package.bin`,
        cut: true,
        before: async (rig) => {
          const dmPort = Number(new URL(rig.origin).port);
          const log = join(path, "access.log");
          const plan = { folder: path, port, dmPort, hostPort: packages.port, log };
          proxy = await Running.start(daemon, path, configured(plan), port, log);
          const provision = join(rig.directory, "provision.json");
          const text = readFileSync(provision, "utf8");
          writeFileSync(provision, text.replace(`${rig.origin}/dm`, `http://localhost:${port}/dm`));
        },
      });
      deepStrictEqual(statuses(await packages.running.ended()), ["200", "206"]);
    } finally {
      await proxy?.stop();
      await packages.running.stop();
    }
  });
}
