/**
 * Broken invariants stop the program, in production too: the board resets and the record recovers.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
