/**
 * A board on the bench, as far as a computer can play one: a pseudo-terminal is its serial port, a
 * process its chip, HTTP its relay. It may stand behind a terminal server, and its port may go away
 * at each restart, as that of a chip with USB of its own does.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { makeRunner, RUNNER } from "../../../rig/boards/host.ts";
import { freePort } from "../freeport.ts";

export const LINES = ["pty", "reenumerating", "tcp", "rfc2217"] as const;
export type LineKind = (typeof LINES)[number];

/** How long the port of a chip is away that restarts its USB. */
const AWAY_MS = 300;

/** What makes a pseudo-terminal has made it within this, or never will. */
const PLUG_LIMIT_MS = 30_000;

/** How ser2net offers a port. */
const ACCEPTERS = { tcp: "tcp", rfc2217: "telnet(rfc2217),tcp" } as const;

/** What switches its relay on; anything else switches it off. */
const ON: readonly string[] = ["/on", "/1"];

interface HttpPower {
  readonly http: { readonly on: string; readonly off: string };
}

export class VirtualBoard {
  readonly directory = mkdtempSync(join(tmpdir(), "virtual-"));
  readonly #kind: LineKind;
  readonly #tty = join(this.directory, "tty");
  readonly #relay: Server;
  #port = 0;
  #server: ChildProcess | undefined;
  #line: ChildProcess | undefined;
  #chip: ChildProcess | undefined;
  #powered = false;
  /** The port is away: what the chip says is lost. */
  #away = false;
  #moving: Promise<void> = Promise.resolve();

  /** Puts it on the bench, without power. */
  static async make(kind: LineKind): Promise<VirtualBoard> {
    makeRunner();
    const board = new VirtualBoard(kind);
    board.#relay.listen(0, "127.0.0.1");
    await once(board.#relay, "listening");
    await board.#plug();
    if (kind === "tcp" || kind === "rfc2217") await board.#serve(ACCEPTERS[kind]);
    return board;
  }

  private constructor(kind: LineKind) {
    this.#kind = kind;
    this.#relay = createServer(({ url = "" }, reply) => {
      // A programmer stops the chip, and cannot where that has no power.
      if (url === "/halt" && !this.#powered) reply.statusCode = 503;
      const isOn = ON.includes(url);
      if (url !== "/halt") this.#powered = isOn;
      const done = isOn ? Promise.resolve(this.#on()) : this.#halt();
      void done.then(() => {
        reply.end();
      });
    });
  }

  /** What a rig file says of it, besides the commands that make it new. */
  get entry(): { kind: string; console: string; power: HttpPower } {
    const url = (word: string): string => this.#url(word);
    const isServed = this.#kind === "tcp" || this.#kind === "rfc2217";
    return {
      kind: "host",
      console: isServed ? `${this.#kind}://127.0.0.1:${this.#port}` : this.#tty,
      power: { http: { on: url("on"), off: url("off") } },
    };
  }

  /** What an exporter of labgrid offers of it, where it is behind a terminal server. */
  get resources(): object {
    const protocol = this.#kind === "tcp" ? "raw" : "rfc2217";
    return {
      NetworkSerialPort: { host: "127.0.0.1", port: this.#port, protocol },
      NetworkPowerPort: { model: "simplerest", host: this.#url("{value}"), index: 0 },
    };
  }

  /** Shell commands that make it new, and that provision it. */
  get commands(): { readonly flash: string; readonly provision: string } {
    const state = join(this.directory, "state");
    const halt = `curl --fail --silent --show-error '${this.#url("halt")}'`;
    const flash = [
      halt,
      `rm -rf '${state}'`,
      `mkdir '${state}'`,
      `cp {image} '${state}/slot-a.flash'`,
      `cp {keys} '${state}/keys'`,
    ];
    const provision = `${halt} && cp {file} '${state}/provision.json'`;
    return { flash: flash.join(" && "), provision };
  }

  /** What its relay and its programmer are asked for. */
  #url(word: string): string {
    return `http://127.0.0.1:${(this.#relay.address() as AddressInfo).port}/${word}`;
  }

  async remove(): Promise<void> {
    await this.#halt();
    await this.#moving;
    await this.#unplug();
    this.#server?.kill();
    this.#relay.close();
    this.#relay.closeAllConnections();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #plug(): Promise<void> {
    const line = spawn("socat", [`PTY,link=${this.#tty},raw,echo=0`, "STDIO"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    line.stdin.on("error", () => undefined); // it may go while something is said
    line.stdout.on("data", (bytes: Buffer) => this.#chip?.stdin?.write(bytes));
    this.#line = line;
    const late = performance.now() + PLUG_LIMIT_MS;
    while (!existsSync(this.#tty)) {
      if (line.exitCode !== null || performance.now() > late)
        throw new Error(`socat made no ${this.#tty} (status ${line.exitCode ?? "none"})`);
      await setTimeout(5);
    }
    this.#away = false;
  }

  async #unplug(): Promise<void> {
    const line = this.#line;
    this.#away = true;
    if (line === undefined || line.exitCode !== null || line.signalCode !== null) return;
    const ended = once(line, "exit");
    line.kill();
    await ended;
  }

  async #serve(accepter: string): Promise<void> {
    this.#port = await freePort();
    const file = join(this.directory, "ser2net.yaml");
    const connection = [
      "%YAML 1.1",
      "---",
      "connection: &board",
      `  accepter: ${accepter},127.0.0.1,${this.#port}`,
      `  connector: serialdev,${this.#tty},115200n81,local`,
    ];
    writeFileSync(file, `${connection.join("\n")}\n`);
    this.#server = spawn("ser2net", ["-d", "-u", "-c", file], { stdio: "ignore" });
  }

  #on(): void {
    if (this.#chip !== undefined) return;
    const chip = spawn(RUNNER, ["--state", join(this.directory, "state")], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    chip.stdin.on("error", () => undefined);
    for (const stream of [chip.stdout, chip.stderr])
      createInterface({ input: stream }).on("line", (line) => {
        if (!this.#away) this.#line?.stdin?.write(`${line}\r\n`);
        if (this.#kind === "reenumerating" && line.includes("restarting into "))
          this.#moving = this.#moving.then(() => this.#reenumerate());
      });
    chip.once("exit", () => {
      if (this.#chip === chip) this.#chip = undefined;
    });
    this.#chip = chip;
  }

  /** Stops the chip: nothing in it gets to run again. */
  async #halt(): Promise<void> {
    const chip = this.#chip;
    if (chip === undefined) return;
    const ended = once(chip, "exit");
    chip.kill("SIGKILL");
    await ended;
  }

  async #reenumerate(): Promise<void> {
    await this.#unplug();
    await setTimeout(AWAY_MS);
    await this.#plug();
  }
}
