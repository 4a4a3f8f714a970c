/**
 * A user interface at the serial console (OMA-TS-DM-Protocol §2.5): questions are lines of the
 * log, a line that is typed is the answer. A lone `!` cancels, an empty line means what the
 * question starts with (DR); what is no answer is asked again.
 */
import { CONSOLE_LINE_BYTES_MAX } from "../base/limits.ts";
import { line, lines } from "../base/line.ts";
import type { Answer, Question, UserInterface } from "./question.ts";
import { textOf } from "../tree/value.ts";

const CANCEL = "!";

/**
 * Returns whoever sits at the console. `typed` as in hal.ts, Board; `show` writes a line for the
 * person, which has been made safe.
 */
export function typedAnswers(
  typed: (buffer: Uint8Array) => number,
  show: (line: string) => void,
): UserInterface | undefined {
  return new TypedAnswers(typed, show);
}

export class TypedAnswers implements UserInterface {
  readonly #typed: (buffer: Uint8Array) => number;
  readonly #show: (line: string) => void;
  readonly #line = new Uint8Array(CONSOLE_LINE_BYTES_MAX);
  #question: Question | undefined;

  constructor(typed: (buffer: Uint8Array) => number, show: (line: string) => void) {
    this.#typed = typed;
    this.#show = (text) => {
      show(line(text));
    };
  }

  ask(question: Question): Answer | undefined {
    if (question !== this.#question) this.#begin(question);
    if (question.kind === "display") return this.#end({ kind: "shown" });
    const length = this.#typed(this.#line);
    if (length < 0) return undefined;
    const answer = answerOf(question, (textOf(this.#line.subarray(0, length)) ?? "").trim());
    if (answer !== undefined) return this.#end(answer);
    this.#show(`that is no answer: ${hintOf(question)}`);
    return undefined;
  }

  clear(): void {
    if (this.#question !== undefined) this.#show("the question is over");
    this.#question = undefined;
  }

  /** What was typed before there was a question is no answer to it. */
  #begin(question: Question): void {
    while (this.#typed(this.#line) >= 0);
    this.#question = question;
    lines(question.text, this.#show);
    question.choices.forEach((choice, index) => {
      lines(`${index + 1}  ${choice}`, this.#show);
    });
    if (question.kind !== "display") this.#show(hintOf(question));
  }

  #end(answer: Answer): Answer {
    this.#question = undefined;
    return answer;
  }
}

/** How to answer. */
function hintOf({ kind, preset, lengthMax }: Question): string {
  const start =
    preset === undefined
      ? ""
      : `, nothing for ${kind === "confirm" ? (preset === "1" ? "yes" : "no") : preset}`;
  switch (kind) {
    case "confirm":
      return `yes or no${start}; ${CANCEL} cancels`;
    case "choice":
      return `a number${start}; ${CANCEL} cancels`;
    case "choices":
      return `numbers, 1-3 for two of them${start}; ${CANCEL} cancels`;
    default: {
      const length = lengthMax === undefined ? "" : ` of at most ${lengthMax} characters`;
      return `a text${length}${start}; ${CANCEL} cancels`;
    }
  }
}

/** What the line says, or undefined when it is no answer to that question. */
function answerOf(
  { kind, preset, choices, lengthMax, input }: Question,
  line: string,
): Answer | undefined {
  if (line === CANCEL) return { kind: "cancelled" };
  const said = line === "" ? (preset ?? "") : line;
  const word = said.toLowerCase();
  if (kind === "confirm") {
    if (word === "yes" || word === "y" || (line === "" && said === "1")) return { kind: "yes" };
    return word === "no" || word === "n" || (line === "" && said === "0")
      ? { kind: "no" }
      : undefined;
  }
  if (kind === "text") {
    const fits =
      [...said].length <= (lengthMax ?? Infinity) &&
      (input !== "N" || Number.isFinite(Number(said)));
    return fits ? { kind: "text", text: said } : undefined;
  }
  const numbers = said.split("-").map(Number);
  const known = numbers.every((one) => Number.isInteger(one) && one >= 1 && one <= choices.length);
  return known && (kind === "choices" || numbers.length === 1)
    ? { kind: "chosen", numbers }
    : undefined;
}
