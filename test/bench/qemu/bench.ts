/**
 * `npm run bench -- --board qemu`: what the bare-metal board spends, in instructions (QEMU -icount:
 * exact, not cycles), bytes of RAM
 * and of the image, beside the targets. Exit status 1 when a target is missed.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  buildFirmware,
  EMULATOR,
  machineOptions,
  makeFlash,
} from "../../hal/qemu-riscv32/build.ts";
import type { RigBoard } from "../rig/boards/board.ts";
import { qemu } from "../rig/boards/qemu.ts";
import { DeviceProcess, within } from "../rig/device.ts";
import { EventLog } from "../rig/events.ts";
import { root } from "../root.ts";
import { buildImage } from "../rig/image.ts";
import { imageParts } from "./imageparts.ts";
import { spkiOf } from "../rig/keys.ts";
import { Rig } from "../rig/rig.ts";
import type { Encoding } from "../../src/session/encoding.ts";
import { DmServer } from "../rig/server/dm-server.ts";
import { listen } from "../rig/server/http.ts";
import type { ScenarioName } from "../rig/server/scenario.ts";
import { developmentKey, packageOf, publicText, VERSION_1, VERSION_2 } from "../rig/workshop.ts";

const LIMIT_MS = 300_000;
const FLOOR_BYTES = 1 << 18;
const COUNTING = ["-icount", "shift=0"];
const M = 1e6;
const KIB = 1024;
/** What an update over HTTP must leave. */
const RAM_SPARE_KIB = 32;

let missed = 0;

/** One line of the report; `target` is the most that it may be, or the least when `isLeast`. */
function report(what: string, value: number, unit: string, target?: number, isLeast = false): void {
  const number = numberText(value);
  const isMissed = target !== undefined && !(isLeast ? value >= target : value <= target);
  if (isMissed) missed++;
  const goal = target ?? 0;
  const bound = `at ${isLeast ? "least" : "most"} ${Math.round(goal)}`;
  const verdict =
    target === undefined
      ? ""
      : !isMissed
        ? `ok: ${bound}`
        : `MISSED by ${numberText(Math.abs(value - goal))} ${unit}: ${bound}, ${(value / goal).toFixed(2)} times`;
  process.stdout.write(`${what.padEnd(48)}${number.padStart(10)} ${unit.padEnd(14)}${verdict}\n`);
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/**
 * A device whose serial lines come with the instructions that were spent before them; resets start
 * at 0 again.
 */
class Counted {
  readonly log = new EventLog("qemu");
  readonly lines: { readonly text: string; readonly instructions: number }[] = [];
  #now = 0;

  constructor() {
    this.log.view((event) => {
      if (event.kind !== "serial") return;
      const count = /^instructions (\d+)/.exec(event.line)?.[1];
      if (count === undefined)
        this.lines.push({ text: event.line.trimEnd(), instructions: this.#now });
      else this.#now = Number(count);
    });
  }

  /** Instructions before the first line like this one, after the line at `from`. */
  at(pattern: RegExp, from = 0): number {
    return this.lines.slice(from).find(({ text }) => pattern.test(text))?.instructions ?? NaN;
  }

  find(pattern: RegExp): number {
    return this.lines.findIndex(({ text }) => pattern.test(text));
  }

  figure(pattern: RegExp): number {
    return Math.max(
      ...this.lines
        .map(({ text }) => Number(pattern.exec(text)?.[1] ?? NaN))
        .filter((value) => !Number.isNaN(value)),
    );
  }
}

const counted: RigBoard = {
  ...qemu,
  start(directory, log) {
    return new DeviceProcess(
      EMULATOR,
      [...machineOptions(join(directory, "flash.bin")), ...COUNTING],
      log,
    );
  },
};

/** A program of the bench on the board: what it prints. */
async function run(name: string, provision: object): Promise<Counted> {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const key = developmentKey();
    const payload = buildFirmware({ name, version: name, entry: `test/bench/${name}` });
    const image = buildImage({ payload, version: VERSION_1, key });
    const text = JSON.stringify(provision);
    writeFileSync(
      join(directory, "flash.bin"),
      makeFlash({ keys: [spkiOf(key)], provision: text }, image),
    );
    const log = new Counted();
    await within(LIMIT_MS, name, counted.start(directory, log.log).ended);
    return log;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function floor(): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).end(Buffer.alloc(FLOOR_BYTES, 0x5a));
  });
  try {
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    const log = await run("floor", { length: FLOOR_BYTES, port });
    let sum = 0;
    for (const part of ["receive", "sha256", "program"]) {
      const each = log.figure(new RegExp(`^floor ${part} (\\d+)`)) / FLOOR_BYTES;
      report(`floor: ${part}, in C`, each, "a byte");
      sum += each;
    }
    report("floor: together", sum, "a byte");
    return sum;
  } finally {
    server.close();
  }
}

