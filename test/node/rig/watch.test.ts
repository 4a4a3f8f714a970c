/** What the rig expects of a device's log, and how a run is reported. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "../../rig/events.ts";
import { RigError } from "../../rig/exit.ts";
import { junit } from "../../rig/junit.ts";
import { Watch } from "../../rig/watch.ts";

function bench(): { say: (line: string) => void; watch: Watch; log: EventLog } {
  const log = new EventLog("test");
  const watch = new Watch(log);
  return {
    say: (line) => {
      log.emit({ kind: "serial", line });
    },
    watch,
    log,
  };
}

const hasCode =
  (code: number) =>
  (error: unknown): boolean =>
    error instanceof RigError && error.code === code;

test("a line that came before the wait is found", async () => {
  const { say, watch } = bench();
  say("State 30");
  assert.equal(await watch.expect(/State/, 1000), "State 30");
});

test("two matches that came together both count, in order", async () => {
  const { say, watch } = bench();
  say("State 30");
  say("State 40");
  assert.deepEqual(
    [await watch.expect(/State/, 1000), await watch.expect(/State/, 1000)],
    ["State 30", "State 40"],
  );
});

test("a line that comes later ends the wait", async () => {
  const { say, watch } = bench();
  const wait = watch.expect(/State 50/, 1000);
  say("State 40");
  say("State 50");
  assert.equal(await wait, "State 50");
});

test("a wait past its limit says what was waited for, and is status 42", async () => {
  const { watch } = bench();
  await assert.rejects(
    watch.expect(/never/, 20),
    (error: Error) => hasCode(42)(error) && error.message.includes("/never/"),
  );
});

test("a crash ends the wait at once, with status 6, without being asked for", async () => {
  const { say, watch } = bench();
  const wait = watch.expect(/never/, 60000);
  say("[   1.000] E boot: XS abort 1: out of memory");
  await assert.rejects(wait, hasCode(6));
});

test("a line that the test forbids is status 1", async () => {
  const { say, watch } = bench();
  watch.fail(/digest mismatch/);
  say("E update: digest mismatch");
  await assert.rejects(watch.expect(/never/, 60000), hasCode(1));
});

test("a JUnit report has properties, failures, unstable passes and the log's end", () => {
  const { say, log } = bench();
  say("a <strange> \u0000 line");
  const text = junit({
    name: "demo",
    properties: { board: "host" },
    log,
    cases: [
      { name: "first", seconds: 1 },
      { name: "second", seconds: 2, failure: "result 402 & more" },
      { name: "third", seconds: 1, unstable: true },
    ],
  });
  assert.match(text, /tests="3" failures="1"/);
  assert.match(text, /<property name="board" value="host"\/>/);
  assert.match(text, /<failure message="result 402 &amp; more"\/>/);
  assert.match(text, /name="unstable" value="true"/);
  assert.match(text, /a &lt;strange&gt; \\u0000 line/);
});
