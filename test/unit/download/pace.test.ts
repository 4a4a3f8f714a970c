/** How fast an attempt of a download must be: each limit at it and past it. */
import {
  ANSWER_TIMEOUT_MS,
  BODY_IDLE_TIMEOUT_MS,
  DOWNLOAD_ATTEMPT_MS,
  DOWNLOAD_RATE_BYTES_MIN,
  DOWNLOAD_RATE_WINDOW_MS,
} from "../../../src/base/limits.ts";
import { Pace, PACE_LIMITS } from "../../../src/download/pace.ts";
import { equal, test } from "../../check.ts";

const START = 5;

/** An attempt whose answer came at once. */
function answered(): Pace {
  const pace = new Pace(PACE_LIMITS, START);
  pace.answered(START);
  return pace;
}

test("an attempt waits for an answer so long, and then it is late", () => {
  const pace = new Pace(PACE_LIMITS, START);
  equal(pace.late(START + ANSWER_TIMEOUT_MS - 1), false);
  equal(pace.until(), START + ANSWER_TIMEOUT_MS);
  equal(pace.late(START + ANSWER_TIMEOUT_MS), true);
});

test("an attempt may be silent so long in the body, counted from the last byte", () => {
  const pace = answered();
  pace.received(DOWNLOAD_RATE_BYTES_MIN, START + 7);
  equal(pace.late(START + 7 + BODY_IDLE_TIMEOUT_MS - 1), false);
  equal(pace.late(START + 7 + BODY_IDLE_TIMEOUT_MS), true);
});

test("each window needs its bytes; one fewer is too slow, earlier ones do not count", () => {
  for (const [bytes, late] of [
    [DOWNLOAD_RATE_BYTES_MIN, false],
    [DOWNLOAD_RATE_BYTES_MIN - 1, true],
  ] as const) {
    const pace = answered();
    const end = START + DOWNLOAD_RATE_WINDOW_MS;
    pace.received(10 * DOWNLOAD_RATE_BYTES_MIN, end - 2);
    equal(pace.late(end), false);
    pace.received(bytes, end + DOWNLOAD_RATE_WINDOW_MS - 1);
    equal(pace.late(end + DOWNLOAD_RATE_WINDOW_MS), late, `${bytes} bytes`);
  }
});

test("a window is judged at its end, and not before", () => {
  const pace = answered();
  pace.received(1, START + DOWNLOAD_RATE_WINDOW_MS - 2);
  equal(pace.until(), START + DOWNLOAD_RATE_WINDOW_MS);
  equal(pace.late(START + DOWNLOAD_RATE_WINDOW_MS - 1), false);
  equal(pace.late(START + DOWNLOAD_RATE_WINDOW_MS), true);
});

test("an attempt may take so long, however fast it is", () => {
  const pace = answered();
  const end = START + DOWNLOAD_ATTEMPT_MS;
  for (let now = START; now < end - 1; now += 1000) {
    pace.received(DOWNLOAD_RATE_BYTES_MIN, now);
    equal(pace.late(now), false);
  }
  pace.received(1, end - 1);
  equal(pace.late(end - 1), false);
  equal(pace.late(end), true);
});
