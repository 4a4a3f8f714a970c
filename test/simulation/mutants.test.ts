/**
 * Every planted bug is found, by the check that is there for it: a campaign that cannot fail would
 * prove nothing.
 */
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import { killAll } from "./mutants/kill.ts";
import { isInC } from "./mutants/mutant.ts";
import { MUTANTS } from "./mutants/mutants.ts";

test("every planted bug is killed by the check that is there for it", {
  timeout: 3_600_000,
}, async (context) => {
  ok(MUTANTS.length >= 100 && MUTANTS.filter(isInC).length >= 25);
  const table = await killAll(MUTANTS);
  for (const { line } of table) context.diagnostic(line);
  deepStrictEqual(
    table.filter(({ good }) => !good),
    [],
  );
});
