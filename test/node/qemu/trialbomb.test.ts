/**
 * Whoever answers in the server's place while an image is on trial on the bare-metal board: a
 * genuine image is not lost to a message that resets the board.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import type { DeviceProvision } from "../../rig/boards/board.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { buildImage } from "../../rig/image.ts";
import { DmServer } from "../../rig/server/dm-server.ts";
import { PackageHost } from "../../rig/server/package-host.ts";
import { scenarioOf } from "../../rig/server/scenario.ts";
import { developmentKey, packageOf, publicText, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { rigBoard, skip } from "./device.ts";

const LIMIT_MS = 300_000;
const OBJECT = "./FwUpdate/Main";
const PASSWORDS = { name: "device", secret: "device-secret" };
const SERVER = { name: "rig", secret: "server-secret" };
const XML = "application/vnd.syncml.dm+xml";

/** What somebody answers to the first message of a trial. */
interface Bomb {
  readonly status: number;
  readonly body: (sessionID: string, device: string) => string;
}

/** Version 2, which dies of a 418. */
function fragile(): Buffer {
  const payload = riscv32.buildFirmware({
    name: "fragile",
    version: "fragile",
    entry: "test/node/qemu/fragile",
  });
  const { vendorId, classId } = rigBoard;
  const key = developmentKey();
  return buildImage({ payload, version: VERSION_2, securityCounter: 1, vendorId, classId, key });
}

/** References of four kilobytes in a Status, from nobody. */
function longStatus(sessionID: string, device: string): string {
  const head =
    `<VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>${sessionID}</SessionID><MsgID>` +
    `1</MsgID>` +
    `<Target><LocURI>${device}</LocURI></Target><Source><LocURI>x</LocURI></Source>`;
  const status = (message: number, command: number): string =>
    `<Status><CmdID>1</CmdID><MsgRef>${"m".repeat(message)}</MsgRef><CmdRef>` +
    `${"c".repeat(command)}</CmdRef>` +
    "<Cmd>Get</Cmd><Data>200</Data></Status>";
  const body = `${status(4090, 4090)}${status(3000, 1)}<Final/>`;
  return (
    `<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr>${head}</SyncHdr><SyncBody>` +
    `${body}</SyncBody></SyncML>`
  );
}

/**
 * A genuine update, but that the first message of the first trial is answered with the bomb: the
 * result that the server is told, and the lines of the console.
 */
async function update(
  context: TestContext,
  offer: Buffer,
  bomb: Bomb,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const log = new EventLog("qemu");
  const serial = (): readonly string[] => log.all("serial").map(({ line }) => line);
  const onTrial = (): boolean =>
    serial()
      .filter((line) => line.includes("boot: slot"))
      .at(-1)
      ?.includes("on trial") === true;
  const host = new PackageHost({ data: offer });
  let dm: DmServer | undefined;
  let thrown = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request
      .on("data", (part: Buffer) => parts.push(part))
      .on("end", () => {
        const { method = "", url = "", headers } = request;
        const body = Buffer.concat(parts);
        const text = body.toString("latin1");
        if (url.startsWith("/dm") && thrown === 0 && onTrial()) {
          thrown++;
          const [, session = ""] = /<SessionID>(\w+)</.exec(text) ?? [];
          const [, device = ""] = /<Source><LocURI>([^<]+)</.exec(text) ?? [];
          response.writeHead(bomb.status, { "content-type": XML }).end(bomb.body(session, device));
          return;
        }
        const asked = { method, url, headers: new Map(flat(headers)), body };
        const reply = url.startsWith(host.path) ? host.handle(asked) : dm?.handle(asked);
        for (const [name, value] of reply?.headers ?? []) response.setHeader(name, value);
        response.writeHead(reply?.status ?? 500).end(reply?.body);
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const origin = `http://10.0.2.2:${(server.address() as AddressInfo).port}`;
  const directory = mkdtempSync(join(tmpdir(), "xs-fumo-trial-"));
  context.after(() => {
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const told = new Promise<number>((resolve) => {
    dm = new DmServer({
      url: `${origin}/dm`,
      name: SERVER.name,
      client: { type: "md5", ...PASSWORDS },
      server: { type: "md5", ...SERVER },
      emit: (event) => {
        if (event.kind === "alert") resolve(Number(event.data));
      },
      scenario: () =>
        scenarioOf("download-and-update", {
          object: OBJECT,
          data: offer,
          url: `${origin}${host.path}`,
          correlator: "bomb",
        }),
    });
  });
  rigBoard.manufacture(directory, packageOf(rigBoard, VERSION_1, 0), developmentKey());
  rigBoard.provision(directory, provisionOf(`${origin}/dm`));
  const device = rigBoard.start(directory, log, false);
  const code = await within(LIMIT_MS, "the report", told).finally(() => device.kill());
  assert.equal(thrown, 1, "nobody has answered in the server's place");
  return { code, lines: serial() };
}

function flat(headers: NodeJS.Dict<string | string[]>): [string, string][] {
  return Object.entries(headers).map(([name, value = ""]) => [name, String(value)]);
}

function provisionOf(address: string): DeviceProvision {
  return {
    account: {
      serverId: "rig",
      address,
      encoding: "xml",
      auth: "md5",
      ...PASSWORDS,
      serverAuth: "md5",
      serverName: SERVER.name,
      serverSecret: SERVER.secret,
    },
    keys: [publicText(developmentKey())],
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
    sessionAtBoot: true,
    pollSeconds: 5,
    request: "none",
    once: false,
  };
}

const trials = (lines: readonly string[]): number =>
  lines.filter((line) => line.includes("boot: slot") && line.includes("on trial")).length;

test("a message that exhausts the heap costs a trial, and the update succeeds", {
  skip,
}, async (context) => {
  const { code, lines } = await update(context, fragile(), { status: 418, body: () => "" });
  assert.ok(
    lines.some((line) => /XS abort 1: out of memory/.test(line)),
    "the board was not reset",
  );
  assert.deepEqual([code, trials(lines)], [200, 2], lines.slice(-40).join("\n"));
  assert.ok(lines.some((line) => line.includes("no verdict on the image")));
});

test("references of 4 KB from a stranger cost a trial at most, and the update succeeds", {
  skip,
}, async (context) => {
  const offer = packageOf(rigBoard, VERSION_2, 0);
  const { code, lines } = await update(context, offer, { status: 200, body: longStatus });
  assert.equal(code, 200, lines.slice(-40).join("\n"));
});
