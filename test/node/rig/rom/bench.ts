/** The stand-in behind a pseudo-terminal: a serial port with a board, for other programs. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { RomLoader, type RomOptions } from "./romloader.ts";

export interface RomBench {
  readonly rom: RomLoader;
  /** The port's device. */
  readonly port: string;
  /** For the files of a test. */
  readonly directory: string;
  /** Unplugs the board. */
  unplug(): void;
}

export const HAVE_SOCAT = spawnSync("socat", ["-V"]).status === 0;

/** A board on a port of its own, until the test ends. */
export async function romBench(context: TestContext, options: RomOptions): Promise<RomBench> {
  const directory = mkdtempSync(join(tmpdir(), "rom-"));
  const port = join(directory, "tty");
  const line: ChildProcess = spawn("socat", [`PTY,link=${port},raw,echo=0`, "STDIO"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  while (!existsSync(port))
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  // While this is open, the terminal survives programs that open and close it, as a real port does.
  const held = openSync(port, constants.O_RDWR | constants.O_NOCTTY);
  const rom = new RomLoader(
    options,
    (bytes) => {
      line.stdin?.write(bytes);
    },
    () => speedOf(port),
  );
  line.stdin?.on("error", () => undefined); // the line may be gone before the chip is
  line.stdout?.on("data", (bytes: Buffer) => {
    rom.feed(bytes);
  });
  const unplug = (): void => {
    line.kill();
  };
  context.after(() => {
    unplug();
    closeSync(held);
    rmSync(directory, { recursive: true, force: true });
  });
  return { rom, port, directory, unplug };
}

/** The speed to which the host has set its end. */
function speedOf(port: string): number | undefined {
  const { stdout } = spawnSync("stty", ["-F", port, "speed"], { encoding: "utf8" });
  const speed = Number(stdout);
  return Number.isInteger(speed) && speed > 0 ? speed : undefined;
}
