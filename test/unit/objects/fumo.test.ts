/** The FUMO object: nodes, packages, Exec, alerts (OMA-TS-DM-FUMO 1.0). */
import { CORRELATOR_BYTES_MAX, URL_BYTES_MAX } from "../../../src/base/limits.ts";
import type { Phase } from "../../../src/update/record.ts";
import type { Sink } from "../../../src/tree/stream.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Device, SERVER, STRANGER } from "./device.ts";

const MAIN = "./FwUpdate/Main";
const URL = "https://host/pkg";

/** A device whose package of x is in that phase. */
function inPhase(phase: Phase, kept = false, object = MAIN): Device {
  const device = new Device();
  device.engine.record = { phase, object, installing: false, kept };
  return device;
}

function stream(device: Device, size?: number): Sink | number {
  const meta = { format: "bin", type: "" };
  return device.tree.stream(
    "Replace",
    `${MAIN}/Update/PkgData`,
    size === undefined ? meta : { ...meta, size },
    SERVER,
  );
}

function sinkOf(sink: Sink | number): Sink {
  ok(typeof sink !== "number", `${String(sink)}`);
  return sink;
}

test("an object that Add of its URL creates is whole (OMA-TS-DM-FUMO §10.1.1)", () => {
  const device = new Device();
  equal(device.add("./FwUpdate/p1/DownloadAndUpdate/PkgURL", URL), 200);
  equal(device.read("./FwUpdate"), "Main/p1");
  equal(
    device.read("./FwUpdate/p1"),
    "PkgName/PkgVersion/Download/Update/DownloadAndUpdate/State/Ext",
  );
  equal(device.read("./FwUpdate/p1?prop=Type"), "urn:oma:mo:oma-fumo:1.0");
  equal(device.read("./FwUpdate/p1/DownloadAndUpdate/PkgURL"), URL);
  equal(device.read("./FwUpdate/p1/Download/PkgURL"), "");
  equal(device.read("./FwUpdate/p1/State"), "10");
  equal(device.read("./FwUpdate/p1/State?prop=Format"), "int");
});

test("x/Ext says which formats the device takes, and what deltas have to be made from", () => {
  const device = new Device();
  equal(device.read(`${MAIN}/Ext`), "Formats/Base");
  equal(device.read(`${MAIN}/Ext/Formats`), "mcuboot xdp1");
  equal(device.read(`${MAIN}/Ext/Base`), "");
  device.engine.base = "00ff 9000";
  equal(device.read(`${MAIN}/Ext/Base`), "00ff 9000");
  equal(device.replace(`${MAIN}/Ext/Base`, "x"), 405);
});

test("a server may build an object node by node, and go on with Replace", () => {
  const device = new Device();
  equal(device.tree.add("./FwUpdate/p1", undefined, SERVER), 200);
  equal(device.tree.add("./FwUpdate/p1/Download", undefined, SERVER), 200);
  equal(device.add("./FwUpdate/p1/Download/PkgURL", URL), 200);
  equal(device.add("./FwUpdate/p1/PkgName", "n"), 200);
  equal(device.replace("./FwUpdate/p1/PkgName", "m"), 200);
  equal(device.add("./FwUpdate/p1/PkgName", "n"), 418);
  equal(device.add("./FwUpdate/p1/State", "50"), 418);
  equal(device.read("./FwUpdate/p1/PkgName"), "m");
});

test("a product's object exists from the start and stays; servers can remove theirs", () => {
  const device = new Device();
  equal(device.read(`${MAIN}/State`), "10");
  equal(device.tree.remove(MAIN, SERVER), 405);
  equal(device.tree.remove("./FwUpdate", SERVER), 405);
  equal(device.add(`${MAIN}/Download/PkgURL`, URL), 418);
  device.tree.add("./FwUpdate/p1", undefined, SERVER);
  equal(device.tree.remove("./FwUpdate/p1", STRANGER), 425);
  equal(device.tree.remove("./FwUpdate/p1", SERVER), 200);
  equal(device.read("./FwUpdate"), "Main");
});

test("an object cannot be renamed: its URI names its package", () => {
  const device = new Device();
  device.tree.add("./FwUpdate/p1", undefined, SERVER);
  equal(device.replace("./FwUpdate/p1?prop=Name", "p2"), 405);
});

