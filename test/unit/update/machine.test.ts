/** The update machine: every phase × event, and what the table does not show. */
import { deepEqual, equal, ok, test } from "../../check.ts";
import type { ResetCause } from "../../../hal/hal.ts";
import { CRASHES_MAX, RESTARTS_MAX, REWINDS_MAX, TRIALS_MAX } from "../../../src/base/limits.ts";
import type { EventType, UpdateEvent } from "../../../src/update/event.ts";
import { PHASES, reduce } from "../../../src/update/machine.ts";
import { IDLE, type Phase } from "../../../src/update/record.ts";
import { at, booted } from "./records.ts";

const PHASE_NAMES = Object.keys(PHASES) as readonly Phase[];

/** One event of each type but booted. */
const EVENTS: readonly UpdateEvent[] = [
  { type: "started", url: "http://a/b", object: "x", owner: "o", thenInstall: false, slot: 0 },
  { type: "opened", object: "x", size: 9, slot: 0 },
  { type: "described", url: "http://a/c", size: 9, notify: "http://a/n" },
  { type: "announced", size: 9, validator: "v" },
  { type: "unpacking", image: 9 },
  { type: "rewound" },
  { type: "attempted", attempt: 1 },
  { type: "refetched" },
  { type: "complete", size: 9 },
  { type: "aborted" },
  { type: "fetchFailed", reason: "network" },
  { type: "valid", digest: "d1", version: "2.0.0", securityCounter: 3 },
  { type: "invalid", reason: "corrupt" },
  { type: "install", slot: 0, owner: "o" },
  { type: "refused" },
  { type: "exposed" },
  { type: "sheltered" },
  { type: "healthy" },
  { type: "unhealthy" },
  { type: "unanswered" },
  { type: "consent", given: true },
  { type: "confirmed" },
  { type: "reported" },
  { type: "acknowledged", id: 1 },
  { type: "discarded" },
  { type: "noticeSent" },
  { type: "noticeSettled" },
];

/** What is owed can leave in every phase. */
const OWED: readonly EventType[] = ["acknowledged", "noticeSent", "noticeSettled"];
/**
 * Phase after phase: event → phase. What is not here, nor in OWED, leaves the record as it is.
 */
const CHANGES: { readonly [P in Phase]: { readonly [T in EventType]?: Phase } } = {
  idle: { started: "downloading", opened: "receiving", discarded: "idle" },
  receiving: {
    started: "downloading",
    opened: "receiving",
    unpacking: "receiving",
    complete: "verifying",
    aborted: "idle",
    discarded: "idle",
  },
  downloading: {
    described: "downloading",
    announced: "downloading",
    unpacking: "downloading",
    rewound: "downloading",
    attempted: "downloading",
    complete: "verifying",
    fetchFailed: "failed",
    consent: "downloading",
    discarded: "idle",
  },
  verifying: { valid: "ready", invalid: "failed", install: "verifying" },
  ready: { install: "proving", started: "downloading", opened: "receiving", discarded: "idle" },
  proving: { consent: "proving", valid: "arming", invalid: "failed" },
  arming: { refused: "failed" },
  trial: {
    exposed: "trial",
    healthy: "confirming",
    unhealthy: "rejecting",
    unanswered: "rejecting",
  },
  confirming: { confirmed: "succeeded", refused: "rejecting" },
  rejecting: {},
  succeeded: {
    reported: "settled",
    started: "downloading",
    opened: "receiving",
    discarded: "idle",
  },
  failed: { reported: "settled", started: "downloading", opened: "receiving", discarded: "idle" },
  settled: { started: "downloading", opened: "receiving", discarded: "idle" },
};

test("each phase and event lead where the table says; unlisted pairs change nothing", () => {
  let pairs = 0;
  for (const phase of PHASE_NAMES) {
    for (const event of EVENTS) {
      const before = at(phase);
      const after = reduce(before, event);
      const expected = OWED.includes(event.type) ? phase : CHANGES[phase][event.type];
      if (expected === undefined) equal(after, before, `${phase} × ${event.type}`);
      else {
        equal(after.phase, expected, `${phase} × ${event.type}`);
        ok(after !== before, `${phase} × ${event.type} changes the record`);
      }
      pairs++;
    }
  }
  equal(pairs, 13 * 27);
});

