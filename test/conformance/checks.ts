/** Collects checks: each runs on its own, and what it throws is its problem. */
import type { Check } from "./order.ts";

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
