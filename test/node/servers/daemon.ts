/**
 * Servers of other people, as Debian has them, on loopback ports: each runs in the foreground with
 * a configuration of its own, and ends with its test.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const START_LIMIT_MS = 30_000;
const POLL_MS = 50;
/** What is ended hard loses its log, and nginx its workers. */
const STOP_LIMIT_MS = 60_000;
const PLACES = ["/usr/sbin", "/usr/bin"];

/** What is started, and the Debian package that brings it. */
export interface Daemon {
  readonly program: string;
  readonly debian: string;
  /** What runs it in the foreground with the configuration at that path. */
  words(configuration: string): readonly string[];
}

export const NGINX: Daemon = {
  program: "nginx",
  debian: "nginx-light",
  words: (file) => ["-c", file, "-g", "daemon off;"],
};
export const APACHE: Daemon = {
  program: "apache2",
  debian: "apache2-bin",
  words: (file) => ["-f", file, "-D", "FOREGROUND"],
};
export const LIGHTTPD: Daemon = {
  program: "lighttpd",
  debian: "lighttpd lighttpd-mod-openssl",
  words: (file) => ["-D", "-f", file],
};
export const HAPROXY: Daemon = {
  program: "haproxy",
  debian: "haproxy",
  words: (file) => ["-db", "-f", file],
};
export const SQUID: Daemon = {
  program: "squid",
  debian: "squid",
  // The name keeps what it has in shared memory apart from that of any other.
  words: (file) => ["-N", "-n", `xsfumo${process.pid}`, "-f", file],
};

/** Why tests of it cannot run here, or false: `skip` of node:test. In CI that is a failure. */
export function missing(daemon: Daemon): string | false {
  if (pathOf(daemon) !== undefined || process.env.CI !== undefined) return false;
  return `${daemon.program} is missing: apt-get install ${daemon.debian}`;
}

function pathOf({ program }: Daemon): string | undefined {
  return PLACES.map((place) => resolve(place, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export class Running {
  readonly #child: ChildProcess;
  readonly #log: string;

  private constructor(child: ChildProcess, log: string) {
    this.#child = child;
    this.#log = log;
  }

  /**
   * Starts it and waits until it takes connections on `port`, or on the Unix socket of that path.
   * `log` is the file of its accesses. Without `port` it is not waited for.
   * Throws what it says when it does not start.
   */
  static async start(
    daemon: Daemon,
    folder: string,
    configuration: string,
    port?: number | string,
    log = "",
  ): Promise<Running> {
    const path = pathOf(daemon);
    if (path === undefined)
      throw new Error(`${daemon.program} is missing: apt-get install ${daemon.debian}`);
    const file = join(folder, `${basename(daemon.program)}.conf`);
    writeFileSync(file, configuration);
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const child = spawn(path, daemon.words(file), { cwd: folder, stdio: [...stdio] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes: Buffer) => {
        said += bytes.toString();
      });
    const running = new Running(child, log);
    for (const until = Date.now() + START_LIMIT_MS; !(await isUp(port)); await sleep(POLL_MS)) {
      if (child.exitCode === null && Date.now() < until) continue;
      await running.stop();
      throw new Error(`${daemon.program} does not start: ${said}`);
    }
    return running;
  }

  /**
   * Stops it: the lines of its access log. Before, some may be missing, and those of a request that
   * was cut off come late.
   */
  async ended(): Promise<readonly string[]> {
    await this.stop();
    return readFileSync(this.#log, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => {
      this.#child.kill("SIGKILL");
    }, STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }
}

async function isUp(port: number | string | undefined): Promise<boolean> {
  return port === undefined || (await answers(port));
}

function answers(port: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof port === "string" ? connect(port) : connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => {
      resolve(false);
    });
  });
}
