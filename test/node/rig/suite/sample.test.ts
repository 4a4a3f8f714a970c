/**
 * Scenarios of the suite on board sim and on the first bare-metal board: another ten each hour, by
 * chance. A run by hand has all: `xs-fumo test --board qemu`.
 */
import { strictEqual } from "node:assert";
import { test } from "node:test";
import type { DeviceName } from "../../../rig/boards/boards.ts";
import { BARE_IN_TURN, TURN } from "../../../turn.ts";
import { missingTools } from "../../tools.ts";
import { Cli } from "../cli.ts";

const SAMPLE = 10;
const [bare = "qemu"] = BARE_IN_TURN;
const BOARDS: readonly DeviceName[] = ["sim", bare];

for (const board of BOARDS) {
  const skip = missingTools(board);
  test(`board ${board}: ten scenarios of turn ${TURN} pass`, { skip }, async () => {
    const sample = ["--sample", `${SAMPLE}`, "--seed", `${TURN}`];
    const cli = new Cli(["test", "--board", board, ...sample]);
    const status = await cli.ended;
    strictEqual(status, 0, `${cli.output}\n${cli.errors}`);
  });
}
