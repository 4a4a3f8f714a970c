/** Servers that answer, and still get nowhere: the device neither hurries nor waits for ever. */
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import {
  ANSWER_MS_MAX,
  BODY_IDLE_TIMEOUT_MS,
  SESSION_RETRY_MAX_MS,
  SESSION_RETRY_MS,
} from "../../src/base/limits.ts";
import { Bench } from "./bench.ts";

const HOUR_MS = 3_600_000;
/**
 * Pauses double from 2 s to 15 min, less half by chance: so many sessions in an hour at most, and
 * those of the update itself.
 */
const SESSIONS_MAX =
  10 + Math.log2(SESSION_RETRY_MAX_MS / SESSION_RETRY_MS) + (2 * HOUR_MS) / SESSION_RETRY_MAX_MS;

test("a server that never accepts the report gets it after ever longer pauses", () => {
  const bench = new Bench({ server: { alertStatus: 401 } });
  bench.run(HOUR_MS);
  deepStrictEqual(
    [bench.running, new Set(bench.alerts.map(({ data }) => data))],
    ["2.0.0", new Set(["200"])],
  );
  ok(bench.client.sessions <= SESSIONS_MAX, `${bench.client.sessions} sessions in an hour`);
  ok(bench.client.engine.tickets().length > 0, "the report is still owed");
});

test("an answer that trickles for ever ends in time, and in a trial the trial ends too", () => {
  ok(ANSWER_MS_MAX > BODY_IDLE_TIMEOUT_MS, "a trickle is no silence");
  const bench = new Bench({ trialSeconds: 900 });
  const slow = {
    head: () => ({ status: 200, headers: new Map() }),
    read: (buffer: Uint8Array) => trickle(buffer),
    close: () => undefined,
  };
  let last = 0;
  const trickle = (buffer: Uint8Array): number => {
    const now = bench.elapsedMs;
    if (now - last < BODY_IDLE_TIMEOUT_MS - 1000) return 0;
    last = now;
    buffer[0] = 0x20;
    return 1;
  };
  bench.run(HOUR_MS, () => {
    if (bench.client.engine.record.phase === "trial") bench.link.request = () => slow;
  });
  deepStrictEqual([bench.running, bench.client.engine.record.reason], ["1.0.0", "reverted"]);
});

test("a trial ends at its deadline, also while its session waits for an answer", () => {
  const bench = new Bench({ trialSeconds: 10 });
  const silent = { head: () => undefined, read: () => 0, close: () => undefined };
  let ended: number | undefined;
  bench.run(HOUR_MS, () => {
    const { phase } = bench.client.engine.record;
    if (phase === "trial") bench.link.request = () => silent;
    if (phase === "rejecting") ended ??= bench.elapsedMs;
  });
  deepStrictEqual([bench.running, bench.client.engine.record.reason], ["1.0.0", "reverted"]);
  ok(ended !== undefined && ended < 11_000, `it ended after ${ended} ms`);
});
