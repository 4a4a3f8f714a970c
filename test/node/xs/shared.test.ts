/** Programs whose modules were loaded ahead into a machine that is only read (engine/share.c). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Outcome, buildTexts, run } from "./program.ts";

/** What the program prints: the same with its modules loaded ahead, and when it starts. */
function both(texts: Readonly<Record<string, string>>): string {
  const blob = buildTexts(texts);
  const [alone, shared]: readonly Outcome[] = [run(blob), run(blob, "--shared")];
  assert.deepEqual(shared, alone);
  assert.equal(alone?.status, 0, alone?.stdout);
  return alone?.stdout ?? "";
}

const print = 'const print = (...all) => trace(all.join(" ") + "\\n");\n';

test("what modules have made is there: tables, texts, numbers, bytes", () => {
  const printed = both({
    main: `${print}import { table, list, half, big, bytes, keys, none } from "./made.js";
print(table.one, list.join(), list.length, half, big, bytes.length, bytes[1], none === undefined);
print(keys.get("two"), keys.get(3), keys.has("four"), [...keys.keys()].join(), "x" + table.text);
for (const key of Object.keys(table)) print(key);`,
    made: `export const table = Object.freeze({ one: 1, text: "a" + "b".repeat(3) });
export const list = Object.freeze([1, "two", , null, 5.5]);
export const half = 0.5, big = 2 ** 40, none = undefined;
export const bytes = new Uint8Array([7, 8, 9]);
export const keys = new Map([["two", 2], [3, "three"]]);`,
  });
  assert.equal(
    printed,
    "1 1,two,,,5.5 5 0.5 1099511627776 3 8 true\n2 three false two,3 xabbb\none\ntext\n",
  );
});

test("functions with one home or like environments stay what they are", () => {
  const printed = both({
    main: `${print}import { A, B, one, two, three, counter } from "./functions.js";
const a = new A(1), b = new B(2);
print(a.plus(1), a.twice, A.of(5).plus(0), b.plus(1), b.twice, b.name(), b instanceof A);
print(one(), two(), three(), a.plus === b.plus, A.prototype.plus === A.prototype.twice);
const up = counter();
up();
print(up(), counter()());
a.own = 3;
b.plus = () => "own";
print(a.own, b.plus(1), new B(2).plus(1), "own" in new A(0));`,
    functions: `const x = 1, y = "y", z = Object.freeze([3]);
export class A {
  #value;
  constructor(value) { this.#value = value; }
  static of(value) { return new A(value); }
  plus(more) { return this.#value + more + x; }
  get twice() { return 2 * this.#value + y; }
  name() { return "A" + x + y; }
}
export class B extends A {
  plus(more) { return super.plus(more) + 10; }
  name() { return super.name() + "B" + y + z[0]; }
}
export const one = () => x + y;
export const two = () => [x, y].join("/");
export function three() { return y + z[0]; }
export function counter() { let count = 0; return () => ++count + x; }`,
  });
  assert.equal(printed, "3 2y 6 14 4y A1yBy3 true\n1y 1/y y3 false false\n3 2\n3 own 14 false\n");
});

test("the entry imports what a module passes on, and a module as a whole", () => {
  const printed = both({
    main: `${print}import { passed, renamed } from "./middle.js";
import * as whole from "./deep.js";
print(passed(), renamed, Object.keys(whole).join(), whole.deep());`,
    middle: `import { deep } from "./deep.js";
export { deep as renamed2 } from "./deep.js";
export { value as renamed } from "./deep.js";
export function passed() { return deep() + 1; }`,
    deep: `export const value = 40;
export function deep() { return value + 1; }`,
  });
  assert.equal(printed, "42 40 deep,value 41\n");
});

test("an exception out of a module that was loaded ahead can be caught, and has its stack", () => {
  const printed = both({
    main: `${print}import { fail } from "./fails.js";
try { fail(0); } catch (error) { print(error.message, error instanceof RangeError); }`,
    fails: `function inner(depth) { if (depth > 2) throw new RangeError("deep"); inner(depth + 1); }
export function fail(depth) { inner(depth); }`,
  });
  assert.equal(printed, "deep true\n");
});

test("a module that throws while it is loaded ahead is said, and nothing runs", () => {
  const blob = buildTexts({
    main: 'import "./bad.js"; trace("ran\\n");',
    bad: 'throw new TypeError("bad module");',
  });
  const { status, stdout, stderr } = run(blob, "--shared");
  assert.equal(status, 2);
  assert.match(stdout, /^uncaught: TypeError: bad module/);
  assert.match(stderr, /a module threw/);
});