test("refusing a download ends it; refusing an installation keeps the package", () => {
  const tickets = [{ id: 1, owner: "a" }];
  const no: UpdateEvent = { type: "consent", given: false };
  const download = reduce(at("downloading", { tickets }), no);
  const update = reduce(at("proving", { tickets, kept: true, installing: true }), no);
  deepEqual(
    [download.phase, download.kept, download.tickets[0]?.reason],
    ["failed", false, "cancelled"],
  );
  deepEqual(
    [update.phase, update.kept, update.installing, update.tickets[0]?.reason],
    ["failed", true, true, "cancelled"],
  );
  const agreed = reduce(at("proving", { kept: true }), { type: "consent", given: true });
  equal(agreed.agreed, "proving");
  equal(reduce(agreed, booted(0, false, "power")).agreed, "proving");
  equal(reduce(update, { type: "install", slot: 0, owner: "o" }).agreed, undefined);
  equal(reduce(reduce(agreed, no), { type: "install", slot: 0, owner: "o" }).agreed, undefined);
});

test("at boot the hardware wins: source by power or else, target on trial or kept", () => {
  const expected: { readonly [P in Phase]: readonly [Phase, Phase, Phase, Phase] } = {
    idle: ["idle", "idle", "trial", "idle"],
    receiving: ["receiving", "receiving", "trial", "receiving"],
    downloading: ["downloading", "downloading", "trial", "downloading"],
    verifying: ["verifying", "verifying", "trial", "failed"],
    ready: ["ready", "ready", "trial", "failed"],
    proving: ["proving", "proving", "trial", "trial"],
    arming: ["proving", "failed", "trial", "trial"],
    trial: ["proving", "failed", "trial", "trial"],
    confirming: ["proving", "failed", "confirming", "succeeded"],
    rejecting: ["failed", "failed", "rejecting", "failed"],
    succeeded: ["succeeded", "succeeded", "trial", "succeeded"],
    failed: ["failed", "failed", "trial", "failed"],
    settled: ["settled", "settled", "trial", "settled"],
  };
  for (const phase of PHASE_NAMES) {
    const events = [booted(0, false, "power"), booted(0, false), booted(1, true), booted(1, false)];
    deepEqual(
      events.map((event) => reduce(at(phase), event).phase),
      expected[phase],
      phase,
    );
  }
});

const CRASHES: readonly ResetCause[] = ["watchdog", "panic", "unknown"];

test("any reset but power judges an image seen on trial; an unseen one is kept", () => {
  for (const phase of ["arming", "trial", "confirming"] as const) {
    for (const cause of ["restart", ...CRASHES] as const) {
      const after = reduce(at(phase, { trials: 1, kept: true }), booted(0, false, cause));
      deepEqual(
        [after.phase, after.reason, after.kept],
        ["failed", "reverted", phase === "arming"],
        `${phase} ${cause}`,
      );
    }
    const again = reduce(at(phase, { trials: 1, kept: true }), booted(0, false, "power"));
    deepEqual([again.phase, again.trials], ["proving", 1]);
  }
});

test("a trial without answer is no verdict; an unhealthy or unkept one is", () => {
  const back = (phase: Phase, event: UpdateEvent): unknown => {
    const after = reduce(reduce(at(phase, { kept: true }), event), booted(0, false));
    return [after.phase, after.reason, after.kept];
  };
  deepEqual(back("trial", { type: "unanswered" }), ["failed", "reverted", true]);
  deepEqual(back("trial", { type: "unhealthy" }), ["failed", "reverted", false]);
  deepEqual(back("confirming", { type: "refused" }), ["failed", "reverted", false]);
});

test("an image that failed its test is never a success, not even when nothing else boots", () => {
  const rejected = reduce(
    at("trial", { target: 1, kept: true, tickets: [{ id: 1, owner: "a" }] }),
    { type: "unhealthy" },
  );
  const stays = reduce(rejected, booted(1, false));
  deepEqual(
    [stays.phase, stays.reason, stays.kept, stays.tickets[0]?.reason],
    ["failed", "reverted", false, "reverted"],
  );
});

const VALID: UpdateEvent = { type: "valid", digest: "d1", version: "2", securityCounter: 1 };

