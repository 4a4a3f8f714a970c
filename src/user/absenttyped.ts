/**
 * Stands in for typed.ts in a firmware without the part `interaction`: nobody is at the console.
 */
import type { UserInterface } from "./question.ts";

/** Returns nobody, and says so. */
export function typedAnswers(
  _typed: (buffer: Uint8Array) => number,
  show: (line: string) => void,
): UserInterface | undefined {
  show("nobody can type answers: the firmware is without the part interaction");
  return undefined;
}
