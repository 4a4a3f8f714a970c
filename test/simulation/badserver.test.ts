/**
 * DM servers that misbehave at any one message of an update, or always. The update is late, never
 * lost; of a package that comes by Replace, only the block in which the session broke off is
 * written again.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { SESSION_RETRY_MAX_MS, SESSION_RETRY_MS } from "../../src/base/limits.ts";
import type { Fault, Misbehaviour } from "../rig/server/fault.ts";
import { Bench, type BenchOptions, PACKAGE_BLOCKS } from "./bench.ts";
import { recovers, WAYS } from "./check.ts";

const FAULTS: readonly Misbehaviour[] = [
  { what: "lose" },
  { what: "drop" },
  { what: "duplicate" },
  { what: "wrongMsgRef" },
  { what: "malformed" },
  { what: "oversize", bytes: 20_000 },
  { what: "wrongCredentials" },
  { what: "staleNonce" },
  { what: "cut", bytes: 60 },
  { what: "restart" },
  { what: "status", status: 500 },
  { what: "status", status: 302 },
  { what: "slow", delayMs: 20_000 },
  { what: "slow", delayMs: 100_000 },
];

/**
 * Requests of an update without a fault; a fault makes it longer, and then there are more places
 * for it.
 */
function requests(options: BenchOptions): number {
  const bench = new Bench(options);
  ok(bench.run()?.ok);
  return bench.events.filter((event) => event.kind === "message" && event.direction === "received")
    .length;
}

function updates(options: BenchOptions, faults: readonly Fault[]): Bench {
  const bench = new Bench({ ...options, server: { ...options.server, faults } });
  const outcome = bench.run();
  const told = JSON.stringify(faults);
  ok(outcome?.ok, `${told}: ${outcome?.text}\n${bench.lines.slice(-30).join("\n")}`);
  deepStrictEqual([outcome.code, bench.running, bench.state], [200, "2.0.0", 100], told);
  deepStrictEqual([...new Set(bench.alerts.map(({ data }) => data))], ["200"], told);
  return bench;
}

for (const scenario of WAYS) {
  for (const misbehaviour of FAULTS) {
    const name =
      "status" in misbehaviour
        ? `HTTP ${misbehaviour.status}`
        : "delayMs" in misbehaviour
          ? `${misbehaviour.what} ${misbehaviour.delayMs} ms`
          : misbehaviour.what;
    test(`${scenario}: ${name}, once or thrice, at any message: 200, progress is kept`, () => {
      const options: BenchOptions = { scenario, server: { chunkBytes: 8000 } };
      const count = requests(options);
      ok(count > 5, `${count} requests`);
      for (let at = 1; at <= count; at++) {
        for (const times of at % 3 === 1 ? [1, 3] : [1]) {
          const bench = updates(options, [{ ...misbehaviour, at, times }]);
          const bound = PACKAGE_BLOCKS + (scenario === "replace" ? times : 0);
          ok(bench.erases <= bound, `at ${at}, ${times} times: ${bench.erases} erases`);
        }
      }
    });
  }
}

const DAY_MS = 86_400_000;
const ALWAYS = 1_000_000;

/** Pauses double from 2 s to 15 min, less half by chance: so many attempts in a day at most. */
const ATTEMPTS_MAX =
  10 + (2 * DAY_MS) / SESSION_RETRY_MAX_MS + Math.log2(SESSION_RETRY_MAX_MS / SESSION_RETRY_MS);

/** What leads nowhere when it goes on for ever. */
const FATAL: readonly Misbehaviour[] = [
  ...FAULTS.filter(({ what }) => !["staleNonce", "restart", "slow"].includes(what)),
  { what: "slow", delayMs: DAY_MS },
];

for (const fault of FATAL) {
  test(`"${fault.what}" for a day: sessions stay bounded, the next update works`, () => {
    const bench = new Bench({
      scenario: "replace",
      server: { faults: [{ ...fault, at: 1, times: ALWAYS }] },
    });
    strictEqual(bench.run(DAY_MS), undefined);
    ok(bench.client.sessions <= ATTEMPTS_MAX, `${bench.client.sessions} sessions`);
    ok(bench.client.sessions > 50, `${bench.client.sessions} sessions`);
    deepStrictEqual([bench.running, bench.wear], ["1.0.0", 0]);
    recovers(bench, "replace");
  });
}

for (const auth of ["basic", "md5", "mac"] as const) {
  const client = { type: auth, name: "device", secret: "device-secret" };
  const server = { type: auth, name: "rig", secret: "server-secret" };
  const account = { auth, serverAuth: auth };

  test(`${auth}: a wrong password gains nothing, and the device asks ever less`, () => {
    const bench = new Bench({
      account: { ...account, secret: "wrong" },
      server: { client, server },
    });
    strictEqual(bench.run(DAY_MS), undefined);
    ok(
      bench.client.sessions <= ATTEMPTS_MAX && bench.client.sessions > 50,
      `${bench.client.sessions} sessions`,
    );
    ok(
      !bench.events.some(({ kind }) => kind === "command" || kind === "value"),
      "a command was executed",
    );
    deepStrictEqual([bench.running, bench.wear], ["1.0.0", 0]);
  });

  test(`${auth}: a server with a wrong password gets no command executed`, () => {
    const bench = new Bench({
      account,
      server: { client, server: { ...server, secret: "wrong" } },
    });
    strictEqual(bench.run(DAY_MS), undefined);
    ok(!bench.events.some((event) => event.kind === "value"), "a value was told");
    ok(
      !bench.events.some(
        (event) => event.kind === "command" && event.status > 0 && event.status < 400,
      ),
      "a command was executed",
    );
    deepStrictEqual([bench.running, bench.wear], ["1.0.0", 0]);
  });

  test(`${auth}: both prove themselves, and credentials in every message do too`, () => {
    ok(updates({ account, server: { client, server, everyMessage: true } }, []));
    ok(updates({ account, server: { client, server } }, []));
  });
}

test("a power cut before any step of reporting: one report comes, accepted once", () => {
  for (const scenario of WAYS) {
    for (let at = 1; ; at++) {
      const bench = new Bench({ scenario, server: { chunkBytes: 8000 } });
      let posts = 0;
      let last = 0;
      const outcome = bench.run(undefined, () => {
        if (bench.link.requests === last) return;
        last = bench.link.requests;
        if (++posts === at) bench.cut();
      });
      deepStrictEqual(
        [outcome?.ok, outcome?.code, bench.running],
        [true, 200, "2.0.0"],
        `cut at request ${at}`,
      );
      strictEqual(
        new Set(bench.alerts.map(({ correlator, data }) => `${correlator} ${data}`)).size,
        scenario === "download" ? 2 : 1,
      );
      if (posts < at) break;
    }
  }
});
