/** The table of hal/README.md that has the processors side by side. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sizesOf, spentOf } from "../../bench/qemu/processors.ts";
import { BARE_NAMES, type BareName } from "../../rig/boards/boards.ts";
import { root } from "../../root.ts";
import { DEMONSTRATED } from "../../turn.ts";
import { missingTools } from "../tools.ts";

const README = readFileSync(join(root, "hal/README.md"), "utf8");
/** The code changes daily, and what comes from the network comes in other pieces. */
const SHARE = 0.03;

const TABLE = /^\| \| (.* \|)\n\|---.*\n((?:\| .*\n)+)/m.exec(
  README.slice(README.indexOf("### What the processors take")),
);
const BOARDS = [...(TABLE?.[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name);

/** The number in this row of the table, and the column of the board. */
function told(row: string, board: BareName): number {
  const line = (TABLE?.[2] ?? "").split("\n").find((each) => each.startsWith(`| ${row} |`)) ?? "";
  const cells = line.split("|").slice(2, -1);
  return Number((cells[BOARDS.indexOf(board)] ?? "").trim().replaceAll(",", "") || NaN);
}

function near(row: string, board: BareName, value: number): void {
  const number = told(row, board);
  assert.ok(
    Math.abs(number - value) <= SHARE * value,
    `hal/README.md says ${number} of ${board}, ${row}; it is ${value.toFixed(1)}`,
  );
}

test("the table has a column for each bare-metal board", () => {
  assert.deepEqual(BOARDS, BARE_NAMES);
});

for (const board of DEMONSTRATED) {
  test(`${board}: code, image and variables are as large as hal/README.md says, within 3 %`, {
    skip: missingTools(board),
  }, () => {
    const { text, image, small, variables } = sizesOf(board);
    near("code and constants, KiB", board, text);
    near("the image, with bytecode and loaded modules, KiB", board, image);
    near("without push, TNDS and user interaction, KiB", board, small);
    near("variables and buffers of fixed size, KiB", board, variables);
  });

  test(`${board}: an update takes the RAM and the instructions that hal/README.md says`, {
    skip: missingTools(board),
  }, async () => {
    const { ram, instructions } = await spentOf(board);
    near("RAM of an update at most, KiB", board, ram);
    near("instructions of an update, M", board, instructions);
  });
}
