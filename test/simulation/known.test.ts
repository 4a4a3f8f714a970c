/**
 * The campaign's shortcut: a scenario ends where another one has gone on from the same state. Here
 * every scenario goes on all the same, and must end as the other one did.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { parseReplayId } from "./campaign/id.ts";
import { fingerprintOf, Known } from "./campaign/known.ts";
import { Sweep } from "./campaign/sweep.ts";
import { Tally } from "./campaign/tally.ts";

/** Each kind of state: both ways of a package, a bad image, an account, faults of each part. */
const VARIANTS = [
  "download,good,small",
  "replace,crash,small,account",
  "download,good,small,flip:slot:5:stuck",
  "replace,good,small,server:duplicate@4",
  "download,good,small,host:changed@1",
];

function swept(variant: string, known?: Known): Tally {
  const tally = new Tally();
  new Sweep(parseReplayId(variant).variant, tally, 0, 3, known).singles("singles", 1);
  return tally;
}

for (const variant of VARIANTS) {
  test(`scenarios that meet in one state end alike: ${variant}`, () => {
    const audited = swept(variant, new Known(true));
    deepStrictEqual(audited.failures, []);
    ok(audited.shared > 20, `${audited.shared} of ${audited.scenarios} scenarios meet`);
  });
}

test("a scenario is counted whether it ends early or not", () => {
  const [variant = ""] = VARIANTS;
  const early = swept(variant);
  const audited = swept(variant, new Known(true));
  deepStrictEqual(early.data.counts, audited.data.counts);
  strictEqual(early.shared, audited.shared);
});

test("a state that lacks the flash, or what the servers know, is found out", () => {
  const [variant = ""] = VARIANTS;
  const bytes = (part: unknown): boolean => part instanceof Uint8Array;
  for (const kept of [bytes, (part: unknown) => !bytes(part)]) {
    const known = new Known(true, (state) => fingerprintOf(state.filter(kept)));
    const { failures } = swept(variant, known);
    match(failures[0]?.problem ?? "nothing was found", /^Differs: two runs from the same state/);
  }
});
