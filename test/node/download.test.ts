/**
 * src/download/README.md has a table of reasons, results and statuses: it is what the code says.
 */
import { deepStrictEqual, ok } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MESSAGE_BYTES_MAX } from "../../src/base/limits.ts";
import { REASONS } from "../../src/update/reason.ts";
import { root } from "../root.ts";

const DOCUMENT = readFileSync(join(root, "src/download/README.md"), "utf8");

test("the table of results and statuses in src/download/README.md is the one of the code", () => {
  const rows = [...DOCUMENT.matchAll(/^\| (\w+) \| (\d+) \| (\d+) \|/gm)].map((match) =>
    match.slice(1, 4).join(" "),
  );
  deepStrictEqual(
    rows.sort(),
    Object.entries(REASONS)
      .map(([reason, { result, status }]) => `${reason} ${result} ${status}`)
      .sort(),
  );
  const prose = DOCUMENT.replaceAll(/\s+/g, " ");
  ok(prose.includes(`at most ${MESSAGE_BYTES_MAX} bytes (\`MESSAGE_BYTES_MAX\`)`));
});
