/** Faults of the servers as words of a command line. */
import { deepStrictEqual, throws } from "node:assert";
import { test } from "node:test";
import { faultsOf, parseFaultWord } from "../../../rig/server/faultword.ts";

test("a word says where, what, with which number, at which request and how often", () => {
  deepStrictEqual(parseFaultWord("package:status:503@1x2"), {
    on: "package",
    fault: { what: "status", status: 503 },
    at: 1,
    times: 2,
  });
  deepStrictEqual(parseFaultWord("dd:truncate:100"), {
    on: "descriptor",
    fault: { what: "truncate", bytes: 100 },
    times: 1,
  });
});

test("the same word means another number at each server", () => {
  deepStrictEqual(parseFaultWord("dm:slow:2000@4").fault, { what: "slow", delayMs: 2000 });
  deepStrictEqual(parseFaultWord("package:slow:2000").fault, {
    what: "slow",
    bytesPerSecond: 2000,
  });
});

test("a server that begins with words takes those without a request for its first", () => {
  const words = ["dm:drop", "report:lose@2x3", "package:changed@2"].map(parseFaultWord);
  deepStrictEqual(faultsOf(words), {
    faults: [{ what: "drop", at: 1, times: 1 }],
    hostFaults: [
      { what: "lose", at: 2, times: 3, on: "status" },
      { what: "changed", at: 2, times: 1, on: "package" },
    ],
  });
});

for (const [word, why] of [
  ["", /WHERE:WHAT/],
  ["net:drop", /WHERE is one of dm, package, dd, report/],
  ["dm:truncate:5", /dm has no fault "truncate": lose, drop/],
  ["dm:toString", /has no fault "toString"/],
  ["package:status", /needs a number: package:status:STATUS/],
  ["dm:drop:5", /dm:drop has no number/],
  ["dm:drop@0", /counted from 1/],
  ["dm:drop@1x0", /counted from 1/],
  ["package:redirect", /no fault "redirect"/],
] as const)
  test(`the word "${word}" is refused, with what would be right`, () => {
    throws(() => parseFaultWord(word), why);
  });
