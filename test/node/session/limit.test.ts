/**
 * The bound on messages of a session: two thousand of them, which is much for a small engine, so on
 * Node only.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { SESSION_MESSAGES_MAX } from "../../../src/base/limits.ts";
import { alert, Bench } from "../../unit/session/bench.ts";

test("a server that never stops is left after SESSION_MESSAGES_MAX messages", () => {
  const bench = new Bench();
  for (let i = 1; i < SESSION_MESSAGES_MAX; i++) {
    assert.equal(bench.next().header.msgID, String(i));
    assert.ok(!bench.others().includes("Alert 1223"));
    bench.reply([bench.header(200), alert(1222)], { final: false });
  }
  assert.equal(bench.next().header.msgID, String(SESSION_MESSAGES_MAX));
  assert.equal(bench.others(), "Alert 1223");
  bench.reply([bench.header(200), alert(1222)]);
  assert.equal(bench.outcome(), "aborted");
});
