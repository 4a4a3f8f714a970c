/** Facades to host functions (hal/xs/lower.ts). */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { lower } from "../../../hal/xs/lower.ts";
import { root } from "../../root.ts";

test("functions, methods, constructors and classes are lowered", () => {
  assert.equal(
    lower('export function f(a, b) { return native("n").call(this, a, b); }'),
    'export function f(a, b) @ "n"',
  );
  assert.equal(
    lower('class F extends Native("d") {\n  m() { native("n").call(this); }\n}'),
    'class F @ "d" {\n  m() @ "n"\n}',
  );
  assert.equal(
    lower('constructor(a) { super(); native("n").call(this, a); }'),
    'constructor(a) @ "n"',
  );
});

test("lines stay where they are", () => {
  const source =
    'export function f(a) {\n  return native("n").call(this, a);\n}\n' +
    'constructor(a) {\n  super();\n  native("n").call(this, a);\n}\n';
  assert.equal(lower(source).split("\n").length, source.split("\n").length);
  assert.ok(!lower(source).includes("native("));
});

test("what passes other arguments than it gets stays a call", () => {
  for (const source of [
    'f(a, b) { return native("n").call(this, b, a); }',
    'f(a) { return native("n").call(this, a, 1); }',
    'f(a) { return native("n").call(undefined, a); }',
    'f(a) { return native("n").call(this, a) + 1; }',
  ])
    assert.equal(lower(source), source);
});

test("private members get plain names, and those of a derived class names of their own", () => {
  const source = [
    "export class A {",
    "    #a = 1;",
    "    static #b = 2;",
    "    get #c() { return !this.#has(this.#a); }",
    "    #has(other) { return other?.#a === A.#b; }",
    "}",
    "class B extends A {",
    "    #a = 3;",
    "    m() { return this.#a; }",
    "}",
  ].join("\n");
  assert.equal(
    lower(source),
    [
      "export class A {",
      "    $a = 1;",
      "    static $b = 2;",
      "    get $c() { return !this.$has(this.$a); }",
      "    $has(other) { return other?.$a === A.$b; }",
      "}",
      "class B extends A {",
      "    $a$B = 3;",
      "    m() { return this.$a$B; }",
      "}",
    ].join("\n"),
  );
});

/** What may hold a "#" that is no member: comments, templates, strings. */
const TOKEN = /\/\/[^\n]*|\/\*[^]*?\*\/|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g;

function strings(source: string): readonly string[] {
  return (source.match(TOKEN) ?? []).filter((token) => token.startsWith('"'));
}

test("of the modules of src and hal no string is changed, and no plain name is there twice", () => {
  const modules = ["src", "hal"].flatMap((folder) =>
    readdirSync(join(root, "build/js", folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".js"))
      .map((name) => readFileSync(join(root, "build/js", folder, name), "utf8")),
  );
  const lowered = modules.map(lower);
  assert.ok(lowered.some((text) => /\.\$\w/.test(text)));
  assert.deepEqual(lowered.map(strings), modules.map(strings));
  assert.deepEqual(
    modules.flatMap((source) => source.match(/\.\$[A-Za-z]\w*/g) ?? []),
    [],
  );
});
