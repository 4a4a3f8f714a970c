/** Result codes, State, requests and tickets of FUMO: pure functions. */
import type { UpdateState } from "../../../src/objects/fumoengine.ts";
import { REASONS, type Reason } from "../../../src/update/reason.ts";
import type { Phase } from "../../../src/update/record.ts";
import { readRequest, requestText } from "../../../src/objects/execrequest.ts";
import { fumoState, inOperation } from "../../../src/objects/fumostate.ts";
import { updateRequest } from "../../../src/objects/requests.ts";
import { resultMark } from "../../../src/objects/fumo.ts";
import { deepEqual, equal, test } from "../../check.ts";

function state(phase: Phase, reason?: Reason, installing = false, kept = false): number {
  const record: UpdateState = { phase, object: "x", installing, kept };
  return fumoState(reason === undefined ? record : { ...record, reason });
}

test("each phase has its State (OMA-TS-DM-FUMO §10.1.1.10)", () => {
  const states: readonly (readonly [Phase, number])[] = [
    ["idle", 10],
    ["receiving", 10],
    ["downloading", 30],
    ["verifying", 40],
    ["ready", 50],
    ["proving", 60],
    ["arming", 60],
    ["trial", 60],
    ["confirming", 60],
    ["rejecting", 60],
  ];
  for (const [phase, expected] of states) equal(state(phase), expected, phase);
});

test("an outcome has a State that lasts until something new begins", () => {
  for (const phase of ["failed", "settled"] as const) {
    equal(state(phase, "network"), 20);
    equal(state(phase, "corrupt"), 20);
    equal(state(phase, "failedBefore"), 20);
    equal(state(phase, "reverted", true, true), 70);
    equal(state(phase, "reverted", true), 80);
    equal(state(phase, "corrupt", true), 80);
  }
  for (const phase of ["succeeded", "settled"] as const) {
    equal(state(phase, "succeeded", true, true), 90);
    equal(state(phase, "succeeded", true), 100);
  }
});

test("an operation runs in 30, 40 and 60", () => {
  const running = (phase: Phase): boolean =>
    inOperation({ phase, object: "x", installing: false, kept: false });
  for (const phase of ["downloading", "verifying", "proving", "trial"] as const)
    equal(running(phase), true, phase);
  for (const phase of ["idle", "receiving", "ready", "failed", "settled"] as const)
    equal(running(phase), false, phase);
});

test("each reason has its result code (OMA-TS-DM-FUMO §10.2.2.4)", () => {
  deepEqual(
    Object.fromEntries(Object.entries(REASONS).map(([reason, { result }]) => [reason, result])),
    {
      succeeded: 200,
      cancelled: 401,
      corrupt: 402,
      flash: 402,
      mismatch: 403,
      untrusted: 404,
      unacceptable: 405,
      failedBefore: 405,
      quarantined: 405,
      descriptorVersion: 405,
      authentication: 406,
      timeout: 407,
      undefined: 409,
      reverted: 410,
      fellBack: 410,
      wrongBase: 450,
      badURL: 411,
      badDescriptor: 411,
      serverUnavailable: 412,
      serverError: 500,
      tooLarge: 501,
      noMemory: 502,
      network: 503,
    },
  );
});

test("each reason has a status for the descriptor's host, and each status a reason", () => {
  const reasons = new Map<number, string[]>();
  for (const [reason, { status }] of Object.entries(REASONS))
    reasons.set(status, [...(reasons.get(status) ?? []), reason].sort());
  deepEqual(
    [...reasons].sort(([a], [b]) => a - b),
    [
      [900, ["succeeded"]],
      [901, ["noMemory", "tooLarge"]],
      [902, ["cancelled"]],
      [903, ["network", "timeout"]],
      [905, ["corrupt"]],
      [906, ["badDescriptor"]],
      [951, ["descriptorVersion"]],
      [952, ["fellBack", "flash", "reverted", "undefined"]],
      [953, ["failedBefore", "mismatch", "quarantined", "unacceptable", "untrusted", "wrongBase"]],
      [954, ["authentication", "badURL", "serverError", "serverUnavailable"]],
    ],
  );
});

test("a result says how much it matters; a failure is never informational", () => {
  for (const { result: code } of Object.values(REASONS))
    equal(resultMark(code) === "informational", code === 200, `${code}`);
  equal(resultMark(401), "warning");
  equal(resultMark(404), "critical");
  equal(resultMark(260), "informational");
});

test("a ticket keeps who asked for what, and a correlator of any content", () => {
  for (const correlator of [undefined, "", "c", "a\nb\n"]) {
    const request = { object: "./FwUpdate/x", way: "Update", server: "srv", correlator } as const;
    deepEqual(readRequest(requestText(request)), request);
  }
  equal(readRequest("something else"), undefined);
  equal(readRequest("a\nb\nc"), undefined);
});

test("the device asks for an update by itself, or for a person (OMA-TS-DM-FUMO §10.3)", () => {
  const alert = updateRequest(7, "device", "./FwUpdate/Main");
  equal(alert.type, "org.openmobilealliance.dm.firmwareupdate.devicerequest");
  equal(alert.source, "./FwUpdate/Main");
  equal(alert.data, "");
  equal(
    updateRequest(7, "user", undefined).type,
    "org.openmobilealliance.dm.firmwareupdate.userrequest",
  );
  equal("source" in updateRequest(7, "user", undefined), false);
});
