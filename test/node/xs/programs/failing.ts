/** Unit tests that fail in each way that test/check.ts has. */
import { deepEqual, equal, ok, test, throws } from "../../../check.ts";

const value = (): unknown => ({ a: [1, new Map([["k", Uint8Array.of(1)]])], b: undefined });
test("passes", () => {
  deepEqual(value(), value());
});
test("equal", () => {
  equal(1 + 1, 3, "sum");
});
test("zero", () => {
  equal(0, -0);
});
test("deepEqual", () => {
  deepEqual({ a: 1 }, { a: 1, b: undefined });
});
test("arrays", () => {
  deepEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3));
});
test("kinds", () => {
  deepEqual([], {});
});
test("maps", () => {
  deepEqual(new Map([[1, 2]]), new Map([[1, 3]]));
});
test("ok", () => {
  ok(0);
});
test("nothing thrown", () => {
  throws(() => 1);
});
test("other name", () => {
  throws(() => {
    throw new TypeError("x");
  }, "RangeError");
});
test("throws itself", () => {
  throw new SyntaxError("odd");
});
test("passes again", () => {
  throws(() => {
    throw new TypeError("x");
  }, "TypeError");
});
