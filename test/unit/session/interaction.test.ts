/**
 * User interaction (OMA-TS-DM-Protocol §2.5): questions, options, answers, and what a "No" does to
 * the commands around it.
 */
import {
  INTERACTION_MS_MAX,
  INTERACTION_POLL_MS,
  INTERACTION_WAIT_MS,
  QUESTION_BYTES_MAX,
} from "../../../src/base/limits.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { parseOptions, questionOf } from "../../../src/session/interaction.ts";
import type { AlertCommand, Command, Item } from "../../../src/syncml/command.ts";
import type { Answer, Question, UserInterface } from "../../../src/user/question.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, type BenchOptions, command, item, messageText, textOf } from "./bench.ts";

/** A person who gives these answers in turn; `undefined` is a look at the clock. */
class Person implements UserInterface {
  readonly asked: Question[] = [];
  readonly answers: (Answer | undefined)[];
  cleared = 0;

  constructor(answers: readonly (Answer | undefined)[]) {
    this.answers = [...answers];
  }
  ask(question: Question): Answer | undefined {
    if (this.asked[this.asked.length - 1] !== question) this.asked.push(question);
    return this.answers.shift();
  }
  clear(): void {
    this.cleared++;
  }
}

function data(value: string): Item {
  return { data: utf8(value), binary: false, moreData: false };
}

function asking(
  code: number,
  options: string | undefined,
  ...texts: readonly string[]
): AlertCommand {
  const first: Item = options === undefined ? { binary: false, moreData: false } : data(options);
  return { name: "Alert", cmdID: "", data: code, items: [first, ...texts.map(data)] };
}

const CONFIRM = asking(1101, undefined, "Update?");
const YES: Answer = { kind: "yes" };
const NO: Answer = { kind: "no" };
const CANCEL: Answer = { kind: "cancelled" };

/**
 * Lets a server send these commands to a device with this person; the device's answer is in the
 * bench.
 */
function answered(
  commands: readonly Command[],
  person: Person | undefined,
  more: BenchOptions = {},
): Bench {
  const bench = new Bench(person === undefined ? more : { ...more, userInterface: person });
  bench.next();
  bench.reply([bench.header(200), ...commands]);
  for (let now = 0; bench.session.waiting; now++) bench.session.resume(now);
  bench.next();
  return bench;
}

function container(name: "Atomic" | "Sequence", ...commands: readonly Command[]): Command {
  return {
    name,
    cmdID: "",
    commands: commands.map((one, index) => ({ ...one, cmdID: `c${index}` })),
  };
}

/** Data of the Items in the Status of command `cmdRef`. */
function itemsOf(bench: Bench, cmdRef: string): readonly string[] {
  const status = bench.last.commands.find((one) => one.name === "Status" && one.cmdRef === cmdRef);
  return status?.name === "Status" ? status.items.map(textOf) : [];
}

test("display: shown is 200 (§2.5.1)", () => {
  const person = new Person([{ kind: "shown" }]);
  equal(
    answered([asking(1100, "MINDT=10", "Management in progress")], person).statuses(),
    "200 SyncHdr, 200 Alert 2",
  );
  equal(person.asked[0]?.text, "Management in progress");
  equal(person.asked[0]?.showMs, 10_000);
});

test("confirm: yes is 200, no 304, cancel 214; a no in the body has no effect (§2.5.2.2)", () => {
  const after = command("Replace", item("./A", "x"));
  equal(
    answered([CONFIRM, after], new Person([YES])).statuses(),
    "200 SyncHdr, 200 Alert 2, 200 Replace 3",
  );
  equal(
    answered([CONFIRM, after], new Person([NO])).statuses(),
    "200 SyncHdr, 304 Alert 2, 200 Replace 3",
  );
  equal(answered([CONFIRM], new Person([CANCEL])).statuses(), "200 SyncHdr, 214 Alert 2");
});

test("text input: 200 with what was typed (§2.5.2.3)", () => {
  const bench = answered(
    [asking(1102, "IT=N&ET=P&DR=John+Doe&MAXLEN=30", "Name?")],
    new Person([{ kind: "text", text: "CNN & ü" }]),
  );
  equal(bench.statuses(), "200 SyncHdr, 200 Alert 2");
  deepEqual(itemsOf(bench, "2"), ["CNN & ü"]);
});

