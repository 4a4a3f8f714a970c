/**
 * Each row of the tables of FUMO, in a whole session in XML and in WBXML: every State as a server
 * reads it, every result as it is told it, for every way to ask (OMA-TS-DM-FUMO §10.1.1.10,
 * §10.2.2.4). A row without a case fails, but for those that say why.
 */
import type { Encoding } from "../../../src/session/encoding.ts";
import type { UpdateState } from "../../../src/objects/fumoengine.ts";
import { stateName } from "../../../src/objects/fumostate.ts";
import type { AlertCommand } from "../../../src/syncml/command.ts";
import { REASONS as ROWS, type Reason } from "../../../src/update/reason.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, command, item, textOf } from "../session/bench.ts";
import { Device, SERVER } from "./device.ts";

const OBJECT = "./FwUpdate/Main";
const ENCODINGS: readonly Encoding[] = ["xml", "wbxml"];

/** The States of the standard, and a record of the update engine in each. */
const STATES: readonly (readonly [state: number, record: Omit<UpdateState, "object">])[] = [
  [10, { phase: "idle", installing: false, kept: false }],
  [20, { phase: "settled", reason: "network", installing: false, kept: false }],
  [30, { phase: "downloading", installing: false, kept: false }],
  [40, { phase: "verifying", installing: false, kept: false }],
  [50, { phase: "ready", installing: false, kept: true }],
  [60, { phase: "trial", installing: true, kept: true }],
  [70, { phase: "settled", reason: "reverted", installing: true, kept: true }],
  [80, { phase: "settled", reason: "reverted", installing: true, kept: false }],
  [90, { phase: "settled", reason: "succeeded", installing: true, kept: true }],
  [100, { phase: "settled", reason: "succeeded", installing: true, kept: false }],
];

/** The result codes of the standard, but for the vendors' ranges. */
const RESULTS: readonly number[] = [
  200, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 500, 501, 502, 503,
];
/** Codes that this device has no reason for. */
const WITHOUT: ReadonlyMap<number, string> = new Map([
  [400, "a cause of the client's own has a code of its own"],
  [408, "everything that can be asked for is implemented"],
]);
/** The ranges of the standard for vendors of clients. */
const isVendors = (code: number): boolean => code >= 450 && code < 500;
const REASONS = Object.keys(ROWS) as readonly Reason[];

/** What is Exec'd, and the type of the alert that tells the outcome. */
const WAYS: readonly (readonly [node: string, type: string])[] = [
  ["Download", "org.openmobilealliance.dm.firmwareupdate.download"],
  ["Update", "org.openmobilealliance.dm.firmwareupdate.update"],
  ["DownloadAndUpdate", "org.openmobilealliance.dm.firmwareupdate.downloadandupdate"],
];

test("each State reads as in the standard, in XML and WBXML (FUMO §10.1.1.10)", () => {
  deepEqual(
    STATES.map(([state]) => state),
    [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
  );
  for (const [state, record] of STATES) {
    for (const encoding of ENCODINGS) {
      const device = new Device();
      const bench = new Bench({ tree: device.tree, serverID: SERVER, encoding });
      device.engine.record = { ...record, object: OBJECT };
      bench.next();
      bench.reply([bench.header(200), command("Get", item(`${OBJECT}/State`))], {
        wbxml: encoding === "wbxml",
      });
      const results = bench.next().commands.find(({ name }) => name === "Results");
      ok(results?.name === "Results");
      equal(textOf(results.items[0]), String(state), `${stateName(state)}, ${encoding}`);
      equal(results.items[0]?.meta?.format, "int");
      equal(bench.statuses(), "200 SyncHdr, 200 Get 2");
    }
  }
});

/**
 * The device ends an Exec of that node with this reason: the alert in its next package 1, once the
 * server has taken it, and before.
 */
function alerted(
  node: string,
  reason: Reason,
  encoding: Encoding,
  correlator: string | undefined,
): AlertCommand {
  const device = new Device();
  const { fumo, engine } = device;
  if (node !== "Update")
    equal(device.replace(`${OBJECT}/${node}/PkgURL`, "https://packages.example/p"), 200);
  else engine.record = { phase: "ready", object: OBJECT, installing: false, kept: true };
  equal(device.exec(`${OBJECT}/${node}`, correlator), 202);
  engine.end(reason);
  const bench = new Bench({
    tree: device.tree,
    serverID: SERVER,
    encoding,
    alerts: [...fumo.alerts(SERVER)],
  });
  const acknowledged = (): string[] => bench.told.filter((line) => line.startsWith("alert "));
  const [id = 0] = fumo.alerts(SERVER).map((one) => one.id);
  const alert = bench.next().commands.find((one) => one.name === "Alert" && one.data === 1226);
  ok(alert?.name === "Alert", "no generic alert");
  equal(bench.encoding, encoding);
  deepEqual(acknowledged(), []);
  bench.reply([bench.header(200), bench.status("2", "Alert", 200)], {
    wbxml: encoding === "wbxml",
  });
  deepEqual(acknowledged(), [`alert ${id}`]);
  return alert;
}

test("each result reads as in the standard, each way, in both encodings (FUMO §10.2.2)", () => {
  for (const [node, type] of WAYS) {
    for (const reason of REASONS) {
      for (const encoding of ENCODINGS) {
        const {
          correlator,
          items: [one],
        } = alerted(node, reason, encoding, "job");
        const code = ROWS[reason].result;
        equal(textOf(one), String(code), `${node}, ${reason}, ${encoding}`);
        deepEqual(
          [correlator, one?.source, one?.meta?.format, one?.meta?.mark === "informational"],
          ["job", OBJECT, "int", code === 200],
        );
        equal(one?.meta?.type, type);
      }
    }
  }
});

test("each result code of the standard has a reason here, or says why it has none", () => {
  const given = new Set<number>(Object.values(ROWS).map(({ result }) => result));
  deepEqual(
    RESULTS.filter((code) => given.has(code) === WITHOUT.has(code)),
    [],
  );
  deepEqual(
    [...given].filter((code) => !RESULTS.includes(code) && !isVendors(code)),
    [],
  );
});
