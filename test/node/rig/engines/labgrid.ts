/** labgrid on the loopback: a coordinator, and an exporter that offers boards. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Daemon, Running } from "../../servers/daemon.ts";
import { freePort } from "../freeport.ts";
import { LABGRID } from "./labgridtools.ts";

const EXPORTER = "lab";
const LIMIT_MS = 120_000;

function daemon(name: string, words: (file: string) => readonly string[]): Daemon {
  return { program: join(LABGRID, name), debian: "", words };
}

export class Labgrid {
  /** What its client is started with. */
  readonly environment: NodeJS.ProcessEnv;
  readonly #daemons: Running[] = [];

  /** Starts it in that folder, with a place for each board. Throws what it says. */
  static async start(
    folder: string,
    boards: { readonly [place: string]: object },
  ): Promise<Labgrid> {
    const labgrid = new Labgrid(`127.0.0.1:${await freePort()}`);
    try {
      await labgrid.#start(folder, boards);
    } catch (error) {
      await labgrid.stop();
      throw error;
    }
    return labgrid;
  }

  private constructor(address: string) {
    this.environment = {
      LG_COORDINATOR: address,
      PATH: `${LABGRID}:${process.env["PATH"] ?? ""}`,
    };
  }

  async #start(folder: string, boards: { readonly [place: string]: object }): Promise<void> {
    const address = this.environment["LG_COORDINATOR"] ?? "";
    const coordinator = daemon("labgrid-coordinator", () => ["--listen", address]);
    const port = Number(address.split(":")[1]);
    this.#daemons.unshift(await Running.start(coordinator, folder, "", port));
    const words = ["--coordinator", address, "--name", EXPORTER, "--hostname", "127.0.0.1"];
    const exporter = daemon("labgrid-exporter", (file) => [...words, file]);
    this.#daemons.unshift(await Running.start(exporter, folder, stringify(boards)));
    for (const place of Object.keys(boards)) {
      await this.client("-p", place, "create");
      await this.client("-p", place, "add-match", `${EXPORTER}/${place}/*`);
    }
    for (const place of Object.keys(boards))
      await this.until(new RegExp(`${EXPORTER}/${place}/`), "resources");
  }

  /** Asks its client until it says so. Throws what it said last when the limit has passed. */
  async until(pattern: RegExp, ...words: readonly string[]): Promise<void> {
    for (const limit = Date.now() + LIMIT_MS; ; ) {
      const said = await this.client(...words);
      if (pattern.test(said)) return;
      if (Date.now() > limit) throw new Error(`${words.join(" ")} never said ${pattern}: ${said}`);
    }
  }

  /** Runs its client: what it printed. Throws what it says when it fails. */
  async client(...words: readonly string[]): Promise<string> {
    const child = spawn(join(LABGRID, "labgrid-client"), words, {
      env: { ...process.env, ...this.environment },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
    const [status] = (await once(child, "close")) as [number | null];
    if (status !== 0) throw new Error(`labgrid-client ${words.join(" ")}: ${said}`);
    return said;
  }

  async stop(): Promise<void> {
    for (const each of this.#daemons) await each.stop();
  }
}
