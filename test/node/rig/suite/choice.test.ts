/** Which scenarios a run of the suite has. */
import { deepStrictEqual, notDeepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { WHOLE } from "../../../rig/shard.ts";
import { type Choice, chosen } from "../../../rig/suite/choice.ts";
import { SCENARIOS } from "../../../rig/suite/table.ts";

function names(choice: Partial<Choice>): readonly string[] {
  return chosen(SCENARIOS, { filters: [], shard: WHOLE, ...choice }).map(({ name }) => name);
}

test("a pattern is a whole name, with * for any characters and nothing else special", () => {
  deepStrictEqual(names({ filters: ["update.https"] }), ["update.https"]);
  deepStrictEqual(names({ filters: ["update"] }), []);
  deepStrictEqual(names({ filters: ["update?https", "updatexhttps"] }), []);
  const resets = names({ filters: ["*.reset-*"] });
  ok(resets.length > 1 && resets.every((name) => name.includes(".reset-")));
  deepStrictEqual(names({ filters: ["power.*", "image.*"] }).length > 5, true);
  deepStrictEqual(names({}).length, SCENARIOS.length);
});

test("shards have every scenario once, shuffled or not", () => {
  for (const seed of [undefined, 7]) {
    const order = seed === undefined ? {} : { seed };
    const parts = [1, 2, 3].flatMap((index) => names({ shard: { index, count: 3 }, ...order }));
    deepStrictEqual([...parts].sort(), [...names({})].sort());
  }
});

test("a seed gives the same order each time, and another seed another", () => {
  deepStrictEqual(names({ seed: 1 }), names({ seed: 1 }));
  notDeepStrictEqual(names({ seed: 1 }), names({ seed: 2 }));
});

test("samples of turns come to every scenario", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const sample = names({ seed, sample: 10 });
    strictEqual(new Set(sample).size, 10);
    for (const name of sample) seen.add(name);
  }
  strictEqual(seen.size, SCENARIOS.length);
});
