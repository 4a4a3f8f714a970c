/**
 * The DM server against a scripted device: scenarios to their end, authentication, large objects,
 * and each fault.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { DmServer } from "../../../rig/server/dm-server.ts";
import type { ServerEvent } from "../../../rig/server/event.ts";
import type { Fault } from "../../../rig/server/fault.ts";
import type { ServerOptions } from "../../../rig/server/options.ts";
import { type ScenarioName, SCENARIOS, scenarioOf } from "../../../rig/server/scenario.ts";
import { OBJECT, ScriptedDevice, type ScriptedOptions } from "./scripted.ts";

const DATA = randomBytes(10000);
const URL = "http://p/package?a=1&b=2";

interface Bench {
  readonly server: DmServer;
  readonly device: ScriptedDevice;
  readonly events: ServerEvent[];
}

function bench(
  name: ScenarioName,
  options: Partial<ServerOptions> = {},
  device: Partial<ScriptedOptions> = {},
): Bench {
  const events: ServerEvent[] = [];
  const server = new DmServer({
    url: "http://s",
    scenario: () => scenarioOf(name, { object: OBJECT, data: DATA, url: URL }),
    emit: (event) => {
      events.push(event);
    },
    ...options,
  });
  return {
    server,
    events,
    device: new ScriptedDevice({
      handle: (request) => server.handle(request),
      result: 200,
      ...device,
    }),
  };
}

/** Sessions until the campaign is over: how many. */
function run({ server, device }: Bench, sessions = 6): number {
  for (let count = 1; count <= sessions; count++) {
    device.session();
    device.reboot("2.0");
    if (server.devices.get("dev")?.campaign?.outcome !== undefined) return count;
  }
  return -1;
}

function outcomeOf({ server }: Bench): unknown {
  return server.devices.get("dev")?.campaign?.outcome;
}

for (const name of SCENARIOS) {
  test(`${name} runs to its end over sessions`, () => {
    const it = bench(name);
    ok(run(it) > 0);
    deepStrictEqual(outcomeOf(it), { ok: true, code: 200, text: `${name}: done` });
    const campaign = it.server.devices.get("dev")?.campaign;
    strictEqual(campaign?.values.get("./DevDetail/FwV"), "2.0");
    strictEqual(campaign.states.at(0), 10);
    strictEqual(campaign.states.at(-1), 100);
    if (name === "replace") ok(it.device.data.equals(DATA));
    else
      strictEqual(
        it.device.nodes.get(
          `${OBJECT}/${name === "download" ? "Download" : "DownloadAndUpdate"}/PkgURL`,
        ),
        URL,
      );
    const executed = {
      replace: ["update"],
      download: ["download", "update"],
      "download-and-update": ["downloadandupdate"],
    };
    deepStrictEqual(it.device.executed, executed[name]);
    strictEqual(it.server.devices.get("dev")?.devInfo.get("./DevInfo/Man"), "Works");
  });
}

for (const name of SCENARIOS) {
  test(`${name} runs to its end in WBXML; answers have the encoding of their question`, () => {
    const it = bench(name, {}, { type: "application/vnd.syncml.dm+wbxml" });
    ok(run(it) > 0);
    deepStrictEqual(outcomeOf(it), { ok: true, code: 200, text: `${name}: done` });
    if (name === "replace") ok(it.device.data.equals(DATA));
    ok(
      it.events.every((event) => event.kind !== "message" || event.body[0] === 2),
      "WBXML alone",
    );
  });
}

test("an operation that has not ended is waited for, with one question for State a session", () => {
  const it = bench("download-and-update", {}, { result: undefined });
  strictEqual(run(it, 3), -1);
  deepStrictEqual(it.device.executed, ["downloadandupdate"]);
  const asked = it.events.filter(
    (event) => event.kind === "message" && event.direction === "sent" && event.text.includes("Get"),
  );
  strictEqual(asked.length, 1 + 3, "the opening questions, and State in each session");
});

test("a device that is at work with another package is given none before it is through", () => {
  for (const state of ["30", "60"]) {
    const it = bench("download-and-update");
    it.device.nodes.set(`${OBJECT}/State`, state);
    for (let count = 0; count < 3; count++) it.device.session();
    deepStrictEqual([outcomeOf(it), it.device.executed], [undefined, []]);
    it.device.nodes.set(`${OBJECT}/State`, "80");
    ok(run(it) > 0);
    deepStrictEqual(outcomeOf(it), { ok: true, code: 200, text: "download-and-update: done" });
  }
});

test("a failure that the device reports, or an Exec that it refuses, ends the campaign", () => {
  const reported = bench("replace", {}, { result: 402 });
  ok(run(reported) > 0);
  deepStrictEqual(outcomeOf(reported), { ok: false, code: 402, text: "the device reports 402" });
  const refused = bench("replace", {}, { execStatus: 405 });
  strictEqual(run(refused), 1);
  deepStrictEqual(outcomeOf(refused), {
    ok: false,
    code: 0,
    text: `Exec ${OBJECT}/Update was answered 405`,
  });
});

test("each chunk but the last fills its message", () => {
  for (const type of ["application/vnd.syncml.dm+wbxml", "application/vnd.syncml.dm+xml"]) {
    const it = bench("replace", {}, { maxMsgSize: 2500, type });
    ok(run(it) > 0);
    ok(it.device.data.equals(DATA));
    const chunks = it.events.filter(
      (event) =>
        event.kind === "message" && event.direction === "sent" && event.text.includes("PkgData+"),
    );
    ok(chunks.length > 3);
    // Room is kept for Final, which a chunk does not have; in XML a chunk is of whole groups of
    // four characters.
    const spare = type.endsWith("wbxml") ? 3 : 8 + 3;
    for (const event of chunks)
      ok(
        event.kind === "message" && event.body.length <= 2500 && event.body.length >= 2500 - spare,
      );
  }
});

