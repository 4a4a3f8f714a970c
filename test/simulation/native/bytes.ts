/**
 * Comparison of bytes by Node's Buffer, in the place of src/base/bytes.ts: a board has a native one
 * too.
 */
export { copy, filled, find, findAny, fromHex, hex } from "../../../src/base/bytes.ts";

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
