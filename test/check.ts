/**
 * What unit tests of src stand on: on Node node:test and node:assert; on XS the module of the same
 * name in hal/xs.
 */
import { deepStrictEqual, ok as assertOk, strictEqual, throws as assertThrows } from "node:assert";
import { test as nodeTest } from "node:test";

/** Registers a test. The name is a sentence; the body is synchronous. */
export function test(name: string, body: () => void): void {
  nodeTest(name, () => {
    body();
  });
}

/** Fails unless the values are the same (Object.is). */
export function equal(actual: unknown, expected: unknown, message?: string): void {
  strictEqual(actual, expected, message);
}

/**
 * Fails unless the values have the same structure: plain objects, arrays, Maps, typed arrays,
 * primitives.
 */
export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  deepStrictEqual(actual, expected, message);
}

/** Fails unless the value is true. */
export function ok(value: unknown, message?: string): asserts value {
  assertOk(value, message);
}

/** Fails unless `body` throws an error whose `name` is `errorName`, if given. */
export function throws(body: () => unknown, errorName?: string): void {
  assertThrows(
    body,
    (error: unknown) =>
      error instanceof Error && (errorName === undefined || error.name === errorName),
  );
}
