/**
 * The part of the power-cut campaign that every test run can afford, and that its shortcut,
 * forking, gives what a replay gives.
 */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SimBoard } from "../../hal/sim/board.ts";
import { parseReplayId, replayId } from "./campaign/id.ts";
import { jobsOf } from "./campaign/plan.ts";
import { campaign } from "./campaign/run.ts";
import { settingOf } from "./campaign/keys.ts";
import { Site } from "./campaign/site.ts";
import { PROPERTIES } from "./campaign/witness.ts";
import { root } from "../root.ts";

test("no cut of an update, anywhere in it, breaks a property", { timeout: 600_000 }, async () => {
  const workers = availableParallelism();
  const tally = await campaign({ size: "quick", shard: { index: 1, count: 1 }, seed: 0, workers });
  deepStrictEqual(tally.failures, []);
  deepStrictEqual(tally.missing, [], "every kind of operation is cut in every mode");
  ok(tally.scenarios > 5000, `${tally.scenarios} scenarios`);
});

test("P10: a fork at a cut ends byte for byte as a replay from the beginning does", () => {
  for (const [way, from, mode, seed] of [
    ["download,good,small", 20, "tornBits", 3],
    ["replace,crash,bytes,account", 31, "tornNear", 1],
    ["download-and-update,good,coarse", 44, "after", 0],
  ] as const) {
    const setting = settingOf(parseReplayId(way).variant);
    const trunk = new Site(setting);
    const kept = new SimBoard(trunk.parts);
    let at = 0;
    let digest = "";
    const finish = (): void => {
      const fork = trunk.fork();
      fork.run();
      digest = fork.digest();
    };
    trunk.power.observer = {
      before: (_kind, tear) => {
        if (at > 0 || trunk.power.since < from || tear === undefined) return;
        at = trunk.power.since;
        if (mode === "after") return;
        kept.copyFrom(trunk.board);
        tear(mode, seed);
        finish();
        trunk.board.copyFrom(kept);
      },
      after: () => {
        if (trunk.power.since === at && mode === "after") finish();
      },
    };
    trunk.run();
    const replay = new Site(setting, [{ at, mode, seed }]);
    replay.run();
    strictEqual(digest, replay.digest(), `${way}/${at}.${mode}.${seed}`);
  }
});

test("the properties are those of JOURNAL.md", () => {
  const rows = Object.entries(PROPERTIES)
    .map(([name, meaning]) => `| ${name} | ${meaning} |`)
    .join("\n");
  ok(readFileSync(join(root, "src/update/JOURNAL.md"), "utf8").includes(`\n${rows}\n`), rows);
});

test("a replay id names its variant and its cuts, and nothing else", () => {
  const ids = [
    "download,good,small",
    "replace,crash,bytes,corrupt,account/17.tornBits.3/4.before.0",
    "download,good,small,otherbase",
    "replace,good,small,corrupt,account,delta,p256,flip:base:4:byte/2.after.0",
    "download,good,pages,flip:slot:12:stuck",
    "download,good,pages,flip:store:7:once",
    "replace,good,small,account,flip:store:7:byte",
    "replace,good,small,flip:slot:7:always",
    "download,good,small,erase:store:2:silent,server:status:503@4x2,host:truncate:200@1/1.after.0",
    "download,good,small,foreign,descriptor,host:lose@1,dd:truncate:100@1," +
      "report:status:503@1x2/1.after.0",
  ];
  for (const id of ids) strictEqual(replayId(parseReplayId(id)), id);
  const wrong = [
    "",
    "download",
    "download,good,tiny",
    "download,good,small/0.before.1",
    "download,good,small/1.soon.1",
    "download,good,small,server:x",
    "download,good,small,flip:store:7:sometimes",
    "download,good,small,erase:base:1:aloud",
  ];
  for (const id of wrong) throws(() => parseReplayId(id));
});

test("a flash that reads wrong, once or for good, is among the causes", () => {
  const variants = jobsOf("whole").map(({ variant }) => variant);
  const kinds = [
    "store:once",
    "store:stuck",
    "store:byte",
    "slot:once",
    "slot:stuck",
    "slot:always",
  ];
  for (const [partition = "", how = ""] of kinds.map((kind) => kind.split(":"))) {
    const cause = new RegExp(`,flip:${partition}:\\d+:${how}$`);
    ok(variants.filter((variant) => cause.test(variant)).length >= 12, `${partition}, ${how}`);
  }
});
