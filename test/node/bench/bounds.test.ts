/** Each row of the bench of the bare-metal board has a budget, and no budget is of no row. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOUNDS, boundsOf, CASE_BOUNDS } from "../../bench/qemu/bounds.ts";
import { CASE_NAMES, CASES } from "../../bench/qemu/cases.ts";
import { GET_ROWS, ROWS } from "../../bench/qemu/rows.ts";

/** Rows that only a case over TLS has. */
const SECURE = ["fullHandshakes", "resumedHandshakes", "tlsBytes", "tls"];

for (const name of CASE_NAMES) {
  test(`${name}: each row has a budget, and each budget a row`, () => {
    const { what, https } = CASES[name];
    const rows = Object.keys(what === "gets" ? GET_ROWS : ROWS);
    const told = rows.filter((row) => https || !SECURE.includes(row));
    assert.deepEqual(Object.keys(CASE_BOUNDS[name]).sort(), told.sort());
  });
}

test("a goal is stricter than its budget: one that is met becomes the budget", () => {
  for (const table of [...Object.values(BOUNDS), ...Object.values(CASE_BOUNDS)]) {
    for (const [row, bound] of Object.entries(table)) {
      const { budget, goal, isLeast } = boundsOf(row, bound);
      if (goal === undefined) continue;
      assert.ok(isLeast === true ? goal > budget : goal < budget, `${row}: ${budget}, ${goal}`);
    }
  }
});

test("RAM to spare has to be so much at least", () => {
  assert.deepEqual(boundsOf("spare", [30, 40]), { budget: 30, goal: 40, isLeast: true });
  assert.deepEqual(boundsOf("perByte", [30]), { budget: 30 });
});