test("a large object keeps to the device's message size; only its first chunk has Size", () => {
  for (const unalignedChunks of [false, true]) {
    const it = bench("replace", { unalignedChunks, chunkBytes: 1501 }, { maxMsgSize: 2500 });
    ok(run(it) > 0);
    ok(it.device.data.equals(DATA));
    const chunks = it.device.messages
      .flatMap((message) => message.commands)
      .filter(
        (command) => command.name === "Replace" && command.items[0]?.target?.endsWith("/PkgData"),
      );
    ok(chunks.length >= 9);
    const sizes = chunks.map((command) => ("meta" in command ? command.meta?.size : undefined));
    deepStrictEqual(sizes, [
      Math.ceil(DATA.length / 3) * 4,
      ...sizes.slice(1).map(() => undefined),
    ]);
    const lengths = chunks.map((command) =>
      "items" in command ? (command.items[0]?.data?.length ?? 0) : 0,
    );
    strictEqual(
      lengths.every((length) => length % 4 === 0),
      !unalignedChunks,
    );
    for (const event of it.events)
      if (event.kind === "message" && event.direction === "sent") ok(event.body.length <= 2500);
    const last = it.events.findLast((event) => event.kind === "progress");
    deepStrictEqual(last, {
      kind: "progress",
      bytes: Math.ceil(DATA.length / 3) * 4,
      total: Math.ceil(DATA.length / 3) * 4,
    });
  }
});

const MD5: Partial<ServerOptions> = {
  client: { type: "md5", name: "user", secret: "pw", nonce: Buffer.from("first") },
  server: { type: "md5", name: "rig", secret: "spw", nonce: Buffer.from("own") },
};

test("a device proves itself with the last nonce; a stale one costs one challenge", () => {
  const good = bench("replace", MD5, { secret: "pw" });
  ok(run(good) > 0);
  strictEqual(good.device.statuses[0], "SyncHdr 212");
  strictEqual(good.device.messages[0]?.header.cred?.type, "syncml:auth-md5");
  strictEqual(good.device.messages[0].header.sourceName, "rig");
  strictEqual(
    good.device.messages[1]?.header.cred,
    undefined,
    "the device has accepted the server for the session",
  );
  const stale = bench("replace", MD5, { secret: "pw" });
  stale.device.nonce = Buffer.from("old");
  ok(run(stale) > 0);
  deepStrictEqual(stale.device.statuses.slice(0, 4), [
    "SyncHdr 401",
    "Alert 401",
    "Replace 401",
    "SyncHdr 212",
  ]);
});

test("a device without credentials, or with wrong ones, gets statuses alone", () => {
  for (const [secret, status] of [
    [undefined, 407],
    ["wrong", 401],
  ] as const) {
    const it = bench("replace", MD5, secret === undefined ? {} : { secret });
    strictEqual(run(it, 1), -1);
    deepStrictEqual(
      new Set(it.device.statuses),
      new Set([`SyncHdr ${status}`, `Alert ${status}`, `Replace ${status}`]),
    );
    ok(
      it.device.messages.every((message) =>
        message.commands.every((command) => command.name === "Status"),
      ),
    );
  }
});

const FAULTS: readonly Fault[] = [
  { what: "lose", at: 2 },
  { what: "drop", at: 2 },
  { what: "drop", at: 4 },
  { what: "drop", at: 5 },
  { what: "cut", at: 3, bytes: 100 },
  { what: "malformed", at: 3 },
  { what: "status", at: 1, status: 503 },
  { what: "restart", at: 3 },
  { what: "staleNonce", at: 1 },
  { what: "wrongCredentials", at: 1 },
  { what: "slow", at: 1, delayMs: 1 },
  { what: "oversize", at: 2, bytes: 30000 },
  { what: "duplicate", at: 7 },
  { what: "wrongMsgRef", at: 3 },
];
for (const fault of FAULTS) {
  test(`the campaign outlives ${fault.what} at request ${fault.at}, with one Exec`, () => {
    for (const name of ["replace", "download-and-update"] as const) {
      const it = bench(name, { ...MD5, faults: [fault] }, { secret: "pw" });
      ok(
        run(it) > 0,
        JSON.stringify(it.events.map((event) => ("text" in event ? event.text : event.kind))),
      );
      strictEqual(
        JSON.stringify(outcomeOf(it)),
        JSON.stringify({ ok: true, code: 200, text: `${name}: done` }),
      );
      strictEqual(it.device.executed.length, 1);
      ok(it.events.some((event) => event.kind === "fault"));
    }
  });
}

test("what is not a SyncML message is refused by HTTP", () => {
  const { server } = bench("replace");
  const post = (type: string, body: string, method = "POST"): number =>
    server.handle({
      method,
      url: "/",
      headers: new Map([["content-type", type]]),
      body: Buffer.from(body),
    }).status;
  strictEqual(post("application/vnd.syncml.dm+xml; charset=utf-8", "<x/>"), 400);
  strictEqual(post("application/vnd.syncml+xml", "<x/>"), 400);
  strictEqual(post("text/html", "<x/>"), 415);
  strictEqual(post("application/vnd.syncml.dm+xml", "", "GET"), 405);
});

test("a fault of reports is met by the messages that report, and by no others", () => {
  const faults: readonly Fault[] = [{ what: "malformed", on: "report", at: 1, times: 2 }];
  const it = bench("download-and-update", { faults });
  ok(run(it) > 0);
  const kinds = it.events.filter(({ kind }) => kind === "fault" || kind === "alert");
  deepStrictEqual(
    kinds.map(({ kind }) => kind),
    ["fault", "alert", "fault", "alert", "alert"],
  );
});
