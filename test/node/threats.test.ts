/** src/SECURITY.md names the tests that attack: each of them exists, and each threat has one. */
import { deepStrictEqual, ok } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";

const TESTS = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(root, "test", name), "utf8"))
  .join("\n");
const THREATS =
  readFileSync(join(root, "src/SECURITY.md"), "utf8").split("## Threats\n")[1]?.split("\n## ")[0] ??
  "";
const ROWS = THREATS.split("\n")
  .filter((line) => /^\| (?!threat)/.test(line))
  .map((line) => line.split(" | "));

test("every test that the table of threats names exists, and every threat has one", () => {
  ok(ROWS.length >= 20, `${ROWS.length} threats`);
  for (const [threat = "", measure = "", tests = ""] of ROWS) {
    const named = [...tests.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    ok(measure.length > 0 && named.length > 0, threat);
    deepStrictEqual(
      named.filter(
        (name) => !TESTS.includes(`test("${name}"`) && !TESTS.includes(`test(\`${name}\``),
      ),
      [],
    );
  }
});
