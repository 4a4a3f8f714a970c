/** Where an answer stops whose segments are lost and sent again. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { spoilt } from "../../../rig/server/fault.ts";
import { stopsOf } from "../../../rig/server/loss.ts";

const LENGTH = 1_460_000;

test("the same seed gives the same places, and another one others", () => {
  deepStrictEqual(stopsOf(LENGTH, 10, 1), stopsOf(LENGTH, 10, 1));
  ok(stopsOf(LENGTH, 10, 2)[0]?.at !== stopsOf(LENGTH, 10, 1)[0]?.at);
});

test("one segment in ten stops, for 200 ms, and twice as long when it is lost again", () => {
  const stops = stopsOf(LENGTH, 10, 1);
  ok(stops.length > 70 && stops.length < 130, `${stops.length} stops`);
  const waits = new Set(stops.map(({ ms }) => ms));
  for (const ms of waits) ok([200, 600, 1400, 3000, 6200].includes(ms), `${ms} ms`);
  ok(waits.has(200) && waits.has(600));
  for (const { at } of stops) strictEqual(at % 1460, 0);
});

test("where nothing is lost nothing stops, and where all is each segment comes at last", () => {
  deepStrictEqual(stopsOf(LENGTH, 0, 1), []);
  deepStrictEqual(stopsOf(1460, 100, 1), [
    { at: 0, ms: 6200 },
    { at: 1460, ms: 6200 },
  ]);
});

test("a lossy answer has all its bytes", () => {
  const reply = { status: 200, headers: [], body: new Uint8Array(9000) };
  const { body, stops, cutAt } = spoilt(reply, { what: "lossy", percent: 40 });
  deepStrictEqual([body.length, cutAt], [9000, undefined]);
  ok((stops ?? []).length > 0);
});
