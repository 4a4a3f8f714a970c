/** Parts of the campaign on several machines: each passes alone, together they are the whole. */
import { deepStrictEqual, match, strictEqual, throws } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { CUT_MODES } from "../../hal/sim/power.ts";
import { root } from "../root.ts";
import { gapIn, parseShard, partOf } from "../rig/shard.ts";
import { merged, type ShardResult } from "./campaign/merge.ts";
import { Tally } from "./campaign/tally.ts";

const folder = mkdtempSync(join(tmpdir(), "parts-"));
after(() => {
  rmSync(folder, { recursive: true });
});

function run(...words: readonly string[]): {
  readonly status: number | null;
  readonly output: string;
} {
  const main = join(root, "build/js/test/simulation/campaign/main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

function part(index: number, count: number, kinds: readonly string[]): ShardResult {
  const tally = new Tally();
  for (const kind of kinds) for (const mode of CUT_MODES) tally.add("set", kind, mode);
  return { size: "quick", seed: 0, shard: { index, count }, tally: tally.data };
}

test("a part that exercised not all passes and says what it left; a whole does not", () => {
  const json = join(folder, "thin.json");
  const words = ["--quick", "--shard", "60/60", "--workers", "1", "--json", json];
  const { status, output } = run(...words);
  strictEqual(status, 0, output);
  match(output, /not exercised in this part: /);
  const result = JSON.parse(readFileSync(json, "utf8")) as ShardResult;
  deepStrictEqual(result.shard, { index: 60, count: 60 });
  const alone = run("--merge", json);
  strictEqual(alone.status, 1, alone.output);
  match(alone.output, /shard 1\/60 is missing/);
});

test("parts that together exercise all are a whole campaign; what none has is missing", () => {
  const first = part(1, 2, ["store program", "store erase", "slot program", "slot erase"]);
  const second = part(2, 2, ["boot log program", "boot log erase", "send", "answer"]);
  deepStrictEqual(merged([second, first]).missing, []);
  strictEqual(merged([second, first]).scenarios, 8 * CUT_MODES.length);
  const poor = part(2, 2, ["send", "answer"]);
  deepStrictEqual(merged([first, poor]).missing.length, 2 * CUT_MODES.length);
});

test("parts that are missing, there twice, or of different campaigns are no whole", () => {
  const of = (index: number, count: number, seed = 0): ShardResult => ({
    ...part(index, count, []),
    seed,
  });
  throws(() => merged([]), /no shards/);
  throws(() => merged([of(1, 2)]), /shard 2\/2 is missing/);
  throws(() => merged([of(1, 2), of(2, 2), of(2, 2)]), /shard 2\/2 is there 2 times/);
  throws(() => merged([of(1, 2), of(2, 3)]), /shards of 2 and of 3/);
  throws(() => merged([of(1, 2), of(2, 2, 7)]), /different campaigns/);
  throws(
    () => merged([of(1, 2), { ...of(2, 2), sample: 8 }]),
    /different campaigns: .*, 8 jobs of/,
  );
});

test("every item is in one part, also where there are more parts than items", () => {
  for (const count of [1, 3, 10]) {
    const shards = Array.from({ length: count }, (_, at) => ({ index: at + 1, count }));
    strictEqual(gapIn(shards), undefined);
    const items = shards.flatMap((shard) => partOf(["a", "b", "c", "d", "e"], shard));
    deepStrictEqual([...items].sort(), ["a", "b", "c", "d", "e"]);
  }
  for (const text of ["0/4", "5/4", "1/0", "a/b", "1", "1/2/3"])
    throws(() => parseShard(text), /a shard is 1\/4/);
});
