/** When a session is due. */
import { SESSION_RETRY_MAX_MS, SESSION_RETRY_MS } from "../../../src/base/limits.ts";
import { type Need, retryPause, sessionDue } from "../../../src/client/schedule.ts";
import { equal, ok, test } from "../../check.ts";

const IDLE: Need = { reason: false, pollMs: 0, since: 1000, failures: 0, jitter: 0 };

test("without a reason and without polling no session is due", () => {
  equal(sessionDue(IDLE), Infinity);
});

test("a reason makes a session due at once", () => {
  equal(sessionDue({ ...IDLE, reason: true }), 1000);
});

test("polling makes one due so long after the last", () => {
  equal(sessionDue({ ...IDLE, pollMs: 60000 }), 61000);
});

test("after a failure a reason waits for the pause, and a poll does not wait longer than that", () => {
  equal(sessionDue({ ...IDLE, reason: true, failures: 1 }), 1000 + SESSION_RETRY_MS);
  equal(sessionDue({ ...IDLE, pollMs: 3600000, failures: 1 }), 1000 + SESSION_RETRY_MS);
});

test("the pause doubles with every failure in a row, up to the last", () => {
  equal(retryPause(1, 0), SESSION_RETRY_MS);
  equal(retryPause(2, 0), 2 * SESSION_RETRY_MS);
  equal(retryPause(4, 0), 8 * SESSION_RETRY_MS);
  equal(retryPause(100, 0), SESSION_RETRY_MAX_MS);
});

test("jitter adds at most a quarter", () => {
  equal(retryPause(1, 1), SESSION_RETRY_MS * 1.25);
  ok(retryPause(1, 0.5) > SESSION_RETRY_MS);
});
