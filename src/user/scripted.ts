/**
 * A user interface that answers from a list: for boards without a display whose maker has decided
 * what a person would say, and for tests. A word an answer, in turn; the last one stays.
 *
 * `yes` `no` `cancel` `timeout`; `text:…` for a text; `2` or `1-3` for choices. A display is
 * always shown.
 */
import { assert } from "../base/assert.ts";
import { lines } from "../base/line.ts";
import type { Answer, Question, UserInterface } from "./question.ts";

/** Returns who answers from that list; undefined, nobody, when it is empty. */
export function scriptedAnswers(
  words: readonly string[],
  log: (text: string) => void,
): UserInterface | undefined {
  return words.length === 0 ? undefined : new ProvisionedAnswers(words, log);
}

export class ProvisionedAnswers implements UserInterface {
  readonly #answers: readonly Answer[];
  readonly #log: (text: string) => void;
  #next = 0;

  /** Throws for a word that is none. */
  constructor(words: readonly string[], log: (text: string) => void) {
    this.#answers = words.map(answerOf);
    this.#log = log;
  }

  ask(question: Question): Answer | undefined {
    lines(`${question.kind}: ${question.text}`, this.#log);
    if (question.kind === "display") return { kind: "shown" };
    const answer = this.#answers[Math.min(this.#next++, this.#answers.length - 1)];
    this.#log(`answer: ${answer?.kind ?? "none"}`);
    return answer ?? { kind: "unable" };
  }

  clear(): void {
    this.#log("no answer");
  }
}

function answerOf(word: string): Answer {
  if (word === "yes" || word === "no" || word === "timeout") return { kind: word };
  if (word === "cancel") return { kind: "cancelled" };
  if (word.startsWith("text:")) return { kind: "text", text: word.slice(5) };
  const numbers = word.split("-").map(Number);
  assert(
    word !== "" && numbers.every((number) => Number.isInteger(number) && number > 0),
    `provision: answers: ${word}`,
  );
  return { kind: "chosen", numbers };
}
