/** Answers from a list: every word, in turn, the last one for ever. */
import { ProvisionedAnswers } from "../../../src/user/scripted.ts";
import type { Question } from "../../../src/user/question.ts";
import { deepEqual, test, throws } from "../../check.ts";

const QUESTION: Question = {
  kind: "confirm",
  text: "?",
  choices: [],
  showMs: undefined,
  waitMs: undefined,
  preset: undefined,
  lengthMax: undefined,
  input: "A",
  hidden: false,
};

test("each word is an answer, and the last one stays", () => {
  const lines: string[] = [];
  const ui = new ProvisionedAnswers(
    ["yes", "no", "cancel", "timeout", "text:a b", "1-3", "2"],
    (text) => {
      lines.push(text);
    },
  );
  deepEqual(
    Array.from({ length: 8 }, () => ui.ask(QUESTION)),
    [
      { kind: "yes" },
      { kind: "no" },
      { kind: "cancelled" },
      { kind: "timeout" },
      { kind: "text", text: "a b" },
      { kind: "chosen", numbers: [1, 3] },
      { kind: "chosen", numbers: [2] },
      { kind: "chosen", numbers: [2] },
    ],
  );
  deepEqual(ui.ask({ ...QUESTION, kind: "display" }), { kind: "shown" });
  deepEqual(lines.slice(0, 2), ["confirm: ?", "answer: yes"]);
});

test("a word that is no answer is a mistake of the provisioning", () => {
  for (const word of ["", "maybe", "0", "1-", "-1", "1.5"])
    throws(() => new ProvisionedAnswers([word], () => undefined));
});
