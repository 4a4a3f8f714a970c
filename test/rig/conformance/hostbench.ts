/** The host board on the bench: the agent as XS bytecode, a process for a board, SIGKILL for a power switch. */
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { root } from "../../root.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { spkiOf } from "../keys.ts";
import type { Bench, BenchCut } from "./driver.ts";

const RUNNER = join(root, "build/host/xs-fumo-host");
const BLOB = join(root, "build/host/conformance.blob");

export class HostBench implements Bench {
  readonly cutModes: readonly string[] = ["before", "torn", "after"];
  readonly image: Uint8Array;
  readonly #directory: string;
  readonly #print: (line: string) => void;
  #child: ChildProcess | undefined;

  /** Builds board and agent. Lines of the serial console go to `print`. */
  constructor(print: (line: string) => void = () => undefined) {
    this.#print = print;
    runMake(["build/host/xs-fumo-host"], "hal/host/Makefile");
    buildBlob({ entry: "test/conformance/program", modules: BASE_MODULES, out: BLOB, version: "conformance", positions: true });
    const { privateKey } = generateKeyPairSync("ed25519"), payload = readFileSync(BLOB);
    const build = (major: number): Buffer => buildImage({
      payload, version: { major, minor: 0, revision: 0, build: 0 }, securityCounter: 1,
      vendorId: VENDOR_ID, classId: CLASS_ID.host, key: privateKey,
    });
    this.image = build(2);
    this.#directory = mkdtempSync(join(tmpdir(), "conformance-"));
    writeFileSync(join(this.#directory, "keys"), spkiOf(privateKey));
    writeFileSync(join(this.#directory, "slot-a.flash"), build(1));
  }

  run(url: string, cut: BenchCut | undefined): Promise<void> {
    const identity = { vendorId: hex(VENDOR_ID), classId: hex(CLASS_ID.host) };
    writeFileSync(join(this.#directory, "provision.json"), JSON.stringify({ conformance: url, identity }));
    const words = ["--state", this.#directory, ...cut === undefined ? [] : ["--cut", String(cut.at), "--cut-mode", cut.mode]];
    const child = this.#child = spawn(RUNNER, words, { stdio: ["ignore", "pipe", "inherit"] });
    let rest = "";
    child.stdout.on("data", (part: Buffer) => {
      const lines = (rest + part.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#print(line);
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => { resolve(); });
    });
  }

  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Removes the board's flash. */
  discard(): void {
    rmSync(this.#directory, { recursive: true });
  }
}
