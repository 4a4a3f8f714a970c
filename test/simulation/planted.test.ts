/** Planted bugs have a line to stand in and tests to be found by, though files move. */
import { deepStrictEqual, strictEqual } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";
import { LIMIT_MUTANTS } from "./mutants/limits.ts";
import { anySpace, isInC, type Mutant } from "./mutants/mutant.ts";
import { MUTANTS } from "./mutants/mutants.ts";

const ALL: readonly Mutant[] = [...MUTANTS, ...LIMIT_MUTANTS];

test("the line of every planted bug is in its file once", () => {
  const wrong = ALL.filter((mutant) => {
    const file = isInC(mutant) ? mutant.file : `build/js/${mutant.file}.js`;
    return readFileSync(join(root, file), "utf8").split(anySpace(mutant.find)).length !== 2;
  });
  deepStrictEqual(
    wrong.map(({ name, file }) => `${name}: ${file}`),
    [],
  );
});

test("every planted bug has a name of its own, and the test files that it names exist", () => {
  strictEqual(new Set(ALL.map(({ name }) => name)).size, ALL.length);
  const files = ALL.flatMap((mutant) => (mutant.by === "test" ? mutant.in : []));
  deepStrictEqual(
    files.filter((name) => !existsSync(join(root, "test", `${name}.test.ts`))),
    [],
  );
});
