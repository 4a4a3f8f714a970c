/** The moments at which the suite cuts power, as the console and the server tell of them. */
import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import type { RigEvent, Source } from "../../../rig/events/event.ts";
import { EventLog } from "../../../rig/events/log.ts";
import { Moments } from "../../../rig/suite/run.ts";

type Step = readonly [source: Source, event: RigEvent];

const verified: Step = ["device", { kind: "turn", what: "verified" }];
const lost: Step = ["bench", { kind: "console", line: "lost", path: "/dev/tty" }];
const began: Step = ["server", { kind: "began", session: "1", device: "a", count: 1 }];

function boot(trial: boolean): Step {
  const version = trial ? "2.0.0" : "1.0.0";
  return ["device", { kind: "boot", version, slot: "0", trial, cause: "power" }];
}

/** Which of the events are the trial. */
function trials(steps: readonly Step[]): readonly number[] {
  const log = new EventLog("sim");
  const moments = new Moments();
  const found: number[] = [];
  let index = 0;
  log.view((event) => {
    moments.take(event);
    if (moments.isAt("trial", event)) found.push(index);
    index++;
  });
  for (const [source, event] of steps) log.emit(event, source);
  return found;
}

test("the console tells of the trial", () => {
  deepStrictEqual(trials([boot(false), began, verified, boot(true), began]), [3]);
});

test("where the console was away at the start, the session behind it tells of the trial", () => {
  deepStrictEqual(trials([boot(false), began, verified, lost, began]), [4]);
  deepStrictEqual(trials([boot(false), verified, lost, boot(true), began]), [3]);
});

test("a console that is lost before the image is verified has missed no trial", () => {
  deepStrictEqual(trials([boot(false), lost, began, verified, began]), []);
});
