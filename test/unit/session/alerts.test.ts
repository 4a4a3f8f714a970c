/**
 * Generic alerts: sent in package 1 or 3, and kept until the server has answered
 * (OMA-TS-DM-Protocol §2.3.7, FUMO §10.2.2).
 */
import type { GenericAlert } from "../../../src/syncml/alert.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";
import { Bench, command, item, textOf } from "./bench.ts";

const REPORT: GenericAlert = {
  id: 7,
  type: "org.openmobilealliance.dm.firmwareupdate.update",
  format: "int",
  mark: "critical",
  source: "./Fw/x",
  correlator: "c&1",
  data: "410",
};

test("a pending report goes with package 1, between Alert and DevInfo, as FUMO writes it", () => {
  const bench = new Bench({ alerts: [REPORT] });
  const { commands } = bench.next();
  equal(bench.others(), "Alert 1201, Alert 1226, Replace");
  const report = commands[1];
  ok(report?.name === "Alert");
  equal(report.correlator, "c&1");
  const [one] = report.items;
  equal(one?.source, "./Fw/x");
  deepEqual({ ...one?.meta }, { type: REPORT.type, format: "int", mark: "critical" });
  equal(textOf(one), "410");
});

test("a report without correlator and source has neither", () => {
  const { commands } = new Bench({ alerts: [{ id: 1, type: "t", data: "" }] }).next();
  const report = commands[1];
  ok(report?.name === "Alert");
  equal(report.correlator, undefined);
  equal(report.items[0]?.source, undefined);
});

test("the server's Status is an answer whatever it says, but for 401, 407 and 1xx", () => {
  for (const [status, told] of [
    [200, true],
    [202, true],
    [415, true],
    [500, true],
    [401, false],
    [407, false],
    [101, false],
  ] as const) {
    const bench = new Bench({ alerts: [REPORT] });
    bench.next();
    bench.reply([bench.header(200), bench.status("2", "Alert", status)]);
    deepEqual(bench.told, told ? ["alert 7"] : []);
  }
});

test("a report without an answer is not acknowledged, and not sent twice in a session", () => {
  const bench = new Bench({ alerts: [REPORT] });
  bench.next();
  bench.reply([bench.header(200), command("Get", item("./A"))]);
  bench.next();
  equal(bench.others(), "");
  bench.reply([bench.header(200)]);
  equal(bench.outcome(), "completed");
  deepEqual(bench.told, ["authenticated"]);
});

test("package 1 that is sent again has the report again", () => {
  const client = { type: "basic", name: "u", secret: "p", nonce: new Uint8Array(0) } as const;
  const bench = new Bench({ alerts: [REPORT], client: { ...client, type: "md5" } });
  bench.next();
  const chal = { type: "syncml:auth-md5", format: "b64", nextNonce: "AAAA" };
  bench.reply([bench.header(407, chal), bench.status("2", "Alert", 407)]);
  bench.next();
  equal(bench.others(), "Alert 1201, Alert 1226, Replace");
  bench.reply([bench.header(212), bench.status("3", "Alert", 200)]);
  ok(bench.told.includes("alert 7"));
});

test("a report due after authentication goes with package 3, even to a silent server", () => {
  const bench = new Bench();
  bench.next();
  bench.reply([bench.header(200)]);
  bench.alerts = [{ ...REPORT, data: "200" }];
  bench.next();
  equal(bench.others(), "Alert 1226");
  ok(bench.last.final);
  bench.reply([bench.header(200), bench.status("2", "Alert", 200)]);
  deepEqual(bench.told, ["authenticated", "alert 7"]);
  bench.alerts = [];
  equal(bench.outcome(), "completed");
});
