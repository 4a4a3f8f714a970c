/**
 * What a client without the part `interaction` says in its place. Runs on XS, where stand-ins are
 * loaded: `node build/js/test/xs.js --without interaction`.
 */
import { utf8 } from "../../../src/base/utf8.ts";
import type { AlertCommand } from "../../../src/syncml/command.ts";
import { scriptedAnswers } from "../../../src/user/scripted.ts";
import { typedAnswers } from "../../../src/user/typed.ts";
import { equal, test } from "../../check.ts";
import { Bench, command, item } from "../../unit/session/bench.ts";

test("without interaction: alerts for a person are 406, whoever could be asked", () => {
  const text = (data: string) => ({ data: utf8(data), binary: false, moreData: false });
  const userInterface = { ask: () => ({ kind: "yes" }) as const, clear: () => undefined };
  for (const more of [{}, { userInterface }])
    for (const data of [1100, 1101, 1102, 1103, 1104]) {
      const bench = new Bench(more);
      bench.next();
      const items = ["", "?", "one", "two"].map(text);
      const alert: AlertCommand = { name: "Alert", cmdID: "", data, items };
      bench.reply([bench.header(200), alert, command("Replace", item("./a", "x"))]);
      bench.next();
      equal(bench.statuses(), "200 SyncHdr, 406 Alert 2, 200 Replace 3", `${data}`);
    }
});

test("without interaction: neither a list nor the console answers, and the log says so", () => {
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
  };
  equal(scriptedAnswers([], log), undefined);
  equal(lines.length, 0);
  equal(scriptedAnswers(["yes"], log), undefined);
  equal(
    typedAnswers(() => -1, log),
    undefined,
  );
  equal(lines.filter((line) => line.includes("without the part interaction")).length, 2);
});
