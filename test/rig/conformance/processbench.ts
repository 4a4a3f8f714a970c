/**
 * A board that is a process on the bench: SIGKILL is its power switch, and it cuts its own power
 * inside a flash operation.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
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
  /** As Bench has it. */
  readonly checksSignature?: false;
}

/** As short as the contract allows. */
const WATCHDOG_MS = 10_000;

/** A runner that takes its state directory, its watchdog and the cut as arguments. */
export function onState(runner: string): ProcessBoard["program"] {
  return (directory, provision, cut) => {
    writeFileSync(join(directory, "provision.json"), provision);
    return [
      runner,
      "--state",
      directory,
      "--watchdog",
      String(WATCHDOG_MS),
      ...(cut === undefined ? [] : ["--cut", String(cut.at), "--cut-mode", cut.mode]),
    ];
  };
}

export class ProcessBench implements Bench {
  readonly cutModes: readonly string[] = ["before", "torn", "after"];
  readonly countsCrashes = true;
  readonly hasWatchdog = true;
  readonly checksSignature: boolean;
  onLine: ((line: string) => void) | undefined;
  readonly image: Uint8Array;
  readonly damages: readonly number[];
  readonly rigAddress: string;
  readonly #board: ProcessBoard;
  readonly #directory: string;
  readonly #print: (line: string) => void;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #pushPort: number | undefined;

  /** Lines of the serial console go to `print`. */
  constructor(board: ProcessBoard, print: (line: string) => void = () => undefined) {
    this.#board = board;
    this.#print = print;
    this.image = board.image;
    this.damages = board.damages;
    this.checksSignature = board.checksSignature !== false;
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
    const child = (this.#child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] }));
    child.stdin.on("error", () => undefined);
    let rest = "";
    child.stdout.on("data", (part: Buffer) => {
      const lines = (rest + part.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.#print(line);
        this.onLine?.(line);
      }
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

  type(line: string): void {
    this.#child?.stdin.write(`${line}\n`);
  }

  /** Removes the board's flash. */
  discard(): void {
    rmSync(this.#directory, { recursive: true });
  }
}
