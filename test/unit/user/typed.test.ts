/** Answers that are typed at the console (OMA-TS-DM-Protocol §2.5). */
import { CONSOLE_LINE_BYTES_MAX } from "../../../src/base/limits.ts";
import { TypedAnswers } from "../../../src/user/typed.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import type { Answer, Question } from "../../../src/user/question.ts";
import { deepEqual, equal, test } from "../../check.ts";

const CONFIRM: Question = {
  kind: "confirm",
  text: "Go on?",
  choices: [],
  showMs: undefined,
  waitMs: undefined,
  preset: undefined,
  lengthMax: undefined,
  input: "A",
  hidden: false,
};
const TEXT: Question = { ...CONFIRM, kind: "text" };
const CHOICES: Question = { ...CONFIRM, kind: "choices", choices: ["a", "b", "c"] };
const CHOICE: Question = { ...CHOICES, kind: "choice" };

class Console {
  readonly shown: string[] = [];
  readonly lines: string[] = [];
  readonly ui = new TypedAnswers(
    (buffer) => {
      const line = this.lines.shift();
      if (line === undefined) return -1;
      const bytes = utf8(line);
      buffer.set(bytes);
      return bytes.length;
    },
    (line) => {
      this.shown.push(line);
    },
  );

  /** What the person's first line gives. */
  answer(question: Question, line: string): Answer | undefined {
    this.ui.ask(question);
    this.lines.push(line);
    return this.ui.ask(question);
  }
}

test("a question is shown once, with how to answer, and waits for a line", () => {
  const { ui, shown, lines } = new Console();
  equal(ui.ask(CHOICES), undefined);
  equal(ui.ask(CHOICES), undefined);
  deepEqual(shown, ["Go on?", "1  a", "2  b", "3  c", "numbers, 1-3 for two of them; ! cancels"]);
  lines.push("1-3");
  deepEqual(ui.ask(CHOICES), { kind: "chosen", numbers: [1, 3] });
});

test("what is typed is an answer of the question's kind, or is asked again", () => {
  const cases: readonly (readonly [Question, string, Answer | undefined])[] = [
    [CONFIRM, "yes", { kind: "yes" }],
    [CONFIRM, " Y ", { kind: "yes" }],
    [CONFIRM, "no", { kind: "no" }],
    [CONFIRM, "!", { kind: "cancelled" }],
    [CONFIRM, "1", undefined],
    [CONFIRM, "", undefined],
    [{ ...CONFIRM, preset: "1" }, "", { kind: "yes" }],
    [{ ...CONFIRM, preset: "0" }, "", { kind: "no" }],
    [TEXT, "a b", { kind: "text", text: "a b" }],
    [{ ...TEXT, lengthMax: 2 }, "abc", undefined],
    [{ ...TEXT, input: "N" }, "x", undefined],
    [{ ...TEXT, input: "N" }, "12", { kind: "text", text: "12" }],
    [{ ...TEXT, preset: "John Doe" }, "", { kind: "text", text: "John Doe" }],
    [CHOICE, "2", { kind: "chosen", numbers: [2] }],
    [CHOICE, "1-2", undefined],
    [CHOICE, "4", undefined],
    [CHOICE, "", undefined],
    [{ ...CHOICES, preset: "2-3" }, "", { kind: "chosen", numbers: [2, 3] }],
    [CHOICES, "0", undefined],
  ];
  for (const [question, line, expected] of cases)
    deepEqual(new Console().answer(question, line), expected, `${question.kind}: ${line}`);
});

test("a display is shown, and waits for nobody", () => {
  const { ui, shown } = new Console();
  deepEqual(ui.ask({ ...CONFIRM, kind: "display" }), { kind: "shown" });
  deepEqual(shown, ["Go on?"]);
});

test("what was typed before the question is no answer, and a question that is over says so", () => {
  const { ui, shown, lines } = new Console();
  lines.push("yes");
  equal(ui.ask(CONFIRM), undefined);
  ui.clear();
  ui.clear();
  equal(shown.filter((line) => line === "the question is over").length, 1);
});

test("a line is as long as CONSOLE_LINE_BYTES_MAX: the board has no room for more of it", () => {
  const rooms: number[] = [];
  let begun = false;
  const ui = new TypedAnswers(
    (buffer) => {
      if (!begun) return -1;
      rooms.push(buffer.length);
      buffer.fill(0x61);
      return buffer.length;
    },
    () => undefined,
  );
  equal(ui.ask(TEXT), undefined);
  begun = true;
  deepEqual(ui.ask(TEXT), { kind: "text", text: "a".repeat(CONSOLE_LINE_BYTES_MAX) });
  deepEqual(rooms, [CONSOLE_LINE_BYTES_MAX]);
});
