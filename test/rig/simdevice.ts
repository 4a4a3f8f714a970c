/**
 * The program of board `sim`: the client on a simulated board whose flash is in the files of a directory. A process that is
 * killed has lost its power; Boot.restart starts the client again in the same process.
 */
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Flash, Identity, LogLevel, ResetCause } from "../../hal/hal.ts";
import { Restarted } from "../../hal/sim/boot.ts";
import { boardInDirectory } from "../../hal/sim/files.ts";
import { HttpLink } from "../../hal/sim/http.ts";
import { fromHex } from "../../src/base/bytes.ts";
import { Client } from "../../src/client/client.ts";
import { parseProvision } from "../../src/client/provision.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../../src/image/header.ts";
import { type VendorKey, vendorKey } from "../../src/image/key.ts";
import { ImageVerifier } from "../../src/image/verifier.ts";
import { versionText } from "../../src/image/version.ts";
import { SIM_SLOT, SIM_STORE } from "./boards/simgeometry.ts";
import { imageLength } from "./image.ts";

const LETTERS: { readonly [L in LogLevel]: string } = { error: "E", warning: "W", info: "I", debug: "D" };

const directory = process.argv[2] ?? ".";
const text = readFileSync(join(directory, "provision.json"), "utf8");
const provision = parseProvision(text);
const { identity: given } = JSON.parse(text) as { identity: { vendorId: string; classId: string } };
const key = vendorKey(new Uint8Array(readFileSync(join(directory, "keys"))));
const link = new HttpLink();
const started = performance.now();

function log(level: LogLevel, source: string, line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(3).padStart(8);
  process.stdout.write(`[${seconds}] ${LETTERS[level]} ${source}: ${line}\n`);
}

function identityOf(slot: Flash): Identity {
  const bytes = new Uint8Array(IMAGE_HEADER_BYTES);
  slot.read(bytes, 0);
  const header = parseImageHeader(bytes);
  return {
    DevId: "urn:uuid:00000000-0000-4000-8000-000000000002", Man: "xs-fumo", Mod: "sim", Lang: "en", DevTyp: "device", OEM: "xs-fumo",
    SwV: "1.0", HwV: "1.0", FwV: header === undefined ? "0.0.0" : versionText(header.version),
    vendorId: bytes16(given.vendorId), classId: bytes16(given.classId),
  };
}

function bytes16(digits: string): Uint8Array {
  return fromHex(digits) ?? new Uint8Array(16);
}

/** What a bootloader checks: structure, digest, signature. Whom the image is for was the client's to judge. */
function bootable(slot: Flash, keys: readonly VendorKey[]): boolean {
  const read = (buffer: Uint8Array, offset: number): void => { slot.read(buffer, offset); };
  const length = imageLength(read, SIM_SLOT.blocks * SIM_SLOT.blockLength);
  if (length === undefined) return false;
  const verdict = new ImageVerifier(read, length, {
    keys, vendorId: bytes16(given.vendorId), classId: bytes16(given.classId), capacity: SIM_SLOT.blocks * SIM_SLOT.blockLength,
    runningVersion: { major: 0, minor: 0, revision: 0, build: 0 }, securityCounter: 0, allowDowngrade: true,
  }).step(Infinity);
  return verdict !== undefined && typeof verdict !== "string";
}

/** Runs the client until it restarts the board: the cause of the next boot; undefined when it has ended. */
async function run(cause: ResetCause): Promise<ResetCause | undefined> {
  const hal = board.start(cause);
  const running = hal.boot.running().slot === 0 ? board.slots[0] : board.slots[1];
  try {
    const client = new Client({ ...hal, identity: identityOf(running) }, provision);
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

const board = boardInDirectory(directory, {
  store: SIM_STORE, slot: SIM_SLOT, identity: identityOf({ read: () => undefined } as unknown as Flash), link,
  bootable: (slot) => bootable(slot, key === undefined ? [] : [key]), log,
  clock: () => performance.now(), random: (bytes) => { randomFillSync(bytes); },
});
for (let cause: ResetCause | undefined = "power"; cause !== undefined;) cause = await run(cause);
process.exit(0);
