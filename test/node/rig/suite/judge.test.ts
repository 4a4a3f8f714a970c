/** By what a scenario is judged: each property alone makes a good run a failed one. */
import { deepStrictEqual, match, ok } from "node:assert";
import { test } from "node:test";
import type { Recorded, RigEvent, Source } from "../../../rig/events/event.ts";
import { EventLog } from "../../../rig/events/log.ts";
import { type Facts, hasMissed, judge } from "../../../rig/suite/judge.ts";
import { NEEDS, type TestScenario } from "../../../rig/suite/scenario.ts";
import { SCENARIOS } from "../../../rig/suite/table.ts";

type Step = readonly [Source, RigEvent];

const SCENARIO: TestScenario = {
  name: "group.name",
  about: "a download by descriptor that is cut off, and goes on",
  hostFaults: () => [{ what: "truncate", bytes: 1, at: 1 }],
  expect: { code: 200, runs: "offered", resumed: true, trials: 1, status: 900 },
  seconds: 1,
};
const FACTS: Facts = { offered: "2.0.0", before: "1.0.0", undone: [] };

function boot(version: string, trial: boolean): Step {
  return ["device", { kind: "boot", version, slot: "A", trial, cause: "power" }];
}

function alert(data: string, type = "org.openmobilealliance.dm.firmwareupdate.update"): Step {
  return ["server", { kind: "alert", type, uri: "./FwUpdate/Main", data }];
}

function dm(from: "device" | "server", text: string): Step {
  return ["server", { kind: "dm", from, encoding: "xml", bytes: 9, text, body: "" }];
}

/** What a server says of a device that breaks the protocol. */
const BREACH: Step = ["server", { kind: "warning", text: "urn:imei:1: a second Status for Get" }];

/** The package, whole or the rest of it. */
function answer(status: 200 | 206): Step {
  return ["host", { kind: "request", method: "GET", url: "/p", range: "", status, bytes: 9 }];
}

const CHANGED: Step = ["host", { kind: "fault", what: "changed at package request 2" }];
const LIE: Step = ["server", { kind: "fault", what: "wrongCredentials at request 1" }];
const AFRESH = { expect: { code: 200, runs: "offered", afresh: true } } as const;

const GOOD: readonly Step[] = [
  boot("1.0.0+4", false),
  ["host", { kind: "fault", what: "truncate" }],
  ["host", { kind: "request", method: "GET", url: "/p", range: "bytes=1-", status: 206, bytes: 9 }],
  boot("2.0.0", true),
  ["host", { kind: "download", status: 900, text: "900 Success" }],
  alert("200"),
  ["server", { kind: "value", uri: "./DevDetail/FwV", format: "chr", value: "2.0.0" }],
  ["server", { kind: "result", code: 200, text: "done" }],
];

function problems(
  steps: readonly Step[],
  scenario: Partial<TestScenario> = {},
  facts = FACTS,
): readonly string[] {
  const log = new EventLog("sim");
  for (const [source, event] of steps) log.emit(event, source);
  return judge({ ...SCENARIO, ...scenario }, log.events, facts);
}

function without(kind: RigEvent["kind"]): readonly Step[] {
  return GOOD.filter(([, event]) => event.kind !== kind);
}

/** The good run with another event in the place of those of its kind. */
function changed(step: Step): readonly Step[] {
  return [...without(step[1].kind), step];
}

test("a run in which every property holds has no problem", () => {
  deepStrictEqual(problems(GOOD), []);
});

const lost: Step = ["bench", { kind: "console", line: "lost", path: "/dev/tty" }];

for (const [what, found, pattern] of [
  ["no result", problems(without("result")), /^the server has no result$/],
  ["two results", problems([...GOOD, ...GOOD.slice(-1)]), /^the server has 2 results$/],
  [
    "another result",
    problems(changed(["server", { kind: "result", code: 402, text: "damaged" }])),
    /^the result is 402, not 200: damaged$/,
  ],
  [
    "what ran before",
    problems([
      ...without("value"),
      ["server", { kind: "value", uri: "./DevDetail/FwV", format: "chr", value: "1.0.0" }],
    ]),
    /that 1\.0\.0 runs, not 2\.0\.0/,
  ],
  ["no version", problems(without("value")), /that undefined runs, not 2\.0\.0/],
  ["no boot", problems(without("boot"), { expect: { ...SCENARIO.expect, trials: 0 } }), /no boot/],
  [
    "a console that contradicts the server",
    problems([...GOOD, boot("1.0.0", false)]),
    /told that 2\.0\.0 runs, the console says 1\.0\.0/,
  ],
  ["no report", problems(without("alert")), /^0 reports, not 1/],
  ["two reports that differ", problems([...GOOD, alert("410")]), /^2 reports, not 1/],
  ["the same report twice", problems([...GOOD, alert("200")]), /^a report came 2 times/],
  ["a host that did as it should", problems(without("fault")), /host did not misbehave/],
  [
    "a server that did as it should",
    problems(GOOD, { faults: [{ what: "drop", at: 1 }] }),
    /DM server did not misbehave/,
  ],
  [
    "no cut",
    problems(GOOD, {}, { ...FACTS, undone: [{ at: "trial", cutMs: 1 }] }),
    /power was never cut/,
  ],
  [
    "servers that stayed",
    problems(GOOD, {}, { ...FACTS, undone: [{ at: "trial", awayMs: 1 }] }),
    /^the servers were never away$/,
  ],
  [
    "a certificate that was believed",
    problems(GOOD, {}, { ...FACTS, undone: [{ at: "unheard", certificate: "good" }] }),
    /never refused the servers for their certificate$/,
  ],
  ["no range", problems(without("request")), /began again and did not go on/],
  ["no status", problems(without("download")), /told of status none, not 900/],
  [
    "another encoding",
    problems([...GOOD, dm("device", "1/1: Alert 1201")], { encoding: "wbxml" }),
    /^the device speaks xml, not wbxml$/,
  ],
  [
    "a server that was believed",
    problems([
      ...[LIE, dm("device", "1/1"), dm("server", "1/1"), dm("device", "Status SyncHdr 212")],
      ...GOOD,
    ]),
    /^the device believed a server that did not prove itself$/,
  ],
  [
    "a device that breaks the protocol",
    problems([BREACH, ...GOOD]),
    /^the device breaks the protocol: a second Status for Get$/,
  ],
  ["a part at the end", problems([...GOOD, answer(206)], AFRESH), /^what had come was not given/],
  [
    "parts of two packages",
    problems([...GOOD, CHANGED, answer(206), answer(200)], AFRESH),
    /^what had come was not given up, though another part followed it$/,
  ],
  ["two trials", problems([...GOOD, boot("2.0.0", true)]), /^2 boots on trial, not 1$/],
] as const) {
  test(`a run with ${what} has failed, and says why`, () => {
    match(found.join("\n"), new RegExp(pattern.source, "m"));
    ok(found.length <= 2, found.join("\n"));
  });
}

