/**
 * A host board for tests: its state directory, images of the test application, and runs of the real
 * runner.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { buildImage, type ImageContent } from "../../rig/image.ts";
import { spkiOf } from "../../rig/keys.ts";
import { root } from "../../root.ts";

export const RUNNER = join(root, "build/host/xs-fumo-host");

export const key = generateKeyPairSync("ed25519").privateKey;
export const strangerKey = generateKeyPairSync("ed25519").privateKey;

const folder = mkdtempSync(join(tmpdir(), "host-"));
const BLOB = join(folder, "test.blob");

/** Builds the runner and the application. Once a test file. */
export function build(): void {
  runMake(["build/host/xs-fumo-host"], "hal/host/Makefile");
  buildBlob({
    entry: "test/node/host/app",
    modules: BASE_MODULES,
    out: BLOB,
    version: "test",
    positions: true,
  });
}

/** Removes what the tests of this file have written. */
export function cleanUp(): void {
  rmSync(folder, { recursive: true });
}

/** The test application as version n.0.0, signed; `more` says what else is in the image. */
export function image(major: number, signer = key, more: Partial<ImageContent> = {}): Buffer {
  return buildImage({
    payload: readFileSync(BLOB),
    version: { major, minor: 0, revision: 0, build: 0 },
    key: signer,
    ...more,
  });
}

export type Script = Readonly<Record<string, readonly string[]>>;

const FIGURES = /\] I (heap|flash): /;

export interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Lines of the application: those that do not begin with a time. */
  readonly lines: readonly string[];
  /** Lines with a time, without it: those of the board itself. */
  readonly boot: readonly string[];
  /** Lines that say what the program took: of the heap, and of each flash file. */
  readonly figures: readonly string[];
}

export class Device {
  readonly folder: string;

  /** `a` and `b`: what is in the slots. */
  constructor(a: Uint8Array | undefined, b: Uint8Array | undefined) {
    this.folder = mkdtempSync(join(folder, "state-"));
    this.write("keys", spkiOf(key));
    this.script({});
    if (a) this.write("slot-a.flash", a);
    if (b) this.write("slot-b.flash", b);
  }

  write(name: string, bytes: Uint8Array): void {
    writeFileSync(join(this.folder, name), bytes);
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  script(script: Script): void {
    writeFileSync(join(this.folder, "provision.json"), JSON.stringify({ script }));
  }

  /** Powers on, and waits until the process has ended. */
  run(script: Script = {}, ...options: string[]): Run {
    this.script(script);
    const result = spawnSync(RUNNER, ["--state", this.folder, ...options], {
      encoding: "utf8",
      timeout: 300_000,
    });
    const lines = result.stdout.split("\n").filter((line) => line !== "");
    return {
      status: result.status,
      signal: result.signal,
      lines: lines.filter((line) => !line.startsWith("[")),
      boot: lines
        .filter((line) => line.startsWith("[") && !FIGURES.test(line))
        .map((line) => line.slice(11)),
      figures: lines.filter((line) => FIGURES.test(line)).map((line) => line.slice(11)),
    };
  }

  /** The program and its words. */
  command(...options: string[]): [string, ...string[]] {
    return [RUNNER, "--state", this.folder, ...options];
  }

  start(...options: string[]): ChildProcess {
    const [program, ...words] = this.command(...options);
    return spawn(program, words, {
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
