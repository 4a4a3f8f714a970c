/**
 * The bench's profile: what the meter wrote is added up by function of C and line of TypeScript.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buildBlob } from "../../../hal/xs/build.ts";
import { positionsOf } from "../../bench/qemu/meter/positions.ts";
import { functionRanges, sumProfile } from "../../bench/qemu/profile.ts";
import { root } from "../../root.ts";

async function* given(text: string): AsyncIterable<string> {
  yield* text.split("\n");
}

test("what stands between two marks counts, and nothing else", async () => {
  const text = [
    ...["function 0 1", "position 0 1", "mark"],
    ...["function 0 10", "function 3 5", "position 7 9", "mark"],
    ...["function 0 100", "position 7 90", "mark"],
    ...["function 0 1000", "position 7 900", "mark"],
  ];
  const { functions, positions } = await sumProfile(given(text.join("\n")), 1, 3);
  assert.deepEqual(
    [...functions],
    [
      [0, 110],
      [3, 5],
    ],
  );
  assert.deepEqual([...positions], [[7, 99]]);
});

test("functions are ranges that do not overlap; one without a length goes on to the next", () => {
  const symbols = [
    { name: "a", address: 100, size: 8, isCode: true },
    { name: "alias", address: 100, size: 8, isCode: true },
    { name: "b", address: 108, size: 0, isCode: true },
    { name: "table", address: 112, size: 4, isCode: false },
    { name: "c", address: 120, size: 40, isCode: true },
    { name: "d", address: 140, size: 4, isCode: true },
  ];
  assert.deepEqual(functionRanges(symbols), [
    { name: "a", start: 100, end: 108 },
    { name: "b", start: 108, end: 120 },
    { name: "c", start: 120, end: 140 },
    { name: "d", start: 140, end: 144 },
  ]);
});

test("a blob with positions names files and lines; one without has none to name", () => {
  const folder = mkdtempSync(join(tmpdir(), "positions-"));
  try {
    const options = { entry: "src/base/base64", modules: {}, version: "1.0.0" };
    const blob = buildBlob({ ...options, out: join(folder, "a.blob"), positions: true });
    const positions = positionsOf(blob);
    const offsets = positions.map(({ offset }) => offset);
    assert.deepEqual(
      offsets,
      [...offsets].sort((a, b) => a - b),
    );
    const lines = readFileSync(join(root, "src/base/base64.ts"), "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes("export function base64Length")) + 1;
    const inside = positions.find(
      ({ file, line }) => file === "src/base/base64.ts" && line > at && line < at + 6,
    );
    assert.ok(inside, "no position in base64Length");
    const bare = buildBlob({ ...options, out: join(folder, "b.blob") });
    assert.throws(() => positionsOf(bare), /no positions/);
    writeFileSync(join(folder, "c"), "neither");
    assert.throws(() => positionsOf(readFileSync(join(folder, "c"))), /not a blob/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