test("power may end TRIALS_MAX trials, and no more; then the package is kept", () => {
  let record = at("proving", { kept: true, tickets: [{ id: 1, owner: "a" }] });
  for (let trial = 1; trial <= TRIALS_MAX; trial++) {
    record = reduce(record, VALID);
    deepEqual([record.phase, record.trials], ["arming", trial]);
    record = reduce(record, booted(1, true));
    equal(record.phase, "trial");
    record = reduce(record, booted(0, false, "power"));
    equal(record.phase, trial < TRIALS_MAX ? "proving" : "failed");
  }
  deepEqual(
    [record.reason, record.kept, record.tickets[0]?.reason],
    ["reverted", true, "reverted"],
  );
  equal(reduce(record, { type: "install", slot: 0, owner: "b" }).phase, "proving");
});

test("nothing counts as a trial before arming: questions, sessions, proof", () => {
  const install: UpdateEvent = { type: "install", slot: 0, owner: "o" };
  const asked = reduce(at("ready", { kept: true }), install);
  equal(asked.trials, 0);
  for (const cause of ["power", "restart"] as const)
    equal(reduce(asked, booted(0, false, cause)), asked);
});

test("another image than the one that was verified is not armed", () => {
  const other = reduce(at("proving", { kept: true }), { ...VALID, digest: "d2" });
  deepEqual([other.phase, other.reason, other.kept], ["failed", "corrupt", false]);
});

test("a program may crash over a package CRASHES_MAX times; a whole one is kept", () => {
  for (const phase of ["downloading", "verifying", "proving"] as const) {
    let record = at(phase, { kept: phase === "proving", tickets: [{ id: 1, owner: "a" }] });
    for (let crash = 1; crash <= CRASHES_MAX; crash++) {
      record = reduce(record, booted(0, false, CRASHES[crash % CRASHES.length]));
      deepEqual([record.phase, record.crashes], [phase, crash]);
    }
    const last = reduce(record, booted(0, false, "panic"));
    deepEqual(
      [last.phase, last.tickets[0]?.reason, last.kept],
      ["failed", "undefined", phase === "proving"],
    );
  }
});

test("a rejected image that still runs is left at most RESTARTS_MAX times", () => {
  let record = at("rejecting");
  for (let restart = 1; restart <= RESTARTS_MAX; restart++) {
    record = reduce(record, booted(1, true));
    deepEqual([record.phase, record.restarts], ["rejecting", restart]);
  }
  deepEqual(
    [reduce(record, booted(1, true)).phase, reduce(record, booted(1, true)).reason],
    ["failed", "undefined"],
  );
});

test("an unknown image on trial is tested, and its reset starts no second trial", () => {
  const trial = reduce(IDLE, booted(1, true));
  deepEqual([trial.phase, trial.target], ["trial", 1]);
  equal(reduce(trial, booted(1, false)).phase, "trial");
  deepEqual(
    [reduce(trial, booted(0, false)).phase, reduce(trial, booted(0, false, "power")).phase],
    ["failed", "failed"],
  );
});

test("an install that overtakes the report of the download loses neither", () => {
  let record = reduce(IDLE, {
    type: "started",
    url: "u",
    object: "x",
    owner: "download",
    thenInstall: false,
    slot: 0,
  });
  record = reduce(reduce(record, { type: "complete", size: 9 }), VALID);
  record = reduce(record, { type: "install", slot: 0, owner: "install" });
  deepEqual(record.tickets, [
    { id: 1, owner: "download", reason: "succeeded" },
    { id: 2, owner: "install" },
  ]);
  record = reduce(reduce(record, VALID), booted(0, false));
  deepEqual(
    record.tickets.map((ticket) => ticket.reason),
    ["succeeded", "reverted"],
  );
  record = reduce(record, { type: "acknowledged", id: 2 });
  deepEqual(record.tickets, [{ id: 1, owner: "download", reason: "succeeded" }]);
  equal(reduce(record, { type: "acknowledged", id: 7 }), record);
});

test("a ticket whose outcome is open cannot be acknowledged", () => {
  const record = at("downloading", { tickets: [{ id: 1, owner: "a" }] });
  equal(reduce(record, { type: "acknowledged", id: 1 }), record);
});

