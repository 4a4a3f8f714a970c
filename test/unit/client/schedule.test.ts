/** When a session is due. */
import {
  RETRY_AFTER_SPREAD_MS,
  SESSION_RETRY_AFTER_MAX_MS,
  SESSION_RETRY_MAX_MS,
  SESSION_RETRY_MS,
} from "../../../src/base/limits.ts";
import { type Need, placeOf, Schedule, sessionDue } from "../../../src/client/schedule.ts";
import { equal, ok, test } from "../../check.ts";

const IDLE: Need = {
  reason: false,
  pollMs: 0,
  firstPoll: 0,
  since: 1000,
  failures: 0,
  share: 1,
  askedMs: 0,
  deadline: Infinity,
};

test("without a reason and without polling no session is due", () => {
  equal(sessionDue(IDLE), Infinity);
});

test("a reason makes a session due at once", () => {
  equal(sessionDue({ ...IDLE, reason: true }), 1000);
});

test("polling makes one due so long after the last", () => {
  equal(sessionDue({ ...IDLE, pollMs: 60000 }), 61000);
});

test("the first poll after a start has a moment of its own, whatever was said before", () => {
  const need = { reason: false, pollMs: 60_000, deadline: Infinity };
  const schedule = new Schedule(1000, 0, 0.25, () => undefined);
  equal(schedule.due(need), 16_000);
  schedule.ended(15_999, true, false, 0);
  equal(schedule.due(need), 16_000);
  schedule.ended(16_000, true, false, 0);
  equal(schedule.due(need), 76_000);
  equal(schedule.due({ ...need, pollMs: 0 }), Infinity);
});

test("a device has the same place after each start, and others have other ones", () => {
  const places = Array.from({ length: 1000 }, (_, n) => placeOf(`urn:uuid:device-${n}`));
  equal(placeOf("urn:uuid:device-0"), places[0]);
  ok(places.every((place) => place >= 0 && place < 1));
  for (let tenth = 0; tenth < 10; tenth++) {
    const count = places.filter((place) => Math.floor(place * 10) === tenth).length;
    ok(count > 50 && count < 150, `${count} of 1000 in tenth ${tenth}`);
  }
});

test("after a failure a reason waits for the pause, and a poll waits no longer", () => {
  equal(sessionDue({ ...IDLE, reason: true, failures: 1 }), 1000 + SESSION_RETRY_MS);
  equal(sessionDue({ ...IDLE, pollMs: 3600000, failures: 1 }), 1000 + SESSION_RETRY_MS);
});

test("the pause doubles with each failure in a row, to a maximum; half is random", () => {
  const pause = (failures: number, share: number): number =>
    sessionDue({ ...IDLE, failures, share }) - IDLE.since;
  equal(pause(2, 1), 2 * SESSION_RETRY_MS);
  equal(pause(4, 1), 8 * SESSION_RETRY_MS);
  equal(pause(100, 1), SESSION_RETRY_MAX_MS);
  equal(pause(100, 0), SESSION_RETRY_MAX_MS / 2);
});

test("near a deadline each pause takes half of what is left, so attempts go on", () => {
  for (const share of [0, 0.5, 1]) {
    for (const [deadline, gap] of [
      [600_000, 8_000],
      [60_000, 8_000],
      [14_400_000, 20_000],
    ] as const) {
      const attempts: number[] = [];
      for (let since = 0, failures = 1; since < deadline; failures++) {
        const due = sessionDue({ ...IDLE, since, failures, share, deadline });
        ok(due >= since + SESSION_RETRY_MS / 2, "attempts do not hurry");
        if (due < deadline) attempts.push(due);
        since = due;
      }
      ok(attempts.length <= 60, `${attempts.length} attempts`);
      const last = attempts.at(-1) ?? 0;
      ok(deadline - last <= gap, `the last attempt is ${deadline - last} ms before the deadline`);
    }
  }
});

test("a server that asks to be left alone is, and chance adds to that", () => {
  const pause = (askedMs: number, share: number): number =>
    sessionDue({ ...IDLE, failures: 1, share, askedMs }) - IDLE.since;
  equal(pause(60_000, 0), 60_000);
  equal(pause(60_000, 0.5), 176_190);
  equal(pause(60_000, 1), 292_379);
  equal(pause(RETRY_AFTER_SPREAD_MS, 1), 2 * RETRY_AFTER_SPREAD_MS);
  equal(pause(3_600_000, 1), 5_400_000);
  equal(pause(1, 1), SESSION_RETRY_MS);
  const onTrial = sessionDue({ ...IDLE, failures: 1, share: 0, askedMs: 60_000, deadline: 21_000 });
  equal(onTrial, 11_000);
});

test("at most SESSION_RETRY_AFTER_MAX_MS; a session that is summoned does not wait", () => {
  const need = { reason: true, pollMs: 0, deadline: Infinity };
  for (const [asked, pause] of [
    [SESSION_RETRY_AFTER_MAX_MS, SESSION_RETRY_AFTER_MAX_MS],
    [SESSION_RETRY_AFTER_MAX_MS - 1, SESSION_RETRY_AFTER_MAX_MS - 1],
    [10 * SESSION_RETRY_AFTER_MAX_MS, 3_600_000],
  ] as const) {
    const schedule = new Schedule(0, 0, 1, (bytes) => {
      bytes.fill(0);
    });
    schedule.ended(1000, false, false, asked);
    equal(schedule.due(need), 1000 + pause);
    schedule.hasten();
    equal(schedule.due(need), 1000);
    schedule.ended(2000, false, false, 0);
    equal(schedule.due(need), 2000 + SESSION_RETRY_MS / 2);
  }
});