const MESSAGES: readonly (readonly [name: string, what: string])[] = [
  ["gets", "ten Gets"],
  ["answers", "Status and Results of ten Gets"],
  ["chunk", "a chunk of a package"],
];

/** What a byte of a message costs to write and to read, and what both codecs take of the heap. */
async function codecs(): Promise<void> {
  const { lines } = await run("codec", {});
  for (const encoding of ["xml", "wbxml"]) {
    for (const [name, what] of MESSAGES) {
      const figures = new RegExp(`^codec ${name} ${encoding} (\\d+) (\\d+) (\\d+)`);
      const found = lines.map(({ text }) => figures.exec(text)).find((each) => each !== null);
      const [length, written, read] = (found ?? []).slice(1).map(Number) as [
        number,
        number,
        number,
      ];
      report(`${encoding}, ${what}: length`, length, "bytes");
      report(`${encoding}, ${what}: written`, written / length, "a byte");
      report(`${encoding}, ${what}: read`, read / length, "a byte");
    }
  }
  const heap = lines
    .map(({ text }) => /^codec heap (\d+) (\d+) (\d+)/.exec(text))
    .find((each) => each !== null);
  report(
    "both codecs and these messages: slots at most",
    Number(heap?.[1]),
    `of ${heap?.[2] ?? "?"} bytes`,
  );
  report("both codecs and these messages: chunks at most", Number(heap?.[3]), "bytes");
}

/** A whole update. */
async function update(
  scenario: ScenarioName,
  https: boolean,
  encoding: Encoding = "xml",
): Promise<Counted> {
  const log = new Counted();
  const rig = await Rig.open({
    board: counted,
    log: log.log,
    scenario,
    size: 0,
    auth: "basic",
    https,
    encoding,
    provision: { countInstructions: true },
  });
  try {
    rig.start();
    await rig.finished(LIMIT_MS);
  } finally {
    await rig.close();
  }
  return log;
}

/** `from`: the line after which the package comes. */
async function transfer(
  scenario: ScenarioName,
  from: RegExp,
  lowest: number,
  bytes: number,
): Promise<void> {
  const log = await update(scenario, false);
  report(
    `${scenario}: received, in flash, verified`,
    spent(log, from) / bytes,
    "a byte",
    1.5 * lowest,
  );
  report(`${scenario}: slots that live at most`, log.figure(/left at most (\d+) slots/), "slots");
  report(
    `${scenario}: chunks that live at most`,
    log.figure(/slots, (\d+) bytes of chunks/),
    "bytes",
  );
  memory(scenario, log);
  report(`${scenario}: RAM to spare, of 320 KiB`, spareKiB(log), "KiB", RAM_SPARE_KIB, true);
  report(`${scenario}: flash operations`, log.figure(/(\d+) flash operations/), "operations");
}

/** From the line that says that a package comes to the State that says that it is good. */
function spent(log: Counted, from: RegExp): number {
  return log.at(/State 50 /, log.find(from)) - log.at(from);
}

