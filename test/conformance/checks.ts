/** Collects checks: each runs on its own, and what it throws is its problem. */
import type { Check, Report } from "./order.ts";

/** One check, or a part of one: those that follow each other under a name are one check. */
export interface Case {
  readonly name: string;
  /** When it fails there is no sense in those behind it. */
  readonly isVital?: true;
  body(): void;
}

/** Thrown by a check that finds the contract broken. */
class Broken extends Error {
  override name = "Broken";
}

/** Throws a Broken with `problem` unless the condition holds. */
export function expect(condition: boolean, problem: string): void {
  if (!condition) throw new Broken(problem);
}

export class Checks {
  readonly list: Check[] = [];

  check(name: string, body: () => void): void {
    const problem = problemOf(body);
    this.list.push(problem === undefined ? { name } : { name, problem });
  }
}

/** Cases, each a step of its own: between two the board waits, and feeds its watchdog. */
export class Steps {
  readonly #cases: readonly Case[];
  readonly #next: number | undefined;
  readonly #checks: Check[] = [];
  #at = 0;

  /** `next`: what the report says of it. */
  constructor(cases: readonly Case[], next?: number) {
    this.#cases = cases;
    this.#next = next;
  }

  step(now: number): Report | number {
    const one = this.#cases[this.#at++];
    if (one === undefined)
      return {
        kind: "checks",
        checks: this.#checks,
        ...(this.#next === undefined ? {} : { next: this.#next }),
      };
    const problem = problemOf(() => {
      one.body();
    });
    const last = this.#checks.at(-1);
    if (last?.name === one.name && last.problem === undefined) this.#checks.pop();
    if (last?.name !== one.name || last.problem === undefined)
      this.#checks.push({ name: one.name, ...(problem === undefined ? {} : { problem }) });
    if (problem !== undefined && one.isVital === true) this.#at = this.#cases.length;
    return now;
  }
}

/**
 * The `kind` of what `body` throws: "none" for an error without one, undefined when it throws
 * nothing.
 */
export function kindThrown(body: () => void): string | undefined {
  try {
    body();
  } catch (error) {
    return kindOf(error);
  }
  return undefined;
}

export function kindOf(error: unknown): string {
  const kind = error instanceof Error ? (error as { readonly kind?: unknown }).kind : undefined;
  return typeof kind === "string" ? kind : "none";
}

function problemOf(body: () => void): string | undefined {
  try {
    body();
  } catch (error) {
    if (error instanceof Broken) return error.message;
    return error instanceof Error ? `threw ${error.name}: ${error.message}` : "threw no Error";
  }
  return undefined;
}
