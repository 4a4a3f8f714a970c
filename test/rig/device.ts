/**
 * A device as a child process: started, watched line by line, cut off. The same for every board
 * whose device is a program.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { EventLog } from "./events/log.ts";
import { Exit, RigError } from "./exit.ts";
import { parseSerial } from "./serial.ts";

/** How long a device may take to turn itself off. */
const SWITCH_LIMIT_MS = 10_000;

/** Processes that no end of the rig leaves behind, an interruption neither. */
const living = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export interface DeviceProcessOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** It reads what is typed here. */
  readonly keyboard?: boolean;
  /** What its console takes for its switch; absent: it is SIGTERM. */
  readonly switchKey?: string;
  /** Takes what the program tells of its flash, line by line: FLASH_LOG says how. */
  readonly flash?: (line: string) => void;
}

/** The variable that names the descriptor to which a program tells of its flash. */
const FLASH_LOG = "XS_FUMO_FLASH_LOG";
const FLASH_FD = 3;

/** A device that has power. */
export interface Device {
  /** The exit status, once it has ended by itself; undefined when it was turned off. */
  readonly ended: Promise<number | undefined>;
  /** Turns it off by its switch, where it has one. */
  switchOff(): Promise<void>;
  /** Cuts the power. */
  kill(): Promise<void>;
}

export class DeviceProcess implements Device {
  /** The exit status, once the process has ended; undefined for a kill. */
  readonly ended: Promise<number | undefined>;
  #child: ChildProcess;
  #killed = false;
  readonly #switchKey: string | undefined;

  /** Starts `program` with `words`; every line that it prints becomes events of `log`. */
  constructor(
    program: string,
    words: readonly string[],
    log: EventLog,
    options: DeviceProcessOptions = {},
  ) {
    const { environment = process.env, keyboard = false, switchKey, flash } = options;
    const input = keyboard ? "inherit" : switchKey === undefined ? "ignore" : "pipe";
    const child: ChildProcess = spawn(program, words, {
      stdio: [input, "pipe", "pipe", flash === undefined ? "ignore" : "pipe"],
      env: flash === undefined ? environment : { ...environment, [FLASH_LOG]: `${FLASH_FD}` },
    });
    const told = child.stdio[FLASH_FD];
    if (flash !== undefined && told instanceof Readable)
      createInterface({ input: told }).on("line", flash);
    this.#child = child;
    living.add(child);
    child.once("exit", () => {
      living.delete(child);
    });
    this.#switchKey = keyboard ? undefined : switchKey;
    child.stdin?.on("error", () => undefined); // it may be gone before it is asked to go
    const closed = [child.stdout, child.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream === null) {
            resolve();
            return;
          }
          const lines = createInterface({ input: stream });
          lines.on("line", (line) => {
            for (const event of parseSerial(line)) log.emit(event, "device");
          });
          lines.on("close", resolve);
        }),
    );
    this.ended = new Promise((resolve, reject) => {
      child.on("error", (error) => {
        reject(new RigError(Exit.noBoard, `cannot start ${program}: ${error.message}`));
      });
      child.on("exit", (code) => {
        void Promise.all(closed).then(() => {
          resolve(this.#killed ? undefined : (code ?? Exit.crash));
        });
      });
    });
  }

  /** Turns it off by its switch: it says what it took, and ends. One that does not is cut off. */
  async switchOff(): Promise<void> {
    this.#killed = true;
    if (this.#switchKey === undefined) this.#child.kill("SIGTERM");
    else this.#child.stdin?.write(this.#switchKey);
    const timer = setTimeout(() => {
      this.#child.kill("SIGKILL");
    }, SWITCH_LIMIT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Cuts the power: nothing in the process gets to run again. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

/**
 * Fails with exit status 42 when `wait` takes longer than `limitMs`, for which Infinity is no
 * limit; `what` says what was waited for.
 */
export async function within<T>(limitMs: number, what: string, wait: Promise<T>): Promise<T> {
  if (limitMs === Infinity) return wait;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RigError(Exit.timeout, `${what} took longer than ${limitMs / 1000} s`));
    }, limitMs);
  });
  try {
    return await Promise.race([wait, limit]);
  } finally {
    clearTimeout(timer);
  }
}
