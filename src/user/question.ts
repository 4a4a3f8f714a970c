/**
 * A question to a person, and the one loop that asks it: ask, poll, give up. The application shows
 * questions: see UserInterface.
 */
import { frozen } from "../base/frozen.ts";
import { INTERACTION_POLL_MS } from "../base/limits.ts";

/** What a person is shown or asked. The same object stands for the same question. */
export interface Question {
  readonly kind: "display" | "confirm" | "text" | "choice" | "choices";
  readonly text: string;
  /** What there is to choose from; the first has the number 1. */
  readonly choices: readonly string[];
  /** A hint: show it for at least so long (MINDT). */
  readonly showMs: number | undefined;
  /** The session waits so long for an answer (MAXDT). */
  readonly waitMs: number | undefined;
  /** Where the controls start (DR): "0" or "1", a text, a number, numbers with "-" between them. */
  readonly preset: string | undefined;
  /** Most characters of a text (MAXLEN). */
  readonly lengthMax: number | undefined;
  /**
   * Kind of text (IT): alphanumeric, number, date DDMMYYYY, time hhmmss, phone number, IP address.
   */
  readonly input: "A" | "N" | "D" | "T" | "P" | "I";
  /** The text is not to be seen while it is typed (ET=P). */
  readonly hidden: boolean;
}

/**
 * What the person did. `shown`, `yes` and `no` are for display and confirm; `timeout`: nobody has
 * answered; `unable`: this cannot be shown here.
 */
export type Answer =
  | { readonly kind: "shown" | "yes" | "no" | "cancelled" | "timeout" | "unable" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "chosen"; readonly numbers: readonly number[] };

/** Where people are asked. */
export interface UserInterface {
  /**
   * Shows the question, if it is another one than before. Returns the answer, or undefined as long
   * as there is none.
   */
  ask(question: Question): Answer | undefined;
  /** The question is over without an answer: nothing is shown any more. */
  clear(): void;
}

/** What a question of the device itself has besides its kind and text. */
export const PLAIN_QUESTION = frozen({
  choices: [],
  showMs: undefined,
  waitMs: undefined,
  lengthMax: undefined,
  input: "A",
  hidden: false,
  preset: "1",
});

/**
 * Asks a person until there is an answer, and gives up at `untilMs`: then the question is cleared,
 * and the answer is "timeout". Where nobody can be asked the answer is "unable".
 *
 * Returns the answer, or when to call again, in ms of the board's clock.
 */
export function askUntil(
  ui: UserInterface | undefined,
  question: Question,
  untilMs: number,
  nowMs: number,
): Answer | number {
  if (ui === undefined) return { kind: "unable" };
  const answer = ui.ask(question);
  if (answer !== undefined) return answer;
  if (nowMs < untilMs) return Math.min(untilMs, nowMs + INTERACTION_POLL_MS);
  ui.clear();
  return { kind: "timeout" };
}
