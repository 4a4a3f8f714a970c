/** The results of a Get, all at once. */
import type { GetAnswer, Result } from "../../../src/tree/get.ts";

export function pulled({ next }: GetAnswer): readonly Result[] {
  const results: Result[] = [];
  for (let result = next?.(); result !== undefined; result = next?.()) results.push(result);
  return results;
}
