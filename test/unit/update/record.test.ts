/** The record as bytes in the store: old and new firmware read each other's. */
import { deepEqual, equal, test } from "../../check.ts";
import { ADDRESS_BYTES_MAX } from "../../../src/base/limits.ts";
import { REASONS } from "../../../src/update/reason.ts";
import {
  decodeRecord,
  encodeRecord,
  IDLE,
  PHASE_NAMES,
  type UpdateRecord,
} from "../../../src/update/record.ts";
import { readByOlder } from "./older.ts";

const FULL: UpdateRecord = {
  v: 1,
  phase: "proving",
  generation: 3,
  object: "./FUMO/x",
  size: 4096,
  url: "http://h/p",
  validator: '"e"',
  attempt: 2,
  rewinds: 3,
  crashes: 1,
  thenInstall: true,
  installing: true,
  slot: 0,
  target: 1,
  trials: 2,
  exposed: true,
  restarts: 1,
  reason: "reverted",
  kept: true,
  digest: "00ff",
  version: "2.0.0",
  securityCounter: 3,
  tickets: [
    { id: 4, owner: "{}" },
    { id: 5, owner: "", reason: "network" },
    { id: 3, owner: "o", reason: "succeeded", slot: 1 },
  ],
  nextTicket: 6,
  described: true,
  notices: [
    { url: "http://h/n", attempt: 2, reason: "corrupt" },
    { url: "http://h/m", attempt: 0 },
  ],
};

function text(record: UpdateRecord): string {
  return JSON.stringify(encodeRecord(record));
}

function readBack(record: UpdateRecord): UpdateRecord {
  return decodeRecord(JSON.parse(text(record)) as object);
}

function storedPhase(record: UpdateRecord): unknown {
  return (JSON.parse(text(record)) as { readonly phase: unknown }).phase;
}

test("a record survives JSON with every field", () => {
  deepEqual(readBack(FULL), FULL);
  deepEqual(readBack(IDLE), JSON.parse(JSON.stringify(IDLE)));
  for (const agreed of ["downloading", "proving"] as const)
    deepEqual(readBack({ ...FULL, agreed }), { ...FULL, agreed });
});

test("a phase keeps the name that the first version stored, and reads back", () => {
  const stored: Record<string, unknown> = {};
  for (const phase of PHASE_NAMES) {
    equal(readBack({ ...FULL, phase }).phase, phase);
    const name = storedPhase({ ...FULL, phase });
    if (name !== phase) stored[phase] = name;
  }
  deepEqual(stored, {
    proving: "arming",
    arming: "restarting",
    confirming: "committing",
    rejecting: "reverting",
  });
  equal(text({ ...IDLE, phase: "ready", agreed: "proving" }).includes('"agreed":"arming"'), true);
});

test("but for the names of phases a record is stored as it is, its fields in their order", () => {
  equal(text({ ...FULL, phase: "ready" }), JSON.stringify({ ...FULL, phase: "ready" }));
});

test("no record is an idle one", () => {
  equal(decodeRecord(undefined), IDLE);
});

test("fields of newer firmware are ignored", () => {
  deepEqual(
    decodeRecord({
      ...encodeRecord(FULL),
      v: 2,
      delta: { base: 1 },
      tickets: FULL.tickets.map((ticket) => ({ ...ticket, priority: 1 })),
    }),
    FULL,
  );
});

test("older firmware reads, in every phase, all of a record that it knows", () => {
  const { exposed: _, tickets, ...known } = FULL;
  for (const phase of PHASE_NAMES) {
    const read = readByOlder(text({ ...FULL, phase }));
    deepEqual(read, {
      ...known,
      phase: storedPhase({ ...FULL, phase }),
      tickets: tickets.map(({ slot: _slot, ...ticket }) => ticket),
    });
  }
  for (const [reason, older] of [
    ["fellBack", "undefined"],
    ["quarantined", "undefined"],
    ["reverted", "reverted"],
  ] as const) {
    const read = readByOlder(
      text({ ...FULL, reason, tickets: [{ id: 1, owner: "a", reason, slot: 1 }] }),
    );
    deepEqual(
      [read["reason"], read["tickets"]],
      [older, [{ id: 1, owner: "a", reason: older }]],
      "an outcome that older firmware does not know is still one",
    );
  }
});

test("a long URL is stored apart: older firmware finds an empty one, which leads nowhere", () => {
  const most = `https://h/${"p".repeat(ADDRESS_BYTES_MAX - "https://h/".length)}`;
  for (const [url, stored] of [
    [most, most],
    [`${most}p`, ""],
  ] as const) {
    const record: UpdateRecord = { ...FULL, phase: "downloading", url };
    equal(readByOlder(text(record))["url"], stored);
    const read = (apart?: string): unknown =>
      decodeRecord(JSON.parse(text(record)) as object, apart).url;
    deepEqual([read(url), read()], [url, stored]);
  }
  equal(decodeRecord({ ...IDLE }, most).url, undefined, "one of another record is not taken");
});

test("a notice without a URL is none; attempts that are no number count from 0", () => {
  const notices = [
    { attempt: 1 },
    { url: "u", attempt: "x" },
    5,
    { url: "v", attempt: 1, reason: "tooHot" },
  ];
  deepEqual(decodeRecord({ ...FULL, notices }).notices, [
    { url: "u", attempt: 0 },
    { url: "v", attempt: 1, reason: "undefined" },
  ]);
});

test("every reason reads back as itself", () => {
  const names = Object.keys(REASONS);
  equal(names.length, 23);
  for (const name of names) equal(decodeRecord({ ...IDLE, reason: name }).reason, name);
  for (const name of ["toString", "__proto__", "constructor", "", 1, null])
    equal(decodeRecord({ ...IDLE, reason: name }).reason, "undefined");
});

test("a phase of newer firmware is a trial, in which the hardware decides", () => {
  equal(decodeRecord({ ...FULL, phase: "patching" }).phase, "trial");
});

test("an outcome of newer firmware is an undefined one, and still an outcome", () => {
  const record = decodeRecord({
    ...FULL,
    reason: "tooHot",
    tickets: [{ id: 1, owner: "a", reason: "tooHot" }],
  });
  deepEqual(
    [record.reason, record.tickets],
    ["undefined", [{ id: 1, owner: "a", reason: "undefined" }]],
  );
});

test("what firmware of the first layout wrote is read with defaults for what came later", () => {
  const record = decodeRecord({
    v: 1,
    phase: "trial",
    generation: 2,
    object: "x",
    slot: 1,
    trials: 1,
    tickets: [{ id: 9, owner: "a" }],
  });
  const tickets = [{ id: 9, owner: "a" }];
  deepEqual(record, {
    ...IDLE,
    phase: "trial",
    generation: 2,
    object: "x",
    slot: 1,
    trials: 1,
    tickets,
    nextTicket: 10,
  });
});

test("fields of the wrong type read as their defaults, and nothing throws", () => {
  for (const wrong of [null, -1, 1.5, "1", [], {}, true, Number.MAX_VALUE]) {
    const fields = Object.fromEntries(Object.keys(FULL).map((name) => [name, wrong]));
    const record = decodeRecord(fields);
    equal(record.phase, "trial");
    equal(Number.isSafeInteger(record.generation) && record.generation >= 0, true);
  }
  deepEqual(
    decodeRecord({
      ...FULL,
      tickets: [null, 1, { id: 1 }, { owner: "a" }, { id: "1", owner: "a" }],
    }).tickets,
    [],
  );
});