/** What the parts in C take at most. */
function memory(what: string, log: Counted): void {
  report(
    `${what}: C stack at most, of 24 KiB`,
    log.figure(/at most (\d+) bytes of C stack/),
    "bytes",
  );
  report(`${what}: lwIP's heap at most`, log.figure(/(\d+) of lwIP's heap/), "bytes");
  report(`${what}: lwIP's pools at most`, log.figure(/(\d+) of its pools/), "bytes");
}

/** The least of all starts. */
function spareKiB(log: Counted): number {
  const spare = log.lines.map(({ text }) =>
    Number(/(\d+) bytes of RAM to spare/.exec(text)?.[1] ?? NaN),
  );
  return Math.min(...spare.filter((value) => !Number.isNaN(value))) / KIB;
}

/** What TLS takes: the difference that it makes to an update. */
async function secure(): Promise<void> {
  const plain = spareKiB(await update("download", false));
  const log = await update("download", true);
  const left = spareKiB(log);
  memory("HTTPS, download", log);
  report("HTTPS, download: TLS at most", plain - left, "KiB");
  report("HTTPS, download: RAM to spare, of 320 KiB", left, "KiB");
}

/** A session of packages 1 to 4 in which the server asks for ten values. */
async function session(encoding: Encoding, target: number): Promise<void> {
  const log = new Counted();
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  const uris = [
    "DevInfo/DevId",
    "DevInfo/Man",
    "DevInfo/Mod",
    "DevInfo/DmV",
    "DevInfo/Lang",
    "DevDetail/FwV",
    "DevDetail/SwV",
    "DevDetail/HwV",
    "DevDetail/OEM",
    "FwUpdate/Main/State",
  ];
  const operations = uris.map((uri) => ({
    name: "Get" as const,
    uri: `./${uri}`,
    accept: "any" as const,
  }));
  const steps = [{ kind: "send" as const, operations }];
  const proof = (name: string): { type: "basic"; name: string; secret: string } => ({
    type: "basic",
    name,
    secret: "secret",
  });
  let server: DmServer | undefined;
  const listening = await listen((request) => {
    if (server === undefined) throw new Error("a request before the server is there");
    return server.handle(request);
  });
  server = new DmServer({
    url: `${listening.origin}/dm`,
    name: "rig",
    client: proof("device"),
    server: proof("rig"),
    faults: [],
    emit: () => undefined,
    scenario: () => ({ name: "gets", object: "./FwUpdate/Main", steps, closing: [] }),
  });
  try {
    qemu.manufacture(directory, packageOf(qemu, VERSION_1, 0), developmentKey());
    qemu.provision(directory, {
      account: {
        serverId: "rig",
        address: `${listening.origin}/dm`,
        encoding,
        auth: "basic",
        name: "device",
        secret: "secret",
        serverAuth: "basic",
        serverName: "rig",
        serverSecret: "secret",
      },
      keys: [publicText(developmentKey())],
      objects: ["Main"],
      allowHttp: true,
      allowPrivate: true,
      sessionAtBoot: true,
      once: true,
      countInstructions: true,
    });
    await within(LIMIT_MS, "the session", counted.start(directory, log.log).ended);
  } finally {
    await listening.close();
    rmSync(directory, { recursive: true, force: true });
  }
  const idle = log.at(/State 10 /);
  const first = log.at(/sent message 1 /);
  const end = log.at(/session \w+ completed/);
  report(`session with ten Gets, ${encoding}`, (end - idle) / M, "M", target);
  if (encoding === "xml") report("boot to first package", first / M, "M", 120);
}

/** All of it. */
export async function bench(): Promise<void> {
  const payload = qemu.firmware(VERSION_2, 0).length;
  const binary = sizeOf("firmware-2.0.0.bin");
  const blob = sizeOf("firmware-2.0.0.blob");
  report("image", payload / KIB, "KiB", 768);
  report("image: engine, libraries, board", (binary - blob) / KIB, "KiB");
  for (const [part, bytes] of imageParts(
    readFileSync(join(root, "build/qemu/firmware-2.0.0.map"), "utf8"),
  )) {
    report(`image: of these ${part}`, bytes / KIB, "KiB");
  }
  report("image: bytecode", blob / KIB, "KiB");
  report("image: loaded modules (a shared machine)", (payload - binary) / KIB, "KiB");
  const lowest = await floor();
  await codecs();
  await transfer("download", /update: downloading/, lowest, payload);
  await transfer("replace", /receiving/, lowest, payload);
  const inWbxml = spent(await update("replace", false, "wbxml"), /receiving/) / payload;
  report("replace in WBXML: received, in flash, verified", inWbxml, "a byte", 1.5 * lowest);
  await secure();
  await session("xml", 25);
  await session("wbxml", 15);
  process.exitCode = missed > 0 ? 1 : 0;
}

function sizeOf(name: string): number {
  return statSync(join(root, "build/qemu", name)).size;
}
