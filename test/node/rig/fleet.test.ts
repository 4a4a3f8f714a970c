/**
 * `xs-fumo serve` and many devices at once: whole clients on simulated boards, in this process,
 * over real connections. FLEET=200 says how many; the test prints what they took.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { randomFillSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { ResetCause } from "../../../hal/hal.ts";
import { Restarted } from "../../../hal/sim/boot.ts";
import { SimBoard } from "../../../hal/sim/board.ts";
import { SocketLink } from "../../../hal/sim/socket.ts";
import { parseProvision, type Provision } from "../../../src/account/provisioning.ts";
import { Client } from "../../../src/client/client.ts";
import { sim } from "../../rig/boards/sim.ts";
import { identityOf } from "../../rig/boards/simfirmware.ts";
import { SIM_SLOT, SIM_STORE } from "../../rig/boards/simgeometry.ts";
import type { Recorded } from "../../rig/events/event.ts";
import { spkiOf } from "../../rig/keys.ts";
import { developmentKey, packageOf, publicText, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { missingTools } from "../tools.ts";
import { Cli } from "./cli.ts";
import { freePort } from "./freeport.ts";

const COUNT = Number(process.env["FLEET"] ?? 200);
const LIMIT_MS = 600_000;
const LOOK_MS = 100;
/** Of the server, however many devices there are: Node takes some 100 of it. */
const MEBIBYTES_MAX = 400;
const PASSWORD = "a secret of the fleet";
/** The package has 65 KiB. */
const SLOT = { ...SIM_SLOT, blocks: 32 };
const MAKER = { vendorId: sim.vendorId, classId: sim.classId };

/** One device with power, until `isOver`. */
async function device(id: string, provision: Provision, isOver: () => boolean): Promise<void> {
  const link = new SocketLink();
  const board = new SimBoard({
    store: SIM_STORE,
    slot: SLOT,
    identity: identityOf(undefined, MAKER),
    link,
    keys: spkiOf(developmentKey()),
    clock: () => performance.now(),
    random: (bytes) => {
      randomFillSync(bytes);
    },
  });
  const slot = new Uint8Array(SLOT.blocks * SLOT.blockLength).fill(SLOT.eraseValue);
  slot.set(FIRST);
  board.slots[0].load(slot);
  for (let cause: ResetCause = "power"; !isOver(); cause = "restart")
    await boot(board, cause, link, { id, provision, isOver });
}

interface Unit {
  readonly id: string;
  readonly provision: Provision;
  readonly isOver: () => boolean;
}

/** From a boot to the next restart. */
async function boot(
  board: SimBoard,
  cause: ResetCause,
  link: SocketLink,
  { id, provision, isOver }: Unit,
): Promise<void> {
  const hal = board.start(cause);
  const running = hal.boot.running().slot === 0 ? board.slots[0] : board.slots[1];
  const identity = { ...identityOf(running, MAKER), DevId: id };
  try {
    const client = new Client({ ...hal, identity }, provision, {});
    while (!isOver()) {
      const next = client.step();
      // Others have their turn, also while this one could go on.
      await link.activity(Math.max(0, Math.min(next - hal.now(), 500)));
    }
  } catch (error) {
    if (!(error instanceof Restarted)) throw error;
  }
}

const FIRST = packageOf(sim, VERSION_1, 0);

/** The most memory that a process ever had, in MiB. */
function peakOf(pid: number): number {
  const [, kibibytes = "0"] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

/** The results in a log so far: its last line may not be whole yet. */
function resultsIn(log: string): readonly Extract<Recorded, { kind: "result" }>[] {
  const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
  return lines
    .map((line) => JSON.parse(line) as Recorded)
    .filter((event) => event.kind === "result");
}

test(`serve updates ${COUNT} devices at once, each once, in bounded memory`, {
  skip: missingTools("sim"),
  timeout: LIMIT_MS,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  const file = join(folder, "v2.img");
  const log = join(folder, "log.ndjson");
  writeFileSync(file, packageOf(sim, VERSION_2, 0));
  const port = await freePort();
  const account = ["--auth", "md5", "--user", "fleet", "--password", PASSWORD];
  const words = ["--package", file, "--port", `${port}`, "--object", "./FwUpdate/Main", "--stay"];
  const server = new Cli(["serve", ...words, ...account, "--quiet", "--log", log]);
  context.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const provision = parseProvision(
    JSON.stringify({
      account: {
        serverId: "rig",
        address: `http://127.0.0.1:${port}/dm`,
        auth: "md5",
        name: "fleet",
        secret: PASSWORD,
        serverAuth: "none",
      },
      keys: [publicText(developmentKey())],
      objects: ["Main"],
      allowHttp: true,
      allowPrivate: true,
      sessionAtBoot: true,
      pollSeconds: 5,
    }),
  );
  const started = performance.now();
  const done = (): number =>
    server.output.split("\n").filter((line) => / result /.test(line)).length;
  let over = false;
  const fleet = Array.from({ length: COUNT }, (_, index) =>
    device(`urn:uuid:fleet-${index}`, provision, () => over),
  );
  const all = server.wait(() => done() >= COUNT, LIMIT_MS);
  try {
    await Promise.race([all, Promise.all(fleet)]);
    // A log is written behind what is printed, and ends where its process is ended.
    while (resultsIn(log).length < COUNT) await setTimeout(LOOK_MS);
  } finally {
    over = true; // or the others go on after one has failed
  }
  const peak = peakOf(server.pid);
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(fleet);
  await server.stop();
  const results = resultsIn(log);
  deepStrictEqual([...new Set(results.map(({ code }) => code))], [200]);
  strictEqual(new Set(results.map(({ device: id }) => id)).size, COUNT);
  strictEqual(results.length, COUNT);
  context.diagnostic(`${COUNT} devices: ${seconds.toFixed(0)} s, server ${peak.toFixed(0)} MiB`);
  ok(peak > 0 && peak < MEBIBYTES_MAX, `${peak.toFixed(0)} MiB`);
});
