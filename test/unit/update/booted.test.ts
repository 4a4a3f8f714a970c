/** What boots, after which phase and with which record: the hardware wins. */
import { deepEqual, equal, test } from "../../check.ts";
import type { ResetCause } from "../../../hal/hal.ts";
import { TRIALS_MAX } from "../../../src/base/limits.ts";
import type { UpdateEvent } from "../../../src/update/event.ts";
import { reduce } from "../../../src/update/machine.ts";
import { at, booted } from "./records.ts";

const CRASHES: readonly ResetCause[] = ["watchdog", "panic", "unknown"];

test("a reset while a stranger is heard is no verdict, but uses up a trial", () => {
  for (const cause of ["restart", "power", ...CRASHES] as const) {
    const exposed = reduce(at("trial", { trials: 1, kept: true, target: 1 }), { type: "exposed" });
    equal(exposed.exposed, true);
    equal(reduce(exposed, { type: "exposed" }), exposed, "once is enough");
    const again = reduce(exposed, booted(0, false, cause));
    deepEqual([again.phase, again.trials, again.exposed], ["proving", 1, undefined], cause);
    const last = reduce({ ...exposed, trials: TRIALS_MAX }, booted(0, false, cause));
    deepEqual(
      [last.phase, last.reason, last.kept, last.exposed],
      ["failed", "reverted", true, undefined],
      cause,
    );
    const sheltered = reduce(exposed, { type: "sheltered" });
    deepEqual([sheltered.phase, sheltered.exposed], ["trial", undefined]);
    equal(reduce(sheltered, { type: "sheltered" }), sheltered);
    const after = reduce(sheltered, booted(0, false, cause));
    equal(after.phase, cause === "power" ? "proving" : "failed", cause);
  }
});

test("whatever ends a trial takes the mark of a stranger with it", () => {
  const exposed = at("trial", { kept: true, target: 1, exposed: true });
  const events: readonly UpdateEvent[] = [
    { type: "healthy" },
    { type: "unhealthy" },
    { type: "unanswered" },
    booted(1, true),
    booted(0, false, "power"),
    booted(0, false, "panic"),
  ];
  for (const event of events) equal(reduce(exposed, event).exposed, undefined, event.type);
});

const DONE = {
  reason: "succeeded",
  installing: true,
  slot: 0,
  target: 1,
  tickets: [{ id: 1, owner: "a", reason: "succeeded", slot: 1 }],
} as const;

test("after a success the old image boots: State and report follow what runs", () => {
  for (const phase of ["succeeded", "settled"] as const) {
    const fallen = reduce(at(phase, DONE), booted(0, false, "power"));
    deepEqual(
      [fallen.phase, fallen.reason, fallen.kept, fallen.tickets[0]?.reason],
      ["failed", "fellBack", false, "fellBack"],
    );
    equal(reduce(fallen, booted(0, false)), fallen, "it is said once");
    const back = reduce(fallen, booted(1, false));
    deepEqual(
      [back.phase, back.reason, back.tickets[0]?.reason],
      ["succeeded", "succeeded", "succeeded"],
    );
    equal(reduce(back, booted(1, false)), back);
    const settled = reduce({ ...fallen, tickets: [] }, { type: "reported" });
    deepEqual([settled.phase, reduce(settled, booted(0, false))], ["settled", settled]);
  }
});

test("an unreported success follows what runs, in every phase; a download's does not", () => {
  const tickets = [
    { id: 1, owner: "a", reason: "succeeded", slot: 1 },
    { id: 2, owner: "b", reason: "succeeded" },
    { id: 3, owner: "c" },
  ] as const;
  for (const phase of ["idle", "receiving", "downloading", "failed", "settled"] as const) {
    const record = at(phase, { tickets, slot: 1 });
    const fallen = reduce(record, booted(0, false, "power"));
    deepEqual(
      fallen.tickets.map(({ reason }) => reason),
      ["fellBack", "succeeded", undefined],
      phase,
    );
    const over = phase === "failed" || phase === "settled";
    deepEqual(
      reduce(fallen, booted(1, false)).tickets.map(({ reason }) => reason),
      [over ? "succeeded" : "fellBack", "succeeded", undefined],
      `${phase}: where a package comes it is written over the image`,
    );
  }
  const trial = reduce(at("arming", { tickets, slot: 1 }), booted(0, true));
  equal(trial.tickets[0]?.reason, "succeeded", "a trial says nothing of the image that is kept");
});

test("a success is history once another image is kept, or its slot is written to", () => {
  const kept = reduce(at("confirming", { ...DONE, slot: 1, target: 0, nextTicket: 5 }), {
    type: "confirmed",
  });
  equal(kept.tickets[0]?.slot, undefined);
  equal(reduce(kept, booted(0, false)).tickets[0]?.reason, "succeeded");
  const started = {
    type: "started",
    url: "u",
    object: "x",
    owner: "o",
    thenInstall: false,
  } as const;
  const beside = reduce(at("settled", DONE), { ...started, slot: 1 });
  equal(beside.tickets[0]?.slot, 1);
  const over = reduce(reduce(at("settled", DONE), booted(0, false)), { ...started, slot: 0 });
  deepEqual([over.tickets[0]?.reason, over.tickets[0]?.slot], ["fellBack", undefined]);
  equal(reduce(over, booted(1, false)).tickets[0]?.reason, "fellBack");
});

test("a package is void once its slot runs; a whole one is gone or tested", () => {
  for (const phase of ["idle", "receiving", "downloading"] as const) {
    const moved = reduce(at(phase), booted(1, false, "power"));
    deepEqual([moved.phase, moved.generation, moved.slot], [phase, 5, 1]);
    equal(reduce(moved, booted(1, false, "power")), moved);
  }
  for (const phase of ["verifying", "ready"] as const) {
    const gone = reduce(at(phase, { kept: true }), booted(1, false, "power"));
    deepEqual([gone.phase, gone.reason, gone.kept], ["failed", "flash", false], phase);
    const tickets = [{ id: 1, owner: "a" }];
    const tested = reduce(at(phase, { thenInstall: true, tickets }), booted(1, false, "power"));
    deepEqual([tested.phase, tested.target, tested.installing], ["trial", 1, true], phase);
    const done = reduce(reduce(tested, { type: "healthy" }), { type: "confirmed" });
    deepEqual(done.tickets, [{ id: 1, owner: "a", reason: "succeeded", slot: 1 }]);
  }
  for (const phase of ["failed", "settled"] as const) {
    const kept = at(phase, { reason: "reverted", kept: true });
    equal(reduce(kept, booted(0, false)), kept);
    equal(reduce(kept, booted(1, false)).kept, false);
  }
});

test("an unknown image on trial overrules whatever the record says", () => {
  for (const phase of ["ready", "settled", "downloading"] as const) {
    const tickets = [{ id: 1, owner: "a" }];
    const trial = reduce(
      at(phase, { tickets, version: "1", securityCounter: 9, reason: "cancelled", kept: true }),
      booted(1, true),
    );
    deepEqual(
      [trial.phase, trial.digest, trial.securityCounter, trial.kept, trial.tickets[0]?.reason],
      ["trial", undefined, undefined, false, "cancelled"],
    );
  }
});
