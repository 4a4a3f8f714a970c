/**
 * User interaction (OMA-TS-DM-Protocol §2.5): alerts 1100 to 1104 as questions to a person, and
 * what the person does as the Status of the alert.
 */
import { find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { INTERACTION_MS_MAX, QUESTION_BYTES_MAX } from "../base/limits.ts";
import { utf8 } from "../base/utf8.ts";
import { AlertCode } from "../syncml/alert.ts";
import type { AlertCommand, Item } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import { textOf } from "../tree/value.ts";
import type { Answer, Question } from "../user/question.ts";

const KINDS: ReadonlyMap<number, Question["kind"]> = new Map([
  [AlertCode.display, "display"],
  [AlertCode.confirm, "confirm"],
  [AlertCode.textInput, "text"],
  [AlertCode.singleChoice, "choice"],
  [AlertCode.multipleChoice, "choices"],
]);
const OPTIONS: readonly string[] = frozen(["MINDT", "MAXDT", "DR", "MAXLEN", "IT", "ET"]);
const INPUTS = frozen(["A", "N", "D", "T", "P", "I"]);
const AND = 0x26;
const EQUALS = 0x3d;
const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;

/** True for the alerts that are for a person. */
export function isInteraction(code: number): boolean {
  return KINDS.has(code);
}

/**
 * The question of an alert, or the Status that refuses it: 412 when a part is missing, 416 when it
 * is not text, or longer than anybody is shown.
 */
export function questionOf({ data, items }: AlertCommand): Question | number {
  const [first, second, ...rest] = items;
  const kind = KINDS.get(data);
  if (kind === undefined) return Status.notSupported;
  const choosing = kind === "choice" || kind === "choices";
  if (first === undefined || second?.data === undefined || (choosing && rest.length === 0))
    return Status.incomplete;
  let bytes = 0;
  for (const { data: part } of items) bytes += part?.length ?? 0;
  if (bytes > QUESTION_BYTES_MAX) return Status.undisplayable;
  const shown = textOf(second.data);
  const choices = choosing ? rest.map((item) => textOf(item.data ?? new Uint8Array(0))) : [];
  if (shown === undefined || choices.includes(undefined)) return Status.undisplayable;
  const options = parseOptions(first.data ?? new Uint8Array(0));
  const number = (name: string): number | undefined => positive(options.get(name));
  const input = INPUTS.find((one) => one === options.get("IT")) ?? "A";
  const showS = number("MINDT");
  const waitS = number("MAXDT");
  return {
    kind,
    text: shown,
    choices: choices.map((choice) => choice ?? ""),
    preset: options.get("DR"),
    input,
    hidden: options.get("ET") === "P",
    showMs: showS === undefined ? undefined : showS * 1000,
    waitMs: waitS === undefined ? undefined : Math.min(waitS * 1000, INTERACTION_MS_MAX),
    lengthMax: number("MAXLEN"),
  };
}

/**
 * Names and values of `MINDT=10&DR=John+Doe`, URL-encoded (§2.5.3). What is malformed is passed
 * over, as what is unknown.
 */
export function parseOptions(bytes: Uint8Array): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (let from = 0; from < bytes.length; ) {
    const and = find(bytes, from, AND);
    const end = and < 0 ? bytes.length : and;
    const equals = find(bytes, from, EQUALS);
    if (equals > from && equals < end) {
      const name = decoded(bytes.subarray(from, equals));
      const value = decoded(bytes.subarray(equals + 1, end));
      if (name !== undefined && value !== undefined && OPTIONS.includes(name.trim()))
        options.set(name.trim(), value);
    }
    from = end + 1;
  }
  return options;
}

/** A part without its escapes, or undefined when they are wrong. */
function decoded(bytes: Uint8Array): string | undefined {
  const result = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === PERCENT) {
      const digits = textOf(bytes.subarray(at + 1, at + 3)) ?? "";
      const value = Number.parseInt(digits, 16);
      if (digits.length !== 2 || !(value >= 0)) return undefined;
      result[length++] = value;
      at += 2;
    } else result[length++] = byte === PLUS ? SPACE : byte;
  }
  return textOf(result.subarray(0, length));
}

function positive(value: string | undefined): number | undefined {
  const number = Number(value ?? "");
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/**
 * Status code and Items that tell the server what the person did (§2.5.2); 500 for an answer that
 * the question does not have.
 */
export function answerStatus(
  question: Question,
  answer: Answer,
): { readonly data: number; readonly items: readonly Item[] } {
  switch (answer.kind) {
    case "cancelled":
      return { data: Status.cancelled, items: [] };
    case "timeout":
      return { data: Status.requestTimeout, items: [] };
    case "unable":
      return { data: Status.undisplayable, items: [] };
    case "no":
      return {
        data: question.kind === "confirm" ? Status.notModified : Status.commandFailed,
        items: [],
      };
    case "yes":
    case "shown": {
      const good = question.kind === (answer.kind === "yes" ? "confirm" : "display");
      return { data: good ? Status.ok : Status.commandFailed, items: [] };
    }
    case "text": {
      const bytes = utf8(answer.text);
      const { lengthMax = Infinity } = question;
      const good = question.kind === "text" && [...answer.text].length <= lengthMax;
      return good
        ? { data: Status.ok, items: [itemOf(bytes)] }
        : { data: Status.commandFailed, items: [] };
    }
    case "chosen": {
      const { numbers } = answer;
      const known = numbers.every(
        (one) => Number.isInteger(one) && one >= 1 && one <= question.choices.length,
      );
      const good =
        known &&
        (question.kind === "choices" || (question.kind === "choice" && numbers.length === 1));
      return good
        ? { data: Status.ok, items: numbers.map((one) => itemOf(utf8(`${one}`))) }
        : { data: Status.commandFailed, items: [] };
    }
  }
}

function itemOf(data: Uint8Array): Item {
  return { data, binary: false, moreData: false };
}
