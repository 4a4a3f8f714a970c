/**
 * A board that is somewhere else: its console on a line, its power on a relay. Commands of the
 * bench make it new and provision it; without them it stays as it is, and each scenario goes on
 * from what the one before has left.
 */
import type { KeyObject } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hex } from "../../../src/base/bytes.ts";
import { versionText } from "../../../src/image/version.ts";
import type { Device } from "../device.ts";
import type { EventLog } from "../events/log.ts";
import { Exit, RigError } from "../exit.ts";
import { spkiOf } from "../keys.ts";
import { parseSerial } from "../serial.ts";
import { awaitPort, relay, SerialBoard, type SerialOptions } from "../serialboard.ts";
import type { RigBoard } from "./board.ts";

/** What firmware of such a board is. */
export type Kind = Pick<
  RigBoard,
  "vendorId" | "classId" | "headerSize" | "securityCounter" | "firmware" | "key"
>;

export interface PortOptions extends Omit<SerialOptions, "port"> {
  /** Returns where its console is, as `port` of SerialOptions has it. */
  line(): string;
  readonly name: string;
  readonly kind: Kind;
  /** Shell commands of the bench: rigfile.ts says with which words. */
  readonly flash?: string;
  readonly provision?: string;
}

/** Returns the board. Its `start` switches it on; a RigError says what the bench lacks. */
export function portBoard(options: PortOptions): RigBoard {
  const { name, kind, flash, provision } = options;
  return {
    ...kind,
    name,
    ...(flash === undefined ? { stays: true } : {}),

    manufacture(directory, image, key: KeyObject) {
      if (flash === undefined) return;
      mkdirSync(directory, { recursive: true });
      const files = { image: join(directory, "image.img"), keys: join(directory, "keys") };
      writeFileSync(files.image, image);
      writeFileSync(files.keys, spkiOf(key));
      withPower(options, () => {
        command(flash, files);
      });
    },

    provision(directory, content) {
      if (provision === undefined) return;
      const identity = { vendorId: hex(kind.vendorId), classId: hex(kind.classId) };
      const file = join(directory, "provision.json");
      const text = { ...content, identity: { ...identity, ...content.identity } };
      writeFileSync(file, JSON.stringify(text, undefined, 2));
      withPower(options, () => {
        command(provision, { file });
      });
    },

    start(_directory, log) {
      return new PortDevice(options, log);
    },
  };
}

class PortDevice implements Device {
  readonly ended: Promise<undefined>;
  readonly #board: SerialBoard;
  readonly #started: Promise<void>;
  #end: () => void = () => undefined;

  constructor(options: PortOptions, log: EventLog) {
    const port = options.line();
    this.#board = new SerialBoard(
      { ...options, port },
      (line) => {
        for (const event of parseSerial(line)) log.emit(event, "device");
      },
      (line) => {
        log.emit({ kind: "console", line, path: port });
      },
    );
    this.#started = this.#board.on();
    this.ended = new Promise((resolve, reject) => {
      this.#end = () => resolve(undefined);
      this.#started.catch(reject);
    });
  }

  /** A board has no switch of its own: its power is cut. */
  switchOff(): Promise<void> {
    return this.kill();
  }

  async kill(): Promise<void> {
    try {
      await this.#started.catch(() => undefined); // it has been said by `ended`
      await this.#board.off();
    } finally {
      await this.#board.close();
      this.#end();
    }
  }
}

/** Runs what needs a board with power, and cuts that again: `start` is to see a whole boot. */
function withPower(options: PortOptions, work: () => void): void {
  const { powerOn, powerOff } = options;
  if (powerOn !== undefined) relay(powerOn);
  try {
    if (powerOn !== undefined) awaitPort(options.line());
    work();
  } finally {
    if (powerOff !== undefined) relay(powerOff);
  }
}

/** Firmware that a command of the bench builds. */
export function builtBy(build: string): RigBoard["firmware"] {
  return (version, _sizeMin, { fault } = {}) => {
    const folder = mkdtempSync(join(tmpdir(), "firmware-"));
    try {
      const out = join(folder, "firmware.bin");
      command(build, { version: versionText(version), fault: fault ?? "", out });
      return readFileSync(out);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/** Runs a shell command with these words in it. Throws a RigError when it fails. */
function command(text: string, words: { readonly [name: string]: string }): void {
  const line = Object.entries(words).reduce(
    (before, [name, word]) => before.replaceAll(`{${name}}`, `'${word}'`),
    text,
  );
  // What a build prints is of any length.
  const options = { encoding: "utf8", maxBuffer: Infinity } as const;
  const { status, stderr } = spawnSync("sh", ["-c", line], options);
  if (status === 0) return;
  const last = stderr.trim().split("\n").at(-1) ?? "";
  throw new RigError(Exit.noBoard, `"${line}" failed with status ${status ?? "none"}: ${last}`);
}
