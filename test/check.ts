/**
 * What unit tests of src stand on: on Node node:test and node:assert; on XS the module of the same
 * name in hal/xs.
 */
import { deepStrictEqual, ok as assertOk, strictEqual, throws as assertThrows } from "node:assert";
import { test as nodeTest } from "node:test";
import type { PartName } from "../hal/xs/parts.ts";

/**
 * Registers a test. The name is a sentence; the body is synchronous. Parts of the client may stand
 * before the body: XS leaves the test out where the client is without one of them.
 */
export function test(name: string, ...rest: readonly [...PartName[], () => void]): void {
  const body = rest[rest.length - 1];
  nodeTest(name, () => {
    if (typeof body === "function") body();
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
