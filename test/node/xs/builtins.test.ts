/** Built-ins that XS is built without (hal/xs/engine/builtins.h): nobody names one. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BASE_MODULES } from "../../../hal/xs/build.ts";
import { root } from "../../root.ts";
import { buildTexts, run } from "./program.ts";

const HEADER = readFileSync(join(root, "hal/xs/engine/builtins.h"), "utf8");

/** Groups whose functions have names that others have, too: their globals may not be named. */
const GROUPS = ["Compartment", "ModuleSource", "Promise", "Proxy", "Reflect", "WeakSet"];
const WHOLE = [...HEADER.matchAll(/^#define fxBuild(\w+)\(THE\)$/gm)].map(([, name = ""]) => name);
const ABSENT = [...HEADER.matchAll(/^#define ABSENT_fx_(\w+) ABSENT$/gm)].map(
  ([, name = ""]) => name,
);

/** What code may not name, if it is to run without the built-ins: words, or `Math.log`, `.at`. */
function forbidden(): Set<string> {
  const names = new Set([...WHOLE, ...GROUPS].filter((name) => name !== "Generator"));
  for (const built of ABSENT) {
    const [group = "", ...rest] = built.split("_");
    const isMethod = rest[0] === "prototype";
    const own = rest.slice(isMethod ? 1 : 0).join("_");
    if (own === "") names.add(group);
    else if (!GROUPS.includes(group)) names.add(isMethod ? `.${own}` : `${group}.${own}`);
  }
  return names;
}

/** What code names: neither in comments nor in strings. */
function words(source: string): Set<string> {
  const code = source.replace(
    /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
    " ",
  );
  const found = [/(?<![.\w$])[A-Za-z_$][\w$]*/g, /\.[A-Za-z_$][\w$]*/g, /\b[A-Z]\w*\.\w+/g];
  return new Set(found.flatMap((pattern) => code.match(pattern) ?? []));
}

function modules(folder: string): string[] {
  return readdirSync(join(root, "build/js", folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .map((name) => join(folder, name));
}

/** Modules that run on XS: those of the product and its boards, and the unit tests. */
function onXs(): (readonly [name: string, source: string])[] {
  return ["src", "hal", "test/unit", "test/xs", "test/corpus"]
    .flatMap(modules)
    .filter((name) => !(name.slice(0, -".js".length) in BASE_MODULES))
    .map((name) => [name, readFileSync(join(root, "build/js", name), "utf8")] as const)
    .filter(
      ([name, source]) =>
        name.startsWith("test/unit") || !/from "node:|^export function lower/m.test(source),
    );
}

test("builtins.h leaves out what it says: groups, and functions of the others", () => {
  assert.ok(WHOLE.includes("RegExp") && WHOLE.includes("Date"), WHOLE.join(" "));
  assert.ok(ABSENT.length > 100, `${ABSENT.length}`);
  const names = forbidden();
  for (const name of ["RegExp", "Proxy", ".getFloat64", ".charCodeAt", "Math.acos", "isNaN"])
    assert.ok(names.has(name), name);
});

test("no module that runs on XS names a built-in that is left out", () => {
  const names = forbidden();
  const found = onXs().flatMap(([module, source]) =>
    [...words(source)].filter((word) => names.has(word)).map((word) => `${module}: ${word}`),
  );
  assert.deepEqual(found, []);
});

test("letters have the cases of ASCII: no other letter becomes one of it, or none", () => {
  const lower = '"@AZ[az\\u212A\\u00C4\\u0130".toLowerCase()';
  const upper = '"`az{AZ\\u017F\\u00E4\\u00DF".toUpperCase()';
  const main = `trace([${lower}, ${upper}, "".toLowerCase()].join());`;
  assert.equal(
    run(buildTexts({ main })).stdout,
    "@az[az\u212A\u00C4\u0130,`AZ{AZ\u017F\u00E4\u00DF,",
  );
});
