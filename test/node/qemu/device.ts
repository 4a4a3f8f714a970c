/**
 * A bare-metal board for tests: its flash in a temporary file, images of the test application, and
 * runs in QEMU.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BareBuild, MachineOptions } from "../../../hal/bare/build.ts";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { versionText } from "../../../src/image/version.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { BOARDS } from "../../rig/boards/boards.ts";
import { buildImage } from "../../rig/image.ts";
import { spkiOf } from "../../rig/keys.ts";
import { missingTools } from "../tools.ts";

export const key = generateKeyPairSync("ed25519").privateKey;
export const strangerKey = generateKeyPairSync("ed25519").privateKey;

const qemu = BOARDS.qemu;

/** Why these tests cannot run here, or false: an option of node:test. */
export const skip = missingTools("qemu");

/** Natives that no product has: of this folder, and the figures of the heap. */
export const TEST_NATIVES = {
  list: "test/node/qemu/natives.list",
  sources: ["test/node/qemu/natives.c", "test/xs/heap.c"],
};

const payloads = new Map<BareBuild, Buffer>();

/** The firmware with the test application (app.ts), and with natives of its own. */
export function application(build: BareBuild = riscv32): Buffer {
  const payload =
    payloads.get(build) ??
    build.buildFirmware({
      name: "test",
      version: "test",
      entry: "test/node/qemu/app",
      positions: true,
      natives: TEST_NATIVES,
    });
  payloads.set(build, payload);
  return payload;
}

/** The test application as version n.0.0, signed. */
export function image(
  major: number,
  signer = key,
  securityCounter?: number,
  build?: BareBuild,
): Buffer {
  return buildImage({
    payload: application(build),
    version: { major, minor: 0, revision: 0, build: 0 },
    key: signer,
    securityCounter,
  });
}

const built = new Map<string, Buffer>();

/** The rig's board, with its firmware built once for all tests of a file. */
export const rigBoard: RigBoard = {
  ...qemu,
  firmware(version, sizeMin) {
    const name = `${versionText(version)} ${sizeMin}`;
    const firmware = built.get(name) ?? qemu.firmware(version, sizeMin);
    built.set(name, firmware);
    return firmware;
  },
};

export type Script = Readonly<Record<string, readonly string[]>>;
export interface Run {
  readonly status: number | null;
  /** Lines of the application: those that do not begin with a time. */
  readonly lines: readonly string[];
  /** Lines of the board itself, without their times. */
  readonly boot: readonly string[];
}

const RUN_MS = 300_000;

export class Device {
  /** Vendor keys of the next run, as in the factory sector. */
  keys: readonly Buffer[] = [spkiOf(key)];
  readonly #folder = mkdtempSync(join(tmpdir(), "qemu-"));
  readonly #flash = join(this.#folder, "flash.bin");
  readonly #build: BareBuild;

  /** `a` and `b`: what is in the slots. */
  constructor(a?: Uint8Array, b?: Uint8Array, build: BareBuild = riscv32) {
    this.#build = build;
    const flash = build.makeFlash({ keys: [spkiOf(key)], provision: "{}" }, a);
    if (b) flash.set(b, build.parts.slotB);
    writeFileSync(this.#flash, flash);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  read(): Buffer {
    return readFileSync(this.#flash);
  }

  write(bytes: Uint8Array, offset: number): void {
    const flash = this.read();
    flash.set(bytes, offset);
    writeFileSync(this.#flash, flash);
  }

  /**
   * What the application does; `more` are further members of the provisioning, `authorities`
   * are those that it trusts.
   */
  script(script: Script, more: object = {}, authorities: readonly Uint8Array[] = []): void {
    const { offset, bytes } = this.#build.refit({
      keys: this.keys,
      provision: JSON.stringify({ script, ...more }),
      authorities,
    });
    this.write(bytes, offset);
  }

  /** Powers on, and waits until it is off. */
  run(script: Script = {}, options: MachineOptions = {}): Run {
    this.script(script);
    const { emulator } = this.#build;
    const result = spawnSync(emulator, this.#build.machineOptions(this.#flash, options), {
      encoding: "utf8",
      timeout: RUN_MS,
      input: "",
    });
    return this.#told(result);
  }

  /** As run, while this program goes on: for a device that talks to it. */
  async ran(): Promise<Run> {
    const process = this.start();
    let stdout = "";
    process.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("latin1");
    });
    const timer = setTimeout(() => {
      process.kill("SIGKILL");
    }, RUN_MS);
    const status = await new Promise<number | null>((resolve) => {
      process.on("close", resolve);
    });
    clearTimeout(timer);
    return this.#told({ status, stdout });
  }

  #told(result: { readonly status: number | null; readonly stdout: string }): Run {
    const lines = result.stdout
      .replaceAll("\r", "")
      .split("\n")
      .filter((line) => line !== "");
    return {
      status: result.status,
      lines: lines.filter((line) => !line.startsWith("[") && !line.startsWith(" ")),
      boot: lines
        .filter((line) => line.startsWith("["))
        .map((line) => line.slice(11))
        .filter((line) => !line.startsWith("I heap") && !line.startsWith("I board")),
    };
  }

  /**
   * Powers on, and takes the power away once the console has said this: what it said until then.
   */
  async said(wanted: string): Promise<string> {
    const process = this.start();
    let stdout = "";
    process.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("latin1");
      if (stdout.includes(wanted)) process.kill("SIGKILL");
    });
    const timer = setTimeout(() => {
      process.kill("SIGKILL");
    }, RUN_MS);
    await new Promise((resolve) => {
      process.on("close", resolve);
    });
    clearTimeout(timer);
    return stdout;
  }

  start(): ChildProcess {
    return spawn(this.#build.emulator, this.#build.machineOptions(this.#flash), {
      stdio: ["pipe", "pipe", "inherit"],
    });
  }
}