test("State is read only, and that of the object whose package it is; all others are idle", () => {
  const device = inPhase("downloading");
  device.tree.add("./FwUpdate/p1", undefined, SERVER);
  equal(device.read(`${MAIN}/State`), "30");
  equal(device.read("./FwUpdate/p1/State"), "10");
  equal(device.replace(`${MAIN}/State`, "50"), 405);
});

test("texts and URLs of an object are there after a restart", () => {
  const device = new Device();
  device.add("./FwUpdate/p1/DownloadAndUpdate/PkgURL", URL);
  device.replace(`${MAIN}/PkgVersion`, "2.0");
  const again = new Device(device.store);
  equal(again.read("./FwUpdate/p1/DownloadAndUpdate/PkgURL"), URL);
  equal(again.read(`${MAIN}/PkgVersion`), "2.0");
});

test("Exec Download and DownloadAndUpdate use their node's URL: 202 (§10.2.1)", () => {
  const device = new Device();
  device.replace(`${MAIN}/Download/PkgURL`, "https://host/a");
  device.replace(`${MAIN}/DownloadAndUpdate/PkgURL`, "https://host/b");
  equal(device.exec(`${MAIN}/Download`), 202);
  device.engine.record = { ...device.engine.record, phase: "idle" };
  equal(device.exec(`${MAIN}/DownloadAndUpdate`), 202);
  deepEqual(device.engine.calls, ["start https://host/a false", "start https://host/b true"]);
});

test("Exec without URL or package is 405", () => {
  const device = new Device();
  for (const way of ["Download", "Update", "DownloadAndUpdate"])
    equal(device.exec(`${MAIN}/${way}`), 405, way);
  deepEqual(device.engine.calls, []);
});

test("Exec is 405 while busy, 420 if it cannot fit, 403 if it is for another device", () => {
  const device = new Device();
  device.replace(`${MAIN}/Download/PkgURL`, URL);
  for (const [refusal, status] of [
    ["busy", 405],
    ["tooLarge", 420],
    ["mismatch", 403],
  ] as const) {
    device.engine.refuse.set("start", refusal);
    equal(device.exec(`${MAIN}/Download`), status, refusal);
  }
  equal(device.engine.tickets().length, 0);
});

test("Exec of State is 405, of an object that is not there 404, without the right 425", () => {
  const device = new Device();
  equal(device.exec(`${MAIN}/State`), 405);
  equal(device.exec("./FwUpdate/none/Update"), 404);
  equal(device.exec(`${MAIN}/Update`, undefined, STRANGER), 425);
});

test("a malformed URL is accepted, and the alert tells: 202, then 411", () => {
  const device = new Device();
  equal(device.replace(`${MAIN}/Download/PkgURL`, "not a url"), 200);
  equal(device.exec(`${MAIN}/Download`), 202);
  device.engine.end("badURL");
  equal(device.fumo.alerts(SERVER)[0]?.data, "411");
});

test("a URL has a limit: 413; one that is not text is 415", () => {
  const device = new Device();
  equal(device.replace(`${MAIN}/Download/PkgURL`, "u".repeat(URL_BYTES_MAX)), 200);
  equal(device.replace(`${MAIN}/Download/PkgURL`, "u".repeat(URL_BYTES_MAX + 1)), 413);
  equal(
    device.tree.replace(
      `${MAIN}/Download/PkgURL`,
      { format: "", type: "", data: Uint8Array.of(0xff) },
      SERVER,
    ),
    415,
  );
});

test("PkgData goes to the engine as it comes, and ends what URLs there were (§10.1.1.7)", () => {
  const device = new Device();
  device.replace(`${MAIN}/Download/PkgURL`, URL);
  device.replace(`${MAIN}/DownloadAndUpdate/PkgURL`, URL);
  const sink = sinkOf(stream(device, 5));
  equal(sink.write(new Uint8Array(3)), 200);
  equal(sink.write(new Uint8Array(2)), 200);
  equal(device.read(`${MAIN}/Download/PkgURL`), URL);
  equal(sink.close(), 200);
  deepEqual(device.engine.calls, [`open 5 ${MAIN}`, "write 3", "write 2", "close"]);
  equal(device.read(`${MAIN}/Download/PkgURL`), "");
  equal(device.read(`${MAIN}/DownloadAndUpdate/PkgURL`), "");
  equal(device.read(`${MAIN}/State`), "40");
  equal(device.read(`${MAIN}/Update/PkgData`), 405);
});

