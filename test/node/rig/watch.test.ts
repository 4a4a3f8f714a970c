/** What the rig expects of a device's log, and how a run is reported. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "../../rig/events/log.ts";
import type { Verdict } from "../../rig/events/event.ts";
import { ScenarioRun } from "../../rig/events/scenariorun.ts";
import { Exit, RigError, verdictOf } from "../../rig/exit.ts";
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

test("a JUnit report separates failures, errors of the bench, and what was skipped", () => {
  const log = new EventLog("host");
  const run = (name: string, verdict: Verdict, problem?: string, attempt = 1): void => {
    const scenario = new ScenarioRun(log, name, attempt);
    log.emit({ kind: "serial", line: `<${name}> \u0000 says` }, "device");
    scenario.end(verdict, problem === undefined ? [] : [problem]);
  };
  run("first", "passed");
  run("second", "failed", "result 402 & more");
  run("third", "error", "the port went away");
  run("third", "passed", undefined, 2);
  run("fourth", "error", "the relay is silent");
  run("fifth", "skipped", "needs a switch of its power");
  run("sixth", "failed", "the first round");
  run("sixth", "passed");
  const text = junit([{ name: "suite", properties: { board: "host" }, events: log.events }]);
  assert.match(text, /tests="7" failures="2" errors="1" skipped="1"/);
  assert.match(text, /<property name="board" value="host"\/>/);
  assert.match(text, /<failure type="property" message="result 402 &amp; more"\/>/);
  assert.match(text, /<error type="bench" message="the relay is silent"\/>/);
  assert.match(text, /<skipped message="needs a switch of its power"\/>/);
  const of = (name: string): string =>
    text.split("<testcase").find((part) => part.includes(`name="${name}"`)) ?? "";
  assert.match(of("third"), /name="unstable" value="true"/);
  assert.ok(!of("third").includes("went away"), "the attempt before is not reported");
  assert.match(text, /message="the first round"/, "a round before is");
  for (const name of ["first", "second", "third", "fourth", "fifth"])
    assert.match(of(name), new RegExp(`<system-out>&lt;${name}&gt; .u0000 says</system-out>`));
});

test("a wait past its limit is an error of the bench, a crash a failure of the firmware", () => {
  assert.equal(verdictOf(new RigError(Exit.timeout, "late")), "error");
  assert.equal(verdictOf(new RigError(Exit.noBoard, "no board")), "error");
  assert.equal(verdictOf(new TypeError("a fault of the rig")), "error");
  assert.equal(verdictOf(new RigError(Exit.crash, "the device crashed")), "failed");
  assert.equal(verdictOf(new RigError(Exit.failed, "result 402")), "failed");
});