test("what a console could not say while it was away is not seen, and no failure", () => {
  deepStrictEqual(problems([lost, ...without("boot")]), []);
  deepStrictEqual(problems([lost, boot("1.0.0", false), ...without("boot")]), []);
});

test("a moment that a lost console may have missed is an error of the bench", () => {
  const missed = (steps: readonly Step[], undone: Facts["undone"]): boolean => {
    const log = new EventLog("sim");
    for (const [source, event] of steps) log.emit(event, source);
    return hasMissed(SCENARIO, log.events, { ...FACTS, undone });
  };
  const undone = [{ at: "trial", cutMs: 1 }] as const;
  deepStrictEqual(missed([lost, ...GOOD], undone), true);
  deepStrictEqual(missed(GOOD, undone), false);
  deepStrictEqual(missed([lost, ...GOOD], []), false);
  deepStrictEqual(missed([lost, ...without("result")], undone), false);
});

test("where the network may lose an answer the same report may come again", () => {
  const faults = [{ what: "drop", at: 1 }] as const;
  const fault: Step = ["server", { kind: "fault", what: "drop" }];
  deepStrictEqual(problems([fault, ...GOOD, alert("200")], { faults }), []);
  const left: Step = ["device", { kind: "session", id: "1", outcome: "aborted", detail: "it is" }];
  deepStrictEqual(problems([left, ...GOOD, alert("200")]), []);
});

test("where the console was away an image may have left its session, if it gave itself up", () => {
  const expect = { ...SCENARIO.expect, code: 410 };
  const given: readonly Step[] = [
    ...without("result").filter(([, { kind }]) => kind !== "alert"),
    ...[alert("410"), alert("410")],
    ["server", { kind: "result", code: 410, text: "given up" }],
  ];
  deepStrictEqual(problems([lost, ...given], { expect }), []);
  match(problems(given, { expect }).join(), /^a report came 2 times/);
  match(problems([lost, ...GOOD, alert("200")]).join(), /^a report came 2 times/);
});

test("a package that comes afresh, and a server that was not believed, are no problem", () => {
  deepStrictEqual(problems([...GOOD, answer(200)], AFRESH), []);
  deepStrictEqual(problems([...GOOD, CHANGED, answer(200)], AFRESH), []);
  const doubted = [LIE, dm("device", "1/1"), dm("server", "1/1"), dm("device", "SyncHdr 401")];
  deepStrictEqual(problems([...doubted, ...GOOD]), []);
});

test("what a server has forgotten is no breach of the protocol by the device", () => {
  const fault: Step = ["server", { kind: "fault", what: "restart at request 4" }];
  const faults = [{ what: "restart", at: 4 }] as const;
  deepStrictEqual(problems([fault, BREACH, ...GOOD], { faults }), []);
});

test("a download and an update are reported each", () => {
  const both: readonly Step[] = [
    alert("200", "org.openmobilealliance.dm.firmwareupdate.download"),
    ...GOOD,
  ];
  deepStrictEqual(problems(both, { way: "download" }), []);
  match(problems(GOOD, { way: "download" }).join(), /^1 reports, not 2/);
});

test("every scenario of the table has a name of its own, of its group, and can fail", () => {
  const names = SCENARIOS.map(({ name }) => name);
  deepStrictEqual([...new Set(names)], names);
  ok(names.length >= 60, `${names.length} scenarios`);
  const nothing: readonly Recorded[] = [];
  for (const scenario of SCENARIOS) {
    match(scenario.name, /^(update|delta|package|image|network|server|power)\.[a-z0-9-]+$/);
    ok(scenario.about.length > 10 && scenario.seconds > 0);
    for (const need of scenario.needs ?? []) ok(need in NEEDS);
    ok(judge(scenario, nothing, FACTS).length > 0, scenario.name);
  }
});
