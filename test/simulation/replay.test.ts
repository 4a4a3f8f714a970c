/**
 * P10 across engines: an id of the campaign is the same run, operation for operation and byte for
 * byte, on Node and in XS.
 */
import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert";
import { test } from "node:test";
import { missingTools } from "../node/tools.ts";
import { BARE_IN_TURN } from "../turn.ts";
import { chronicle, type Ending } from "./campaign/chronicle.ts";
import { type Order, replayElsewhere } from "./campaign/elsewhere.ts";
import { parseReplayId } from "./campaign/id.ts";
import { settingOf } from "./campaign/keys.ts";
import { Site } from "./campaign/site.ts";

/** Each way, behaviour and geometry, and each kind of trouble. */
const IDS = [
  "replace,good,small,account/17.tornBits.3/4.before.0",
  "download,unhealthy,bytes,p256/31.tornNear.1",
  "download-and-update,crash,coarse/44.after.0/1.tornPrefix.2/2.tornLast.5",
  "download,crashLate,sixteen/25.tornLast.1",
  "download-and-update,good,pages,torn:ecc/40.tornBits.9/2.tornBits.4",
  "replace,good,large/20.tornPrefix.1",
  "download,good,small,program:store:5:silent,host:truncate:200@1,host:wholeAnswer@2/12.tornBits.1",
  "replace,good,small,flip:store:100:once,server:duplicate@4,server:status:503@6x2",
  "download,good,small,erase:slot:2:aloud,host:wrongContentRange@1",
  "replace,good,small,foreign/30.before.0",
  "download,good,small,descriptor,dd:truncate:100@1,report:lose@1/30.tornBits.2/2.after.0",
  "replace,good,small,foreign,p256/35.after.0",
  "download,good,small,torn:metastable/74.tornNear.2/1.tornNear.3/2.tornLast.1",
  "download-and-update,crash,small,torn:metastable/80.tornNear.4/1.tornBits.1/3.tornNear.2",
];

function orderOf(id: string): Order {
  const { variant, cuts } = parseReplayId(id);
  return { setting: settingOf(variant), cuts };
}

function onNode({ setting, cuts }: Order): Ending {
  return chronicle(new Site(setting, cuts), () => undefined);
}

for (const engine of ["host", ...BARE_IN_TURN] as const) {
  test(`P10: engine ${engine} replays ids of the campaign as Node does`, {
    skip: missingTools(engine),
    timeout: 600_000,
  }, () => {
    const orders = IDS.map(orderOf);
    const { endings } = replayElsewhere(engine, orders, false);
    endings.forEach((ending, index) => {
      deepStrictEqual(ending, onNode(orders[index] ?? orderOf("")), IDS[index]);
    });
  });
}

test("what is told of a run differs when anything differs", () => {
  const [id = ""] = IDS;
  const same = onNode(orderOf(id));
  const other = onNode(orderOf(id.replace("/17.", "/18.")));
  strictEqual(onNode(orderOf(id)).told, same.told);
  notStrictEqual(other.told, same.told);
  strictEqual(same.problem, undefined);
});
