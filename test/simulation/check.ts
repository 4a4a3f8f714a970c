/**
 * What every bad input has in common: a result that says why, a device that runs as before, and an
 * update that works the next time.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { Bench, type BenchOptions, CORRELATOR, OBJECT, packageWith, version } from "./bench.ts";
import type { ScenarioName } from "../rig/server/scenario.ts";

export const WAYS: readonly ScenarioName[] = ["replace", "download", "download-and-update"];

const TYPES: { readonly [way in ScenarioName]: string } = {
  replace: "org.openmobilealliance.dm.firmwareupdate.update",
  download: "org.openmobilealliance.dm.firmwareupdate.download",
  "download-and-update": "org.openmobilealliance.dm.firmwareupdate.downloadandupdate",
};

/**
 * State after a failure that was found before anything was installed: of the update when that was
 * asked for, else of the download.
 */
const STATES: { readonly [way in ScenarioName]: number } = {
  replace: 80,
  download: 20,
  "download-and-update": 20,
};

/**
 * Runs an update that must fail with `code`, and checks all that must hold then. `cut`: power fails
 * as soon as it has failed.
 */
export function fails(options: BenchOptions, way: ScenarioName, code: number, cut: boolean): Bench {
  const bench = new Bench({ ...options, scenario: way });
  let cuts = cut ? 1 : 0;
  const outcome = bench.run(undefined, () => {
    if (cuts === 0 || bench.client.engine.record.phase !== "failed") return;
    cuts--;
    bench.cut();
  });
  ok(outcome !== undefined, `no outcome: ${bench.lines.slice(-15).join("\n")}`);
  strictEqual(outcome.ok, false);
  strictEqual(outcome.code, code, outcome.text);
  strictEqual(cuts, 0, "power was cut");
  deepStrictEqual(bench.alerts, [
    {
      kind: "alert",
      type: TYPES[way],
      source: OBJECT,
      data: `${code}`,
      mark: "critical",
      correlator: way === "download" ? `${CORRELATOR}-download` : CORRELATOR,
    },
  ]);
  strictEqual(bench.state, STATES[way]);
  strictEqual(bench.running, "1.0.0");
  return bench;
}

/** The update after it works, whichever way, and nothing of the bad one is told again. */
export function recovers(bench: Bench, way: ScenarioName): void {
  bench.serve({ scenario: way, offer: packageWith({ version: version(3), securityCounter: 9 }) });
  const outcome = bench.run();
  deepStrictEqual(
    [outcome?.ok, outcome?.code, bench.state, bench.running],
    [true, 200, 100, "3.0.0"],
    bench.lines.slice(-15).join("\n"),
  );
  deepStrictEqual(new Set(bench.alerts.map(({ data }) => data)), new Set(["200"]));
}
