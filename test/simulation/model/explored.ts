/** Registers a test that explores a scope, and says how large it is. */
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import { explore } from "./explore.ts";
import type { Scope } from "./state.ts";

export function explored(name: string, scope: Scope): void {
  const title = `${name}: in every state the invariants hold, and every ticket is reported`;
  test(title, (context) => {
    const { states, transitions, depth, longest, dead, taken } = explore(scope);
    context.diagnostic(
      `${states} states, ${transitions} transitions, depth ${depth}; ` +
        `every ticket is reported after at most ${longest} steps; nothing boots any more in ` +
        `${dead}`,
    );
    for (const name of ["healthy", "confirmed", "the program dies", "ticket 1 acknowledged"])
      ok((taken.get(name) ?? 0) > 0, `never: ${name}`);
    ok(states > 10_000 && longest > 10);
    deepStrictEqual(dead > 0, scope.faults > 0);
  });
}