test("Download-and-update keeps its one ticket open until the update has an outcome", () => {
  let record = reduce(IDLE, {
    type: "started",
    url: "u",
    object: "x",
    owner: "both",
    thenInstall: true,
    slot: 0,
  });
  record = reduce(reduce(record, { type: "complete", size: 9 }), {
    type: "valid",
    digest: "d",
    version: "2",
    securityCounter: 1,
  });
  deepEqual(record.tickets, [{ id: 1, owner: "both" }]);
  record = reduce(record, { type: "install", slot: 0, owner: undefined });
  deepEqual([record.phase, record.thenInstall, record.tickets.length], ["proving", false, 1]);
});

test("a discarded download is reported as cancelled", () => {
  const record = reduce(at("downloading", { tickets: [{ id: 1, owner: "a" }] }), {
    type: "discarded",
  });
  deepEqual(
    [record.phase, record.object, record.tickets],
    ["idle", "", [{ id: 1, owner: "a", reason: "cancelled" }]],
  );
});

test("the same push keeps its generation; another size, object or validator does not", () => {
  const open = at("receiving", { object: "x", size: 9 });
  equal(reduce(open, { type: "opened", object: "x", size: 9, slot: 0 }).generation, 4);
  equal(
    reduce(reduce(open, { type: "aborted" }), { type: "opened", object: "x", size: 9, slot: 0 })
      .generation,
    4,
  );
  const ready = at("ready", { object: "x", size: 9, kept: true });
  const again = reduce(ready, { type: "opened", object: "x", size: 0, slot: 0 });
  deepEqual([again.generation, again.kept, again.size], [4, false, 0]);
  equal(reduce(ready, { type: "opened", object: "z", size: 9, slot: 0 }).generation, 5);
  const unknown = at("idle", { object: "x", size: 0 });
  equal(reduce(unknown, { type: "opened", object: "x", size: 0, slot: 0 }).generation, 4);
  equal(reduce(open, { type: "opened", object: "x", size: 10, slot: 0 }).generation, 5);
  equal(reduce(open, { type: "opened", object: "z", size: 9, slot: 0 }).generation, 5);
  const fetching = at("downloading", { validator: "1", size: 9 });
  equal(reduce(fetching, { type: "announced", size: 9, validator: "1" }), fetching);
  deepEqual(
    [
      reduce(fetching, { type: "announced", size: undefined, validator: "2" }).generation,
      reduce(fetching, { type: "announced", size: undefined, validator: "2" }).size,
    ],
    [5, 0],
  );
});

test("a package that is gone cannot be installed again after a failure", () => {
  const gone = at("settled", { reason: "reverted", kept: false });
  equal(reduce(gone, { type: "install", slot: 0, owner: "b" }), gone);
});

test("an install that comes during verification follows it, or learns what is wrong", () => {
  const asked = reduce(at("verifying", { tickets: [] }), { type: "install", slot: 0, owner: "o" });
  deepEqual(
    [asked.phase, asked.thenInstall, asked.tickets],
    ["verifying", true, [{ id: 2, owner: "o" }]],
  );
  equal(reduce(asked, { type: "install", slot: 0, owner: "p" }), asked);
  const ready = reduce(asked, { type: "valid", digest: "d", version: "2", securityCounter: 1 });
  deepEqual(
    [ready.phase, ready.thenInstall, ready.tickets],
    ["ready", true, [{ id: 2, owner: "o" }]],
  );
  const bad = reduce(asked, { type: "invalid", reason: "untrusted" });
  deepEqual(
    [bad.phase, bad.installing, bad.tickets],
    ["failed", true, [{ id: 2, owner: "o", reason: "untrusted" }]],
  );
});

test("the first install of a bad package learns why; later ones are refused", () => {
  for (const phase of ["failed", "settled"] as const) {
    for (const reason of [
      "corrupt",
      "mismatch",
      "untrusted",
      "unacceptable",
      "tooLarge",
      "failedBefore",
      "flash",
    ] as const) {
      const bad = at(phase, { reason, tickets: [] });
      const told = reduce(bad, { type: "install", slot: 0, owner: "o" });
      deepEqual(
        [told.phase, told.reason, told.installing, told.tickets],
        ["failed", reason, true, [{ id: 2, owner: "o", reason }]],
      );
      equal(reduce(told, { type: "install", slot: 0, owner: "o" }), told);
    }
    const gone = at(phase, { reason: "network" });
    equal(reduce(gone, { type: "install", slot: 0, owner: "o" }), gone);
  }
});

