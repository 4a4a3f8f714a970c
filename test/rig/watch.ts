/**
 * Waits for what a device says, and notices what it must not say. Every line counts once, in order:
 * of two matches that came together the second is there for the next wait. Crashes are watched for
 * always, and end every wait at once.
 */
import { within } from "./device.ts";
import type { Recorded } from "./events/event.ts";
import type { EventLog } from "./events/log.ts";
import { Exit, RigError } from "./exit.ts";

/**
 * What no device may say: the engine gave up, or the board was reset by a panic or its watchdog.
 */
const CRASHES: readonly RegExp[] = [/XS abort/, /reset by (panic|watchdog)/, /crashes in a row/];

export class Watch {
  #lines: string[] = [];
  #forbidden: RegExp[];
  #failure: RigError | undefined;
  #wake: (() => void) | undefined;

  /** `crashes: false` is for tests in which a crash is what is looked for. */
  constructor(log: EventLog, options: { readonly crashes: boolean } = { crashes: true }) {
    this.#forbidden = options.crashes ? [...CRASHES] : [];
    log.view((event) => {
      this.#see(event);
    });
  }

  /** From now on a line like this ends every wait as a failure. */
  fail(pattern: RegExp): void {
    this.#forbidden.push(pattern);
  }

  /**
   * The next line that matches, after the one that the last wait gave. Throws a RigError: 42 past
   * the limit, 6 at a crash, 1 at a `fail`.
   */
  async expect(pattern: RegExp, limitMs: number): Promise<string> {
    return within(limitMs, `waiting for ${String(pattern)}`, this.#next(pattern));
  }

  /** Rejects at the first crash or forbidden line; never resolves. */
  async failure(): Promise<never> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#more();
    }
  }

  async #next(pattern: RegExp): Promise<string> {
    for (;;) {
      for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift())
        if (pattern.test(line)) return line;
      if (this.#failure !== undefined) throw this.#failure;
      await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before?.();
        resolve();
      };
    });
  }

  #see(event: Recorded): void {
    if (event.kind !== "serial") return;
    this.#lines.push(event.line);
    const pattern = this.#forbidden.find((candidate) => candidate.test(event.line));
    if (pattern !== undefined) {
      const crash = CRASHES.includes(pattern);
      this.#failure ??= new RigError(
        crash ? Exit.crash : Exit.failed,
        `the device ${crash ? "crashed" : "failed"}: ${event.line.trim()}`,
      );
    }
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
