/**
 * A board on a serial port: its console, line by line, and its power. Power is two commands of a
 * relay that the bench has; without them the port's RTS line holds the board in reset, as
 * development boards of the ESP32 have it wired.
 */
import { spawnSync } from "node:child_process";
import { SerialPort } from "serialport";
import { Exit, RigError } from "./exit.ts";

export interface SerialOptions {
  /** The port's device, such as /dev/ttyUSB0. */
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
const LINE_MAX = 4096;

export class SerialBoard {
  readonly #options: SerialOptions;
  readonly #line: (line: string) => void;
  #port: SerialPort | undefined;
  #rest = "";

  /**
   * Lines of the console go to `line`. Throws a RigError when the options contradict each other.
   */
  constructor(options: SerialOptions, line: (line: string) => void) {
    if ((options.powerOn === undefined) !== (options.powerOff === undefined)) {
      throw new RigError(Exit.usage, "--power-on and --power-off go together");
    }
    this.#options = options;
    this.#line = line;
  }

  /** Opens the port and gives the board power, or lets it out of reset. Throws a RigError. */
  async on(): Promise<void> {
    const { powerOn } = this.#options;
    if (powerOn !== undefined) relay(powerOn);
    this.#port ??= await this.#open();
    if (powerOn !== undefined) return;
    await this.#reset(true);
    await pause(RESET_MS);
    await this.#reset(false);
  }

  /** Cuts the power, or holds the board in reset. */
  async off(): Promise<void> {
    const { powerOff } = this.#options;
    if (powerOff !== undefined) relay(powerOff);
    else if (this.#port !== undefined) await this.#reset(true);
    this.#rest = "";
  }

  /** Types a line at the console; it is lost while the port is closed. */
  type(line: string): void {
    this.#port?.write(`${line}\n`);
  }

  /** Closes the port; the board stays as it is. */
  async close(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    if (port?.isOpen === true)
      await new Promise<void>((resolve) => {
        port.close(() => {
          resolve();
        });
      });
  }

  /** A port that is not there yet may come: until the limit. */
  async #open(): Promise<SerialPort> {
    const { port: path, baud } = this.#options;
    for (const began = performance.now(); ; await pause(OPEN_PAUSE_MS)) {
      const port = new SerialPort({ path, baudRate: baud, autoOpen: false, hupcl: false });
      const problem = await new Promise<Error | null>((resolve) => {
        port.open(resolve);
      });
      if (problem === null) {
        port.on("data", (bytes: Buffer) => {
          this.#take(bytes);
        });
        port.on("close", () => {
          if (this.#port === port) this.#port = undefined;
        });
        return port;
      }
      if (performance.now() - began > OPEN_LIMIT_MS) {
        throw new RigError(
          Exit.noBoard,
          `cannot open ${path}: ${problem.message}`,
          "is the board connected, and may you use the port (group dialout)?",
        );
      }
    }
  }

  #take(bytes: Buffer): void {
    const lines = (this.#rest + bytes.toString("utf8")).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-LINE_MAX);
    for (const line of lines) this.#line(line.replace(/\r$/, ""));
  }

  async #reset(held: boolean): Promise<void> {
    const problem = await new Promise<Error | null>((resolve) => {
      this.#port?.set({ rts: held, dtr: false }, resolve);
    });
    if (problem !== null && problem !== undefined) {
      throw new RigError(
        Exit.noBoard,
        `${this.#options.port} has no RTS line to reset the board with: ${problem.message}`,
        "give the commands of a relay: --power-on and --power-off",
      );
    }
  }
}

function relay(command: string): void {
  const { status, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  if (status !== 0)
    throw new RigError(
      Exit.noBoard,
      `"${command}" failed with status ${status ?? "none"}: ${stderr.trim()}`,
    );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
