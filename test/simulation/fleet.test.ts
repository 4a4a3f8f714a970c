/**
 * Ten thousand devices and one server that fails for an hour: they come back one by one, each is
 * served, and also those that were switched on in the same moment.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { drawing, type FleetOptions, type Outage, rushOf, simulateFleet } from "./fleet.ts";

const MINUTE_MS = 60_000;
const DEVICES = 10_000;
const TO_MS = 70 * MINUTE_MS;
const END_MS = 160 * MINUTE_MS;
/** When all are back that were told when to come. */
const BACK_MS = 110 * MINUTE_MS;
/** The worst second beside the mean while the middle 90 % come back. */
const RUSH_MAX = 3;

function fleet(answer: Outage["answer"], more: Partial<FleetOptions> = {}): FleetOptions {
  return {
    devices: DEVICES,
    pollMs: 15 * MINUTE_MS,
    seed: 1,
    outage: { fromMs: 10 * MINUTE_MS, toMs: TO_MS, answer },
    sessionsPerSecond: 200,
    ...more,
  };
}

for (const [answer, what] of [
  ["silent", "answers nothing"],
  ["busy", "answers 503"],
] as const) {
  test(`an hour after the server ${what}, no second is worse than 3 times the mean`, () => {
    for (const together of [{}, { areTogether: true } as const]) {
      const report = simulateFleet(fleet(answer, together), END_MS);
      strictEqual(report.returnedMs.length, DEVICES);
      const { worst, mean, seconds } = rushOf(report, TO_MS, report.perSecond);
      const told = `worst second ${worst}, mean ${mean.toFixed(1)} over ${seconds.toFixed(0)} s`;
      ok(worst <= RUSH_MAX * mean, `${told}\n${drawing(report)}`);
    }
  });
}

for (const pollMinutes of [15, 30, 59]) {
  test(`no rush when a server said it is back, with polls each ${pollMinutes} min`, () => {
    // So many that chance alone makes no second bad.
    const devices = 4 * DEVICES;
    for (const together of [{}, { areTogether: true } as const])
      for (const seed of [1, 2]) {
        const options = { seed, devices, pollMs: pollMinutes * MINUTE_MS, ...together };
        const report = simulateFleet(fleet("until", options), BACK_MS);
        strictEqual(report.returnedMs.length, devices);
        // Those that are back poll again: what they ask for is no rush, and the server is made for.
        const { worst, mean } = rushOf(report, TO_MS, report.returningPerSecond);
        ok(worst <= RUSH_MAX * mean, `${worst}, mean ${mean.toFixed(1)}\n${drawing(report)}`);
      }
  });
}

test("devices that were switched on together do not poll as one", () => {
  const pollMs = 15 * MINUTE_MS;
  const outage = { fromMs: 0, toMs: 0, answer: "silent" } as const;
  const options = { devices: 4 * DEVICES, pollMs, areTogether: true, outage } as const;
  const { perSecond } = simulateFleet(fleet("silent", options), 3 * pollMs);
  const mean = (4 * DEVICES * 1000) / pollMs;
  const worst = Math.max(...perSecond);
  ok(worst <= RUSH_MAX * mean, `${worst}, mean ${mean.toFixed(1)}`);
});

test("a server that says when it is back is asked by nobody before that, but for polls", () => {
  const report = simulateFleet(fleet("until"), END_MS);
  strictEqual(report.returnedMs.length, DEVICES);
  const during = report.perSecond.slice(10 * 60, 70 * 60).reduce((sum, count) => sum + count, 0);
  strictEqual(during, DEVICES, "each device has asked once");
});

test("a server that is slow after the outage serves every device in the end", () => {
  const slow = fleet("silent", { sessionsPerSecond: 15, pollMs: 60 * MINUTE_MS });
  strictEqual(simulateFleet(slow, 300 * MINUTE_MS).returnedMs.length, DEVICES);
});

test("the same options give the same report", () => {
  const options = fleet("silent", { devices: 500 });
  deepStrictEqual(simulateFleet(options, END_MS), simulateFleet(options, END_MS));
});
