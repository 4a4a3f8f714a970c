/** The bench fails when a value is past its budget, and says by how much a goal is missed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Figure, goalMiss, overBudget, ratio } from "../../bench/figure.ts";
import { Report, verdict } from "../../bench/report.ts";

const figure = (more: Partial<Figure>): Figure => ({
  group: "g",
  name: "n",
  value: 10,
  unit: "B",
  budget: 10,
  ...more,
});

/** What a report of these figures prints, and the exit status. */
function reported(
  figures: readonly Figure[],
  json = false,
): { readonly text: string; readonly status: number } {
  let text = "";
  const report = new Report(json, (part) => {
    text += part;
  });
  report.add(figures);
  const status = report.end();
  return { text, status };
}

test("a value at its budget passes; one past it fails the bench and shows by how much", () => {
  assert.equal(overBudget(figure({ value: 10 })), 0);
  assert.equal(reported([figure({ value: 10 })]).status, 0);
  const { text, status } = reported([figure({}), figure({ value: 12.5 })]);
  assert.equal(status, 1);
  assert.match(text, /g: n: OVER by 2\.500/);
});

test("of a value that must be so much at least, less is past the budget", () => {
  assert.equal(overBudget(figure({ value: 11, isLeast: true })), 0);
  assert.equal(overBudget(figure({ value: 8, isLeast: true })), 2);
  assert.equal(reported([figure({ value: 8, isLeast: true })]).status, 1);
});

test("a value that could not be measured is past its budget", () => {
  assert.equal(reported([figure({ value: NaN })]).status, 1);
});

test("a bench that measured nothing fails", () => {
  assert.equal(reported([]).status, 1);
});

test("a goal that is missed is printed with the size of the miss, and fails nothing", () => {
  const missed = figure({ value: 9, goal: 6 });
  assert.equal(goalMiss(missed), 3);
  assert.equal(verdict(missed), "ok; goal 6 missed by 3 (1.50 x)");
  const { text, status } = reported([missed]);
  assert.equal(status, 0);
  assert.match(text, /Goals that are missed, 1:\n {2}g: n: ok; goal 6 missed by 3/);
  assert.equal(verdict(figure({ value: 6, goal: 6 })), "ok; goal 6 met");
  assert.equal(goalMiss(figure({})), undefined);
});

test("a figure stands beside its floor", () => {
  assert.equal(ratio(figure({ floor: 4 })), 2.5);
  assert.equal(ratio(figure({ floor: 0 })), undefined);
});

test("as JSON each figure is a line, with what is over and what misses the goal", () => {
  const { text, status } = reported([figure({ value: 11, goal: 6 }), figure({})], true);
  const [first, second] = text.trimEnd().split("\n");
  assert.equal(status, 1);
  assert.deepEqual(JSON.parse(first ?? ""), {
    ...figure({ value: 11, goal: 6 }),
    over: 1,
    miss: 5,
  });
  assert.deepEqual(JSON.parse(second ?? ""), { ...figure({}), over: 0 });
});
