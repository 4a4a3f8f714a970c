/**
 * A board on a serial port: its console, line by line, and its power. Power is two commands of a
 * relay that the bench has; without them the port's RTS line holds the board in reset, as
 * development boards of the ESP32 have it wired.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { ConsoleLines } from "./consolelines.ts";
import { Exit, RigError } from "./exit.ts";
import { type Line, openLine } from "./line/line.ts";

export interface SerialOptions {
  /** The port's device, such as /dev/ttyUSB0, or where a terminal server has it: line/line.ts. */
  readonly port: string;
  readonly baud: number;
  /** Shell commands that switch the board's power. Both or none. */
  readonly powerOn?: string;
  readonly powerOff?: string;
}

/** What ESP-IDF and most others print at. */
export const CONSOLE_BAUD = 115_200;
/**
 * How long a port may take to come (back), after a board that feeds its own USB bridge was switched
 * on.
 */
const OPEN_LIMIT_MS = 10_000;
const OPEN_PAUSE_MS = 100;
/** A reset shorter than that may be missed. */
const RESET_MS = 100;
/** What is silent for so long has told all that it had kept. Nobody waits longer than so often. */
const QUIET_MS = 200;
const QUIET_ROUNDS_MAX = 10;

export class SerialBoard {
  readonly #options: SerialOptions;
  readonly #lines: ConsoleLines;
  readonly #status: (status: "open" | "lost") => void;
  #port: Line | undefined;
  #opening: Promise<void> | undefined;
  /** The board has no power yet: what comes is of the time before. */
  #isDeaf = false;
  #heard = false;
  /** Why the port could not be opened the last time. */
  #problem = "";
  #closed = false;

  /**
   * Lines of the console go to `line`. The port may go away, as one of a board that restarts its
   * own USB does: it is opened again as soon as it is back, and `status` is told of both. Throws a
   * RigError when the options contradict each other.
   */
  constructor(
    options: SerialOptions,
    line: (line: string) => void,
    status: (status: "open" | "lost") => void = () => undefined,
  ) {
    if ((options.powerOn === undefined) !== (options.powerOff === undefined)) {
      throw new RigError(Exit.usage, "--power-on and --power-off go together");
    }
    this.#options = options;
    this.#lines = new ConsoleLines(line);
    this.#status = status;
  }

  /**
   * Opens the port and gives the board power, or lets it out of reset. What the board has said
   * before, and a terminal server has kept, is not heard. A device of this machine keeps nothing
   * for who opens it later, and may be there with the power alone. Throws a RigError.
   */
  async on(): Promise<void> {
    const { powerOn, port } = this.#options;
    if (powerOn !== undefined && !port.includes("://")) {
      relay(powerOn);
      await this.#opened();
      return;
    }
    this.#isDeaf = true;
    await this.#opened();
    if (powerOn === undefined) {
      await this.#reset(true);
      await pause(RESET_MS);
    }
    await this.#quiet();
    this.#isDeaf = false;
    if (powerOn === undefined) await this.#reset(false);
    else relay(powerOn);
  }

  /** Waits until nothing comes any more. */
  async #quiet(): Promise<void> {
    for (let round = 0; round < QUIET_ROUNDS_MAX; round++) {
      this.#heard = false;
      await pause(QUIET_MS);
      if (!this.#heard) return;
    }
  }

  /** Opens the port; the board stays as it is. Throws a RigError. */
  attach(): Promise<void> {
    return this.#opened();
  }

  /** Cuts the power, or holds the board in reset. */
  async off(): Promise<void> {
    const { powerOff } = this.#options;
    if (powerOff !== undefined) relay(powerOff);
    else if (this.#port !== undefined) await this.#reset(true);
    this.#lines.drop();
  }

  /** Types a line at the console; it is lost while the port is closed. */
  type(line: string): void {
    this.#port?.write(`${line}\n`);
  }

  /** Closes the port; the board stays as it is. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening;
    const port = this.#port;
    this.#port = undefined;
    await port?.close();
  }

  /** Waits until the port is open. Throws a RigError past the limit. */
  async #opened(): Promise<void> {
    if (this.#port !== undefined) return;
    const opening = (this.#opening ??= this.#open());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, OPEN_LIMIT_MS, "late");
    });
    const first = await Promise.race([opening, late]);
    clearTimeout(timer);
    if (first !== "late") return;
    this.#closed = true;
    const { port } = this.#options;
    throw new RigError(
      Exit.noBoard,
      `cannot open ${port}: ${this.#problem}`,
      port.includes("://")
        ? "is the terminal server there, and does it serve this port?"
        : "is the board connected, and may you use the port (group dialout)?",
    );
  }

  /** Opens the port, which may not be there yet, unless `close` comes first. */
  async #open(): Promise<void> {
    const { port: path, baud } = this.#options;
    while (!this.#closed) {
      let port: Line | undefined;
      try {
        port = await openLine(path, baud, {
          data: (bytes) => {
            this.#heard = true;
            if (!this.#isDeaf) this.#lines.take(bytes);
          },
          closed: () => {
            if (port !== undefined) this.#lost(port);
          },
        });
        this.#port = port;
        this.#status("open");
        break;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        await pause(OPEN_PAUSE_MS);
      }
    }
    this.#opening = undefined;
  }

  #lost(port: Line): void {
    if (this.#port !== port) return;
    this.#port = undefined;
    this.#lines.drop();
    this.#status("lost");
    this.#opening ??= this.#open();
  }

  async #reset(held: boolean): Promise<void> {
    try {
      await this.#port?.set({ rts: held, dtr: false });
    } catch (error) {
      throw new RigError(
        Exit.noBoard,
        `${this.#options.port} has no RTS line to reset the board with: ${String(error)}`,
        "give the commands of a relay: --power-on and --power-off",
      );
    }
  }
}

/** Runs the shell command of a relay. Throws a RigError when it fails. */
export function relay(command: string): void {
  const { status, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  if (status !== 0)
    throw new RigError(
      Exit.noBoard,
      `"${command}" failed with status ${status ?? "none"}: ${stderr.trim()}`,
    );
}

/**
 * Waits until the device of a port is there, as that of a board which feeds its own USB bridge is
 * once it has power. Past the limit it is left to whoever opens it to say what is wrong.
 */
export function awaitPort(line: string): void {
  if (!line.startsWith("/")) return;
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; !existsSync(line) && waited < OPEN_LIMIT_MS; waited += OPEN_PAUSE_MS)
    Atomics.wait(clock, 0, 0, OPEN_PAUSE_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
