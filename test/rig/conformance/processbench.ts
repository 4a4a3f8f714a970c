/**
 * A board that is a process on the bench: SIGKILL is its power switch, and it cuts its own power
 * inside a flash operation.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Program } from "../boards/board.ts";
import type { Bench, BenchCut } from "./driver.ts";
import { freeUdpPort } from "./udp.ts";

export interface ProcessBoard {
  /**
   * Makes the board that has its flash in `directory` ready to be switched on, with this
   * provisioning. Datagrams to `pushPort`, which is in it, must reach the board.
   */
  program(
    directory: string,
    provision: string,
    cut: BenchCut | undefined,
    pushPort: number,
  ): Program;
  readonly rigAddress?: string;
  /** Files of the state directory of a new board. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly image: Uint8Array;
  readonly damages: readonly number[];
  readonly identity: Readonly<Record<string, string>>;
}

/** A runner that takes its state directory, and the cut, as arguments. */
export function onState(runner: string): ProcessBoard["program"] {
  return (directory, provision, cut) => {
    writeFileSync(join(directory, "provision.json"), provision);
    return [
      runner,
      "--state",
      directory,
      ...(cut === undefined ? [] : ["--cut", String(cut.at), "--cut-mode", cut.mode]),
    ];
  };
}

export class ProcessBench implements Bench {
  readonly cutModes: readonly string[] = ["before", "torn", "after"];
  readonly countsCrashes = true;
  readonly image: Uint8Array;
  readonly damages: readonly number[];
  readonly rigAddress: string;
  readonly #board: ProcessBoard;
  readonly #directory: string;
  readonly #print: (line: string) => void;
  #child: ChildProcess | undefined;
  #pushPort: number | undefined;

  /** Lines of the serial console go to `print`. */
  constructor(board: ProcessBoard, print: (line: string) => void = () => undefined) {
    this.#board = board;
    this.#print = print;
    this.image = board.image;
    this.damages = board.damages;
    this.rigAddress = board.rigAddress ?? "127.0.0.1";
    this.#directory = mkdtempSync(join(tmpdir(), "conformance-"));
    for (const [name, bytes] of Object.entries(board.files))
      writeFileSync(join(this.#directory, name), bytes);
  }

  get pushPort(): number | undefined {
    return this.#pushPort;
  }

  async run(url: string, cut: BenchCut | undefined): Promise<void> {
    const pushPort = (this.#pushPort ??= await freeUdpPort());
    const { identity } = this.#board;
    const provision = JSON.stringify({ conformance: url, identity, pushPort });
    const [program, ...words] = this.#board.program(this.#directory, provision, cut, pushPort);
    const child = (this.#child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] }));
    let rest = "";
    child.stdout.on("data", (part: Buffer) => {
      const lines = (rest + part.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#print(line);
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", () => {
        resolve();
      });
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
