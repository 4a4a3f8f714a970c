/**
 * test/README.md names tests for what the standards ask: each of them exists, and each row has one
 * or says why it has none.
 */
import { deepStrictEqual, ok } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";

const TESTS = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(root, "test", name), "utf8"))
  .join("\n")
  // The formatter may put the name on a line of its own.
  .replaceAll(/\btest\(\s+/g, "test(");
const CONFORMANCE =
  readFileSync(join(root, "test/README.md"), "utf8").split("## Conformance\n")[1] ?? "";
const ROWS = CONFORMANCE.split("\n")
  .filter((line) => /^\| (?!rule|-)/.test(line))
  .map((line) => line.split(" | "));

test("every test that the conformance table names exists", () => {
  const named = ROWS.flatMap((cells) =>
    [...(cells[2] ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""),
  );
  ok(named.length > 100, `${named.length} tests`);
  deepStrictEqual(
    named.filter(
      (name) => !TESTS.includes(`test("${name}"`) && !TESTS.includes(`test(\`${name}\``),
    ),
    [],
  );
});

test("every row of the conformance table has a level, and a test or a reason", () => {
  for (const [rule = "", level = "", tests = "", ...more] of ROWS) {
    ok(/^(MUST|SHOULD|MAY|choice)/.test(level) && more.length === 0, rule);
    ok(tests.startsWith("`") || tests.startsWith("not "), rule);
  }
});
