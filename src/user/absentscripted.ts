/** Stands in for scripted.ts in a firmware without the part `interaction`: nobody answers. */
import type { UserInterface } from "./question.ts";

/** Returns nobody, and says so where the provisioning has answers. */
export function scriptedAnswers(
  words: readonly string[],
  log: (text: string) => void,
): UserInterface | undefined {
  if (words.length > 0) log("no answers: the firmware is without the part interaction");
  return undefined;
}
