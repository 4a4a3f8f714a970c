/**
 * What unit tests of src stand on: the XS counterpart of test/check.ts. Prints TAP through trace.
 */
import type { PartName } from "../../hal/xs/parts.ts";

interface Test {
  readonly name: string;
  readonly body: () => void;
  /** What it needs of the client. */
  readonly parts: readonly PartName[];
}

/** In order of registration; the entry module runs them when it has imported all. */
const tests: Test[] = [];

/**
 * Registers a test. The name is a sentence; the body is synchronous. Parts of the client may stand
 * before the body: the test does not run when the client is without one of them.
 */
export function test(name: string, ...rest: readonly [...PartName[], () => void]): void {
  const body = rest[rest.length - 1];
  if (typeof body !== "function") return;
  tests.push({ name, body, parts: rest.filter((part) => typeof part === "string") });
}

class CheckError extends Error {
  override name = "CheckError";
}

function fail(message: string | undefined, text: string): never {
  throw new CheckError(message === undefined ? text : `${message}: ${text}`);
}

function isView(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value);
}

/** JSON, but with what JSON leaves out. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part === undefined || typeof part === "bigint" ? String(part) : part,
  );
}

/** A value for a person; long ones are cut. */
function show(value: unknown): string {
  let text: string;
  try {
    if (typeof value === "string") text = JSON.stringify(value);
    else if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function")
      text = String(value);
    else if (value instanceof Error) text = `${value.name}: ${value.message}`;
    else if (isView(value))
      text = `${Object.prototype.toString.call(value).slice(8, -1)} [${value.join()}]`;
    else if (value instanceof Map) text = `Map ${json([...value])}`;
    else
      text = typeof value === "object" ? json(value) : Object.is(value, -0) ? "-0" : String(value);
  } catch {
    text = "(a value without text)";
  }
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function sameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
  return true;
}

function sameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !same(value, b.get(key))) return false;
  return true;
}

function sameObject(a: object, b: object): boolean {
  const keys = Object.keys(a);
  const others = b as Record<string, unknown>;
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys)
    if (!Object.hasOwn(b, key) || !same((a as Record<string, unknown>)[key], others[key]))
      return false;
  return true;
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (isView(a) && isView(b)) return sameList(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return sameList(a, b);
  if (a instanceof Map && b instanceof Map) return sameMap(a, b);
  if (a instanceof Set && b instanceof Set) return sameList([...a], [...b]);
  if (a instanceof Error && b instanceof Error && (a.name !== b.name || a.message !== b.message))
    return false;
  return sameObject(a, b);
}

/** Fails unless the values are the same (Object.is). */
export function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

/**
 * Fails unless the values have the same structure: plain objects, arrays, Maps, typed arrays,
 * primitives.
 */
export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!same(actual, expected))
    fail(message, `${show(actual)} has not the structure of ${show(expected)}`);
}

/** Fails unless the value is true. */
export function ok(value: unknown, message?: string): asserts value {
  if (!value) fail(message, `${show(value)} is not true`);
}

/** Fails unless `body` throws an error whose `name` is `errorName`, if given. */
export function throws(body: () => unknown, errorName?: string): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Error)) fail(undefined, `${show(error)} was thrown, which is no Error`);
    if (errorName !== undefined && error.name !== errorName)
      fail(undefined, `${show(error)} was thrown, not ${errorName}`);
    return;
  }
  fail(undefined, "nothing was thrown");
}

/** The first place in a stack that is not in this file: "test/unit/x.test.ts:12". */
function place(error: Error): string {
  for (const line of (error.stack ?? "").split("\n")) {
    const from = line.lastIndexOf("(");
    const to = line.lastIndexOf(")");
    if (
      from >= 0 &&
      to > from &&
      line.includes(":") &&
      line.includes(" at ") &&
      !line.includes("(test/check.")
    )
      return line.slice(from + 1, to);
  }
  return "?";
}

function failure(body: () => void): string | undefined {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${show(error)}`;
    return `${place(error)} ${error instanceof CheckError ? error.message : show(error)}`;
  }
  return undefined;
}

/**
 * Runs what was registered, one after another, on a client without these parts. Not on Node, where
 * node:test does it.
 */
export function run(without: readonly PartName[]): void {
  let number = 0;
  let failed = 0;
  trace("TAP version 13\n");
  for (const { name, body, parts } of tests) {
    if (parts.some((part) => without.includes(part))) continue;
    const problem = failure(body);
    trace(`${problem === undefined ? "ok" : "not ok"} ${++number} - ${name}\n`);
    if (problem !== undefined) {
      failed++;
      trace(`  # ${problem}\n`);
    }
  }
  trace(`1..${number}\n# tests ${number}\n# pass ${number - failed}\n# fail ${failed}\n`);
}
