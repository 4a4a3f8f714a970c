/**
 * The program of board `sim`: the client on a simulated board whose flash is in the files of a
 * directory. A process that is killed has lost its power; Boot.restart starts the client again in
 * the same process.
 */
import { randomFillSync } from "node:crypto";
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { Link, LogLevel, ResetCause } from "../../hal/hal.ts";
import { Restarted } from "../../hal/sim/boot.ts";
import type { SimBoard } from "../../hal/sim/board.ts";
import { boardInDirectory } from "../../hal/sim/files.ts";
import { UdpPort } from "../../hal/sim/datagrams.ts";
import { SocketLink } from "../../hal/sim/socket.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { Client } from "../../src/client/client.ts";
import { parseProvision } from "../../src/account/provisioning.ts";
import { TypedAnswers } from "../../src/user/typed.ts";
import { faultOf, identityOf } from "./boards/simfirmware.ts";
import { SIM_SLOT, SIM_STORE } from "./boards/simgeometry.ts";

const LETTERS: { readonly [L in LogLevel]: string } = {
  error: "E",
  warning: "W",
  info: "I",
  debug: "D",
};

const directory = process.argv[2] ?? ".";
const text = readFileSync(join(directory, "provision.json"), "utf8");
const provision = parseProvision(text);
const { identity, pushPort } = JSON.parse(text) as {
  identity: { vendorId: string; classId: string };
  pushPort?: number;
};
const maker = { vendorId: bytes16(identity.vendorId), classId: bytes16(identity.classId) };
const link = new SocketLink();
const started = performance.now();

function log(level: LogLevel, source: string, line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(3).padStart(8);
  process.stdout.write(`[${seconds}] ${LETTERS[level]} ${source}: ${line}\n`);
}

function bytes16(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array(16);
}

/** What was typed and nobody has read. */
const typed: string[] = [];
if (provision.typedAnswers) {
  createInterface({ input: process.stdin }).on("line", (line) => {
    typed.push(line);
    link.wake();
  });
}
const userInterface = provision.typedAnswers
  ? {
      userInterface: new TypedAnswers(nextLine, (line) => {
        log("info", "user", line);
      }),
    }
  : {};

function nextLine(buffer: Uint8Array): number {
  const line = typed.shift();
  return line === undefined ? -1 : Buffer.from(line).copy(buffer);
}

/** How long the board leaves a program alone that hangs. */
const WATCHDOG_MS = 1000;
/** A network that nothing ever comes back from. */
const SILENT: Link = {
  request: () => ({ head: () => undefined, read: () => 0, close: () => undefined }),
};

/**
 * Runs the client until it restarts the board: the cause of the next boot; undefined when it has
 * ended.
 */
async function run(cause: ResetCause): Promise<ResetCause | undefined> {
  const hal = board.start(cause);
  const running = hal.boot.running().slot === 0 ? board.slots[0] : board.slots[1];
  const fault = faultOf(running);
  if (fault === "crashes") return "panic";
  if (fault === "hangs") {
    await setTimeout(WATCHDOG_MS);
    return "watchdog";
  }
  try {
    const client = new Client(
      {
        ...hal,
        identity: identityOf(running, maker),
        ...(fault === "mute" ? { link: SILENT } : {}),
      },
      provision,
      { ...userInterface, ...(fault === "unhealthy" ? { selfTest: () => false } : {}) },
    );
    for (;;) {
      const next = client.step();
      if (provision.once && client.sessions > 0) return undefined;
      if (next > hal.now()) await link.activity(next - hal.now());
    }
  } catch (error) {
    if (error instanceof Restarted) return "restart";
    throw error;
  }
}

/** Writes a line for each operation on flash to the descriptor `to`, as board host does. */
function tellOfFlash({ power, store, slots, boot }: SimBoard, to: number): void {
  let what = "";
  power.onOperation = (kind) => {
    what = kind.endsWith(" erase") ? "erase" : "write";
  };
  const files = [
    ["store.bin", store],
    ["slot-a.bin", slots[0]],
    ["slot-b.bin", slots[1]],
    ["boot.bin", boot.flash],
  ] as const;
  for (const [file, flash] of files) {
    const { onChange } = flash;
    flash.onChange = (from, end) => {
      onChange?.(from, end);
      writeSync(to, `${what} ${file} ${from} ${end - from}\n`);
    };
  }
}

const board = boardInDirectory(directory, {
  store: SIM_STORE,
  slot: SIM_SLOT,
  identity: identityOf(undefined, maker),
  link,
  keys: new Uint8Array(readFileSync(join(directory, "keys"))),
  log,
  ...(pushPort === undefined
    ? {}
    : {
        datagrams: new UdpPort(
          pushPort,
          () => {
            link.wake();
          },
          (level, line) => {
            log(level, "board", line);
          },
        ),
      }),
  clock: () => performance.now(),
  random: (bytes) => {
    randomFillSync(bytes);
  },
});
const told = Number(process.env["XS_FUMO_FLASH_LOG"] ?? 0);
if (told > 0) tellOfFlash(board, told);
for (let cause: ResetCause | undefined = "power"; cause !== undefined; ) cause = await run(cause);
process.exit(0);