test("single and multiple choice: 200 with the numbers, from 1 (§2.5.2.4)", () => {
  const one = answered(
    [asking(1103, undefined, "Which?", "A", "B", "C")],
    new Person([{ kind: "chosen", numbers: [2] }]),
  );
  deepEqual(itemsOf(one, "2"), ["2"]);
  const many = answered(
    [asking(1104, "DR=2-3", "Which?", "A", "B", "C")],
    new Person([{ kind: "chosen", numbers: [3, 2] }]),
  );
  deepEqual(itemsOf(many, "2"), ["3", "2"]);
  deepEqual(
    itemsOf(
      answered([asking(1104, "", "Which?", "A")], new Person([{ kind: "chosen", numbers: [] }])),
      "2",
    ),
    [],
  );
});

test("an answer that the question does not have is 500", () => {
  const wrong: readonly (readonly [AlertCommand, Answer])[] = [
    [asking(1103, undefined, "?", "A", "B"), { kind: "chosen", numbers: [3] }],
    [asking(1103, undefined, "?", "A", "B"), { kind: "chosen", numbers: [1, 2] }],
    [CONFIRM, { kind: "shown" }],
    [asking(1100, undefined, "!"), NO],
    [asking(1102, "MAXLEN=2", "?"), { kind: "text", text: "abc" }],
    [CONFIRM, { kind: "text", text: "" }],
  ];
  for (const [alert, answer] of wrong)
    equal(answered([alert], new Person([answer])).statuses(), "200 SyncHdr, 500 Alert 2");
});

test("an empty first Item is no option; an alert without text or choices is 412", () => {
  const person = new Person([YES]);
  const bench = new Bench({ userInterface: person });
  bench.next();
  bench.replyText(
    messageText(
      "<Alert><CmdID>1</CmdID><Data>1101</Data><Item></Item><Item><Data>?</Data></Item></Alert>" +
        "<Alert><CmdID>2</CmdID><Data>1101</Data><Item/></Alert><Alert><CmdID>3</CmdID><Data>" +
        "1101</Data></Alert>" +
        "<Alert><CmdID>4</CmdID><Data>1103</Data><Item/><Item><Data>?</Data></Item></Alert>" +
        "<Final/>",
    ),
  );
  bench.session.resume(0);
  bench.next();
  equal(bench.statuses(), "200 SyncHdr, 200 Alert 1, 412 Alert 2, 412 Alert 3, 412 Alert 4");
});

test("what cannot be shown is 416", () => {
  equal(
    answered([CONFIRM], new Person([{ kind: "unable" }])).statuses(),
    "200 SyncHdr, 416 Alert 2",
  );
});

test("a device without a person answers 406 (§2.5)", () => {
  for (const code of [1100, 1101, 1102, 1103, 1104]) {
    equal(
      answered([asking(code, undefined, "?", "A")], undefined).statuses(),
      "200 SyncHdr, 406 Alert 2",
    );
  }
});

test("no answer in time is 408: after MAXDT, or what the device waits by itself", () => {
  for (const [options, waitMs] of [
    ["MAXDT=20", 20_000],
    ["MAXDT=9999999999", INTERACTION_MS_MAX],
    [undefined, INTERACTION_WAIT_MS],
  ] as const) {
    const person = new Person([]);
    const bench = new Bench({ userInterface: person });
    bench.next();
    bench.reply([bench.header(200), asking(1101, options, "?")]);
    bench.session.resume(7);
    bench.session.resume(7 + waitMs - 1);
    ok(bench.session.waiting);
    bench.session.resume(7 + waitMs);
    equal(person.cleared, 1);
    bench.next();
    equal(bench.statuses(), "200 SyncHdr, 408 Alert 2");
  }
});

test("the commands after a question wait for its answer", () => {
  const bench = new Bench({ userInterface: new Person([undefined, YES]) });
  bench.next();
  bench.reply([
    bench.header(200),
    command("Get", item("./A")),
    CONFIRM,
    command("Delete", item("./B")),
  ]);
  bench.session.resume(0);
  deepEqual(bench.tree.calls, ["get ./A"]);
  bench.session.resume(1);
  deepEqual(bench.tree.calls, ["get ./A", "remove ./B"]);
});

test("Sequence: after a no the rest is bypassed: 215 (§2.5.2.2)", () => {
  const commands = [CONFIRM, command("Exec", item("./X")), command("Get", item("./A"))];
  const no = answered(
    [container("Sequence", ...commands), command("Delete", item("./B"))],
    new Person([NO]),
  );
  equal(
    no.statuses(),
    "200 SyncHdr, 200 Sequence 2, 304 Alert c0, 215 Exec c1, 215 Get c2, 200 Delete 3",
  );
  const yes = answered([container("Sequence", ...commands)], new Person([YES]));
  equal(yes.statuses(), "200 SyncHdr, 200 Sequence 2, 200 Alert c0, 202 Exec c1, 404 Get c2");
});