test("a PkgData in one command, and one whose size nobody said", () => {
  const device = new Device();
  equal(device.replace(`${MAIN}/Update/PkgData`, "image"), 200);
  device.engine.record = { ...device.engine.record, phase: "idle" };
  sinkOf(stream(device)).close();
  deepEqual(device.engine.calls, [`open 5 ${MAIN}`, "write 5", "close", `open 0 ${MAIN}`, "close"]);
});

test("PkgData is 403 in use or for another device, 420 if it does not fit", () => {
  for (const step of ["open", "write", "close"] as const) {
    for (const [refusal, status] of [
      ["busy", 403],
      ["untrusted", 403],
      ["corrupt", 403],
      ["tooLarge", 420],
    ] as const) {
      const device = new Device();
      device.engine.refuse.set(step, refusal);
      equal(device.replace(`${MAIN}/Update/PkgData`, "image"), status, `${step} ${refusal}`);
    }
  }
});

test("a stream that is given up is given up once, and not after its end", () => {
  const device = new Device();
  const sink = sinkOf(stream(device, 5));
  sink.abort();
  sink.abort();
  deepEqual(device.engine.calls, [`open 5 ${MAIN}`, "abort"]);
  const whole = sinkOf(stream(device, 0));
  whole.close();
  whole.abort();
  equal(device.read(`${MAIN}/State`), "40");
});

test("an Exec Update right behind the last chunk is accepted before verification ends", () => {
  const device = new Device();
  device.replace(`${MAIN}/Update/PkgData`, "image");
  equal(device.exec(`${MAIN}/Update`), 202);
  equal(device.read(`${MAIN}/State`), "40");
});

test("a new URL ends the package that was there: 50 to 10; the same URL does not", () => {
  const device = inPhase("idle");
  device.replace(`${MAIN}/Download/PkgURL`, URL);
  device.engine.calls.length = 0;
  device.engine.record = { phase: "ready", object: MAIN, installing: false, kept: true };
  equal(device.replace(`${MAIN}/Download/PkgURL`, URL), 200);
  deepEqual(device.engine.calls, []);
  equal(device.replace(`${MAIN}/Download/PkgURL`, `${URL}2`), 200);
  deepEqual(device.engine.calls, [`discard ${MAIN}`]);
  equal(device.read(`${MAIN}/State`), "10");
});

test("what an Atomic that is rolled back would have ended goes on", () => {
  const device = inPhase("ready", true);
  device.tree.begin();
  equal(device.replace(`${MAIN}/Download/PkgURL`, URL), 200);
  equal(device.tree.rollback(), 216);
  deepEqual(device.engine.calls, []);
});

test("a package goes before its URL or object, so a power cut leaves no stale package", () => {
  const device = new Device();
  const seen: unknown[] = [];
  device.tree.add("./FwUpdate/p1", undefined, SERVER);
  device.replace("./FwUpdate/p1/Download/PkgURL", URL);
  device.engine.discard = () => {
    seen.push(device.read("./FwUpdate/p1/Download/PkgURL"));
    return undefined;
  };
  device.engine.record = { phase: "ready", object: "./FwUpdate/p1", installing: false, kept: true };
  equal(device.replace("./FwUpdate/p1/Download/PkgURL", `${URL}2`), 200);
  equal(device.tree.remove("./FwUpdate/p1", SERVER), 200);
  deepEqual(seen, [URL, `${URL}2`]);
});

test("a URL that the store cannot hold is 420; the package before it is gone", () => {
  const device = inPhase("ready", true);
  device.store.room = 1;
  equal(device.replace(`${MAIN}/Download/PkgURL`, URL), 420);
  deepEqual(device.engine.calls, [`discard ${MAIN}`]);
});