test("the machine never changes a record that it is given", () => {
  const tickets = Object.freeze([Object.freeze({ id: 1, owner: "a" })]);
  for (const phase of PHASE_NAMES) {
    for (const event of [
      ...EVENTS,
      booted(0, false),
      booted(0, false, "power"),
      booted(1, true),
      booted(1, false),
    ]) {
      const before = at(phase, { tickets });
      const text = JSON.stringify(before);
      reduce(Object.freeze(before), event);
      equal(JSON.stringify(before), text);
    }
  }
});

test("a second installation has its own trials, restarts and crashes, and asks anew", () => {
  const used = at("settled", {
    kept: true,
    reason: "reverted",
    trials: TRIALS_MAX,
    restarts: RESTARTS_MAX,
    crashes: CRASHES_MAX,
    agreed: "proving",
    target: 1,
  });
  const second = reduce(used, { type: "install", slot: 0, owner: "b" });
  deepEqual(
    [second.trials, second.restarts, second.crashes, second.agreed, second.target],
    [0, 0, 0, undefined, undefined],
  );
  let record = second;
  for (let trial = 1; trial <= TRIALS_MAX; trial++) {
    record = reduce(reduce(record, VALID), booted(1, true));
    record = reduce(record, booted(0, false, "power"));
  }
  deepEqual([record.phase, record.trials], ["failed", TRIALS_MAX], "as many as the first had");
});

test("an image in quarantine is refused before it is armed, and kept", () => {
  const refused = reduce(at("proving", { kept: true, tickets: [{ id: 1, owner: "a" }] }), {
    type: "invalid",
    reason: "quarantined",
  });
  deepEqual(
    [refused.phase, refused.kept, refused.tickets[0]?.reason],
    ["failed", true, "quarantined"],
  );
  equal(reduce(refused, { type: "install", slot: 0, owner: "b" }).phase, "proving");
});

test("an image on trial is the new one, whatever slot the record names", () => {
  equal(reduce(at("arming", { slot: 1 }), booted(1, true)).phase, "trial");
  equal(reduce(at("trial", { slot: 1, target: 0 }), booted(1, true)).target, 1);
});

test("a damaged package from several answers is fetched once more from 0; never twice", () => {
  const resumed: UpdateEvent = { type: "announced", size: 9, validator: "v", resumed: true };
  const more = { url: "http://a/b", size: 9, validator: "v", attempt: 3 };
  const one = at("downloading", more);
  equal(reduce(one, { ...resumed, resumed: false }), one);
  const several = reduce(one, resumed);
  deepEqual([several.answers, reduce(several, resumed)], ["several", several]);
  for (const phase of ["downloading", "verifying"] as const) {
    const before = { ...several, phase };
    const after = reduce(before, { type: "refetched" });
    const { validator: _, ...rest } = before;
    deepEqual(after, {
      ...rest,
      phase: "downloading",
      answers: "again",
      generation: before.generation + 1,
      rewinds: before.rewinds + 1,
      attempt: 0,
      size: 0,
    });
    equal(reduce(reduce(after, resumed), { type: "refetched" }).phase, "downloading");
    equal(reduce({ ...after, phase }, { type: "refetched" }).generation, after.generation);
    const named = reduce({ ...before, described: true }, { type: "refetched" });
    equal(named.size, 9, "a descriptor has promised the size");
    const spent = { ...before, rewinds: REWINDS_MAX };
    equal(reduce(spent, { type: "refetched" }), spent);
  }
  const rewound = reduce(several, { type: "rewound" });
  equal(rewound.answers, undefined, "all of it comes in one answer again");
  equal(reduce({ ...several, answers: "again" }, { type: "rewound" }).answers, "again");
});

test("a download's minutes are those of its last attempt; stored blocks keep them", () => {
  const later = reduce(at("downloading"), { type: "attempted", attempt: 2, minutes: 7 });
  deepEqual([later.attempt, later.minutes], [2, 7]);
  const durable = reduce(later, { type: "attempted", attempt: 0 });
  deepEqual([durable.attempt, durable.minutes], [0, 7]);
});
