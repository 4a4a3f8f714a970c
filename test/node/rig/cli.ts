/** `xs-fumo` as people start it: a process, its lines, its exit status. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { within } from "../../rig/device.ts";
import { SHARD_VARIABLES } from "../../rig/shard.ts";
import { root } from "../../root.ts";

/** The engine that runs the tests may have parts: a command that they start is none. */
const WHOLE = Object.fromEntries(SHARD_VARIABLES.map((name) => [name, undefined]));

export class Cli {
  output = "";
  errors = "";
  /** The exit status; -1 when a signal ended it. */
  readonly ended: Promise<number>;
  #child: ChildProcess;
  #watchers: (() => void)[] = [];

  constructor(words: readonly string[], environment: NodeJS.ProcessEnv = {}, keyboard = false) {
    const child = spawn(process.execPath, [join(root, "build/js/test/rig/cli.js"), ...words], {
      stdio: [keyboard ? "pipe" : "ignore", "pipe", "pipe"],
      env: { ...process.env, ...WHOLE, ...environment },
    });
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      this.output += part;
      this.#wake();
    });
    child.stderr?.setEncoding("utf8").on("data", (part: string) => {
      this.errors += part;
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      child.on("close", (code) => {
        resolve(code ?? -1);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The n-th line of the output that has these words. */
  async line(words: string, count: number, limitMs: number): Promise<string> {
    const find = (): string | undefined =>
      this.output
        .split("\n")
        .slice(0, -1)
        .filter((line) => line.includes(words))[count - 1];
    await this.wait(() => find() !== undefined, limitMs);
    return find() ?? "";
  }

  /** Until that is so; it is asked whenever the process says something. */
  wait(condition: () => boolean, limitMs: number): Promise<void> {
    return this.until(
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (condition()) resolve();
          else this.#watchers.push(look);
        };
        look();
      }),
      limitMs,
    );
  }

  /** What `promise` gives, unless the process ends before, or time is up. */
  until<T>(promise: Promise<T>, limitMs: number): Promise<T> {
    const died = this.ended.then(async (status): Promise<T> => {
      const patience = new Promise<undefined>((resolve) => {
        setTimeout(() => {
          resolve(undefined);
        }, 10_000);
      });
      const late = await Promise.race([promise.then((value) => ({ value })), patience]);
      if (late !== undefined) return late.value;
      throw new Error(
        `xs-fumo ended with status ${status}\n${this.output.slice(-3000)}${this.errors}`,
      );
    });
    return within(limitMs, "xs-fumo", Promise.race([promise, died])).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.output.slice(-3000)}${this.errors}`);
    });
  }

  /** Types a line, where there is a keyboard. */
  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Types Ctrl-C. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    return this.ended;
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
