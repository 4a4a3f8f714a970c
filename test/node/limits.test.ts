/**
 * src/base/LIMITS.md is src/base/limits.ts in words: it has every limit with its value, and for
 * each a test that exists where the limit is changed on purpose. What bounds HTTP and URLs beside
 * it has the value that the code has.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as limits from "../../src/base/limits.ts";
import { root } from "../root.ts";
import { LIMIT_TESTS } from "../simulation/mutants/limits.ts";

const DOCUMENT = readFileSync(join(root, "src/base/LIMITS.md"), "utf8");
const [OWN = "", FORMS = ""] = DOCUMENT.split("\n## Bounds of a form");

/** The cells of the rows of a table, in backquotes or not. */
function rows(text: string): readonly (readonly string[])[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| limit |"))
    .filter((line) => !line.startsWith("| what |"))
    .map((line) => line.slice(2, -2).split(" | "));
}

/** The first number of a text, in which commas part thousands. */
function number(text: string | undefined): number {
  return Number(/[\d,]+/.exec(text ?? "")?.[0].replaceAll(",", ""));
}

function bare(text: string | undefined): string {
  return (text ?? "").replaceAll("`", "");
}

function hasTest(source: string, name: string): boolean {
  return source.includes(`test("${name}"`) || source.includes(`test(\`${name}\``);
}

test("LIMITS.md has every limit once, with its value", () => {
  const told = rows(OWN).map(([name, value]) => [bare(name), number(value)] as const);
  deepStrictEqual(Object.fromEntries(told), { ...limits });
  strictEqual(told.length, Object.keys(limits).length, "none is there twice");
});

test("each limit of LIMITS.md names what becomes of more, and its test at it and past it", () => {
  for (const [name = "", , more = "", named] of rows(OWN)) {
    ok(more.length > 2, `${name}: what becomes of more`);
    const file = LIMIT_TESTS[bare(name) as keyof typeof limits];
    const source = readFileSync(join(root, `test/${file}.test.ts`), "utf8");
    ok(hasTest(source, bare(named)), `${name}: no test ${named} in ${file}`);
  }
});

test("the bounds beside limits.ts have the values that the code has, and tests", () => {
  const sources = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(root, "test", file), "utf8"))
    .join("\n");
  const generic = sources.replaceAll(/`\$\{\w+\}: what/g, "`download: what");
  const table = rows(FORMS);
  ok(table.length > 4);
  for (const [what, where = "", value, , named] of table) {
    const [, name = "", file = ""] = /`(\w+)` of `([^`]+)`/.exec(where) ?? [];
    const code = readFileSync(join(root, file), "utf8");
    const found = new RegExp(`\\b${name}\\b(?: =)? (\\d+)`).exec(code)?.[1];
    strictEqual(Number(found), number(value), `${what}: ${name} of ${file}`);
    ok(hasTest(generic, bare(named)), `${what}: no test ${named}`);
  }
});