test("Atomic: a no fails it and rolls it back: 507, 216 (§2.5.2.2)", () => {
  const commands = [command("Replace", item("./A", "x")), CONFIRM, command("Delete", item("./B"))];
  const no = answered([container("Atomic", ...commands)], new Person([NO]));
  equal(no.statuses(), "200 SyncHdr, 507 Atomic 2, 216 Replace c0, 304 Alert c1, 215 Delete c2");
  deepEqual(no.tree.calls, ["begin", "replace ./A - - 1 srv", "rollback"]);
  const yes = answered([container("Atomic", ...commands)], new Person([YES]));
  equal(yes.statuses(), "200 SyncHdr, 200 Atomic 2, 200 Replace c0, 200 Alert c1, 200 Delete c2");
});

test("who cancels stops the whole message: 215 for the rest, an Atomic is undone (§2.5)", () => {
  const after = command("Delete", item("./B"));
  equal(
    answered([CONFIRM, after, container("Sequence", after)], new Person([CANCEL])).statuses(),
    "200 SyncHdr, 214 Alert 2, 215 Delete 3, 215 Sequence 4, 215 Delete c0",
  );
  equal(
    answered(
      [container("Atomic", command("Replace", item("./A", "x")), CONFIRM), after],
      new Person([CANCEL]),
    ).statuses(),
    "200 SyncHdr, 507 Atomic 2, 216 Replace c0, 214 Alert c1, 215 Delete 3",
  );
});

test("a session that is lost while a person is asked undoes its Atomic, and asks no more", () => {
  const person = new Person([]);
  const bench = new Bench({ userInterface: person });
  bench.next();
  bench.reply([
    bench.header(200),
    container("Atomic", command("Replace", item("./A", "x")), CONFIRM),
  ]);
  bench.session.resume(0);
  bench.session.lost("gone");
  ok(!bench.session.waiting);
  equal(person.cleared, 1);
  deepEqual(bench.tree.calls, ["begin", "replace ./A - - 1 srv", "rollback"]);
});

test("options are URL-encoded; what is unknown or malformed is passed over (§2.5.3)", () => {
  const options = parseOptions(utf8("MINDT=10&DR=J%C3%BC+Doe&X=y&bad&=y&MAXDT=%zz&ET="));
  deepEqual(
    [...options],
    [
      ["MINDT", "10"],
      ["DR", "Jü Doe"],
      ["ET", ""],
    ],
  );
  deepEqual([...parseOptions(utf8(""))], []);
  deepEqual([...parseOptions(utf8("&&=&%"))], []);
});

test("each option reaches the person, and numbers that are none do not", () => {
  const question = questionOf(asking(1102, "MINDT=1&MAXDT=2&DR=7&MAXLEN=3&IT=D&ET=P", "?"));
  deepEqual(question, {
    kind: "text",
    text: "?",
    choices: [],
    showMs: 1000,
    waitMs: 2000,
    preset: "7",
    lengthMax: 3,
    input: "D",
    hidden: true,
  });
  const other = questionOf(asking(1102, "MINDT=-1&MAXDT=x&MAXLEN=0&IT=Q&ET=T", "?"));
  ok(typeof other !== "number");
  deepEqual(
    [other.showMs, other.waitMs, other.lengthMax, other.input, other.hidden],
    [undefined, undefined, undefined, "A", false],
  );
});

test("a question is so long with all that there is to choose from, and past that 416", () => {
  const half = "q".repeat(QUESTION_BYTES_MAX / 2);
  ok(typeof questionOf(asking(1103, "", half, half)) === "object");
  equal(questionOf(asking(1103, "", half, `${half}x`)), 416);
  equal(questionOf(asking(1100, "x", half + half)), 416);
});

test("a question that is not text is 416", () => {
  const bad: Item = { data: Uint8Array.of(0xff), binary: true, moreData: false };
  equal(questionOf({ name: "Alert", cmdID: "", data: 1100, items: [data(""), bad] }), 416);
  equal(
    questionOf({ name: "Alert", cmdID: "", data: 1103, items: [data(""), data("?"), bad] }),
    416,
  );
});

test("while a person thinks it is looked for the answer each INTERACTION_POLL_MS", () => {
  const bench = new Bench({ userInterface: new Person([undefined, undefined]) });
  bench.next();
  bench.reply([bench.header(200), CONFIRM]);
  equal(bench.session.resume(7), 7 + INTERACTION_POLL_MS);
  equal(bench.session.resume(9), 9 + INTERACTION_POLL_MS);
});
