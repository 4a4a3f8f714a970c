/**
 * After an update has succeeded its image does not boot any more, and the old one does: State says
 * so, and what was not acknowledged is corrected.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { test } from "node:test";
import { failedDigests, securityFloor } from "../../src/update/memory.ts";
import { Store } from "../../src/store/store.ts";
import { Bench, CORRELATOR } from "./bench.ts";
import { recovers, WAYS } from "./check.ts";

/** How the confirmed image is lost, from a hook that runs at every step of an update. */
const LOSSES: {
  readonly [name: string]: () => { watch(bench: Bench): void; lose(bench: Bench): void };
} = {
  "its slot is damaged": () => ({
    watch: () => undefined,
    lose: ({ board }) => {
      const { bytes } = board.slots[1];
      bytes[100] = (bytes[100] ?? 0) ^ 1;
    },
  }),
  "the entry of the boot log that confirmed it is lost": () => {
    let before: Uint8Array | undefined;
    return {
      watch: ({ board, client }) => {
        if (client.engine.record.phase === "trial") before = board.boot.flash.bytes.slice();
      },
      lose: ({ board }) => {
        ok(before !== undefined, "a trial was seen");
        board.boot.flash.bytes.set(before);
      },
    };
  },
};

for (const [name, loss] of Object.entries(LOSSES)) {
  for (const scenario of WAYS) {
    test(`${scenario}: ${name}: the old image runs, State 80, no alert; the next works`, () => {
      const { watch, lose } = loss();
      const bench = new Bench({ scenario });
      strictEqual(bench.run(undefined, () => watch(bench))?.code, 200);
      deepStrictEqual([bench.running, bench.state], ["2.0.0", 100]);
      const told = bench.alerts.length;
      lose(bench);
      bench.cut();
      strictEqual(bench.running, "1.0.0");
      strictEqual(bench.lines.filter((line) => line.includes("State 80")).length, 1);
      bench.pass(3_600_000);
      strictEqual(bench.alerts.length, told, "no alert is sent that nobody asked for");
      const store = Store.open(bench.board.store);
      deepStrictEqual(failedDigests(store), [], "an image that does not boot is not banned");
      strictEqual(securityFloor(store), 2);
      bench.serve({ scenario });
      deepStrictEqual([bench.run()?.code, bench.running, bench.state], [200, "2.0.0", 100]);
      recovers(bench, scenario);
    });
  }

  test(`${name}, before 200 is acknowledged: the server gets 410, same correlator`, () => {
    const { watch, lose } = loss();
    const bench = new Bench({ server: { alertStatus: 401 } });
    bench.run(3_600_000, () => watch(bench));
    deepStrictEqual(
      [bench.running, new Set(bench.alerts.map(({ data }) => data))],
      ["2.0.0", new Set(["200"])],
    );
    lose(bench);
    bench.serve({ server: { alertStatus: 200 } });
    bench.cut();
    bench.pass(3_600_000);
    const [corrected, again] = bench.alerts;
    deepStrictEqual(
      [corrected?.data, corrected?.correlator, corrected?.mark],
      ["410", CORRELATOR, "critical"],
    );
    deepStrictEqual([again?.data, bench.running], ["200", "2.0.0"], "it is offered again");
  });
}
