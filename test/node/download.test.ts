/**
 * src/download/README.md has a table of reasons, results and statuses: it is what the code says.
 * Its descriptor is one that the device takes.
 */
import { deepStrictEqual, ok } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MESSAGE_BYTES_MAX } from "../../src/base/limits.ts";
import { parseUrl } from "../../src/base/url.ts";
import { utf8 } from "../../src/base/utf8.ts";
import { readDescriptor } from "../../src/download/descriptor.ts";
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

test("the device takes the descriptor in src/download/README.md", () => {
  const example = utf8(/^```xml\n([^]+?)^```$/m.exec(DOCUMENT)?.[1] ?? "");
  const base = parseUrl("https://files.example.com/door.dd");
  ok(typeof base !== "string");
  const rules = { allowHttp: false, allowPrivate: false };
  const types = ["application/octet-stream"];
  deepStrictEqual(readDescriptor(example, example.length, base, rules, types), {
    url: "https://files.example.com/door-2.0.0.img",
    size: 1_258_291,
    notify: "https://files.example.com/outcome",
    next: undefined,
    name: "Door 2.0.0",
    vendor: "Example",
    text: "Opens faster",
  });
});
