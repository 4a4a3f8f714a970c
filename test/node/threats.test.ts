/**
 * src/SECURITY.md names the tests of what it says: each of them exists, each row of its tables has
 * one, and each of its sections.
 */
import { deepStrictEqual, ok } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as limits from "../../src/base/limits.ts";
import { root } from "../root.ts";

const TESTS = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(root, "test", name), "utf8"))
  .join("\n");
const DOCUMENT = readFileSync(join(root, "src/SECURITY.md"), "utf8");
const SECTIONS = DOCUMENT.split("\n## ").slice(1);

/** Names in backquotes that are sentences: those of tests. */
function named(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)]
    .map((match) => match[1] ?? "")
    .filter((name) => name.split(" ").length > 3);
}

/** The rows of a section's tables, without the heads. */
function rows(section: string): readonly string[] {
  const lines = section.split("\n");
  return lines.filter(
    (line, index) =>
      line.startsWith("| ") && !line.startsWith("|---") && !lines[index + 1]?.startsWith("|---"),
  );
}

function isTest(name: string): boolean {
  return TESTS.includes(`test("${name}"`) || TESTS.includes(`test(\`${name}\``);
}

test("every test that SECURITY.md names exists", () => {
  const names = named(DOCUMENT);
  ok(names.length >= 150, `${names.length} tests`);
  deepStrictEqual(
    names.filter((name) => !isTest(name)),
    [],
  );
});

test("every row of every table of SECURITY.md ends with a test that exists", () => {
  const all = SECTIONS.flatMap(rows);
  ok(all.length >= 90, `${all.length} rows`);
  deepStrictEqual(
    all.filter((row) => !named(row.split(" | ").at(-1) ?? "").some(isTest)),
    [],
  );
});

test("every section of SECURITY.md names tests, but for how to report a weakness", () => {
  deepStrictEqual(
    SECTIONS.filter((section) => named(section).length === 0).map((section) =>
      section.split("\n", 1).join(),
    ),
    ["To report a weakness"],
  );
});

test("every limit that SECURITY.md names is one of src/base/limits.ts", () => {
  const words = DOCUMENT.match(/\b[A-Z]+(_[A-Z]+)+\b/g) ?? [];
  ok(words.length >= 30, `${words.length} limits`);
  deepStrictEqual(
    words.filter((word) => !(word in limits)),
    [],
  );
});
