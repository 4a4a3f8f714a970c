/** Every limit of src/base/limits.ts is tested at it and past it. */
import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import * as limits from "../../src/base/limits.ts";
import { killAll } from "./mutants/kill.ts";
import { LIMIT_MUTANTS, LIMIT_NAMES } from "./mutants/limits.ts";

test("every limit has a test that fails with one less, and one that fails with one more", {
  timeout: 3_600_000,
}, async (context) => {
  deepStrictEqual([...LIMIT_NAMES].sort(), Object.keys(limits).sort());
  const table = await killAll(LIMIT_MUTANTS);
  for (const { line } of table) context.diagnostic(line);
  deepStrictEqual(
    table.filter(({ good }) => !good),
    [],
  );
});