test("while an operation runs neither URL nor object can go: 403", () => {
  const device = new Device();
  device.tree.add("./FwUpdate/p1", undefined, SERVER);
  for (const phase of [
    "downloading",
    "verifying",
    "proving",
    "arming",
    "trial",
    "confirming",
    "rejecting",
  ] as const) {
    device.engine.record = { phase, object: "./FwUpdate/p1", installing: true, kept: true };
    equal(device.replace("./FwUpdate/p1/Download/PkgURL", URL), 403, phase);
    equal(device.tree.remove("./FwUpdate/p1", SERVER), 403, phase);
    equal(device.replace(`${MAIN}/Download/PkgURL`, `${URL}${phase}`), 200, phase);
  }
});

test("an object that goes takes its package with it", () => {
  const device = inPhase("ready", true, "./FwUpdate/p1");
  device.tree.add("./FwUpdate/p1", undefined, SERVER);
  equal(device.tree.remove("./FwUpdate/p1", SERVER), 200);
  deepEqual(device.engine.calls, ["discard ./FwUpdate/p1"]);
});

test("the alert names object, node and result, and repeats the correlator (§10.2.2)", () => {
  const device = inPhase("ready", true);
  equal(device.exec(`${MAIN}/Update`, "c1"), 202);
  deepEqual(device.fumo.alerts(SERVER), []);
  device.engine.end("succeeded");
  deepEqual(device.fumo.alerts(SERVER), [
    {
      id: 1,
      type: "org.openmobilealliance.dm.firmwareupdate.update",
      format: "int",
      mark: "informational",
      source: MAIN,
      data: "200",
      correlator: "c1",
    },
  ]);
  deepEqual(device.fumo.alerts(STRANGER), []);
});

test("each way has its type of alert; without a correlator none is sent, an empty one is", () => {
  const device = new Device();
  device.replace(`${MAIN}/Download/PkgURL`, URL);
  device.replace(`${MAIN}/DownloadAndUpdate/PkgURL`, URL);
  device.exec(`${MAIN}/Download`);
  device.engine.record = { ...device.engine.record, phase: "idle" };
  device.exec(`${MAIN}/DownloadAndUpdate`, "");
  device.engine.end("untrusted");
  const alerts = device.fumo.alerts(SERVER);
  deepEqual(
    alerts.map(({ type, mark, data }) => `${type} ${mark} ${data}`),
    [
      "org.openmobilealliance.dm.firmwareupdate.download critical 404",
      "org.openmobilealliance.dm.firmwareupdate.downloadandupdate critical 404",
    ],
  );
  deepEqual(
    alerts.map((alert) => "correlator" in alert),
    [false, true],
  );
});

test("a correlator has a limit: 500, and nothing starts", () => {
  const device = new Device();
  device.replace(`${MAIN}/Download/PkgURL`, URL);
  equal(device.exec(`${MAIN}/Download`, "c".repeat(CORRELATOR_BYTES_MAX + 1)), 500);
  deepEqual(device.engine.calls, []);
  equal(device.exec(`${MAIN}/Download`, "c".repeat(CORRELATOR_BYTES_MAX)), 202);
});

test("an alert is owed until the server has answered it", () => {
  const device = inPhase("ready", true);
  device.exec(`${MAIN}/Update`);
  device.engine.end("reverted");
  equal(device.fumo.alerts(SERVER).length, 1);
  device.fumo.acknowledge(1);
  equal(device.fumo.alerts(SERVER).length, 0);
});

test("Data of a message that is not whole never replaces a package that was verified", () => {
  const meta = { format: "bin", type: "", early: true } as const;
  const early = (device: Device): Sink | number =>
    device.tree.stream("Replace", `${MAIN}/Update/PkgData`, meta, SERVER);
  for (const [phase, kept] of [
    ["ready", true],
    ["ready", false],
    ["failed", true],
    ["settled", true],
  ] as const) {
    const device = inPhase(phase, kept);
    equal(early(device), 413, phase);
    equal(device.engine.record.phase, phase);
    sinkOf(stream(device)).abort();
  }
  for (const phase of ["idle", "receiving", "failed", "settled"] as const)
    sinkOf(early(inPhase(phase))).abort();
});
