/** A person is asked, looked at again, and given up, in one place. */
import { INTERACTION_POLL_MS } from "../../../src/base/limits.ts";
import {
  type Answer,
  askUntil,
  PLAIN_QUESTION,
  type Question,
  type UserInterface,
} from "../../../src/user/question.ts";
import { deepEqual, equal, test } from "../../check.ts";

const QUESTION: Question = { ...PLAIN_QUESTION, kind: "confirm", text: "Now?" };

class Person implements UserInterface {
  readonly asked: Question[] = [];
  cleared = 0;
  answer: Answer | undefined;

  ask(question: Question): Answer | undefined {
    this.asked.push(question);
    return this.answer;
  }

  clear(): void {
    this.cleared++;
  }
}

test("an answer ends the question, also the one that comes at the last moment", () => {
  const person = new Person();
  person.answer = { kind: "no" };
  deepEqual(askUntil(person, QUESTION, 100, 5), { kind: "no" });
  deepEqual(askUntil(person, QUESTION, 100, 100), { kind: "no" });
  equal(person.cleared, 0);
});

test("without an answer the person is polled after a pause, never past the end", () => {
  const person = new Person();
  equal(askUntil(person, QUESTION, INTERACTION_POLL_MS + 10, 0), INTERACTION_POLL_MS);
  equal(askUntil(person, QUESTION, INTERACTION_POLL_MS + 10, 20), INTERACTION_POLL_MS + 10);
  deepEqual(person.asked, [QUESTION, QUESTION]);
  equal(person.cleared, 0);
});

test("at the end the question is cleared, once, and nobody has answered", () => {
  const person = new Person();
  deepEqual(askUntil(person, QUESTION, 100, 100), { kind: "timeout" });
  equal(person.cleared, 1);
});

test("where nobody can be asked the answer is that", () => {
  deepEqual(askUntil(undefined, QUESTION, 100, 0), { kind: "unable" });
});
