/**
 * People are asked before a download or an installation: 401 when they refuse, State 70 when the
 * package is there to try again.
 */
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import { Bench, type BenchOptions } from "./bench.ts";

type People = NonNullable<BenchOptions["people"]>;

/**
 * Result, State and version after an update that people were asked about, and what they were asked.
 */
function updated(options: BenchOptions): readonly unknown[] {
  const bench = new Bench(options);
  const outcome = bench.run();
  const asked = bench.lines
    .filter((line) => line.includes("user: confirm"))
    .map((line) => line.split(": ")[2]);
  return [outcome?.code, bench.state, bench.running, asked.length];
}

function people(confirm: People["confirm"], ...answers: readonly string[]): People {
  return { confirm, answers };
}

test("who agrees to download and installation gets both, asked once each", () => {
  for (const scenario of ["download-and-update", "download"] as const) {
    deepStrictEqual(updated({ scenario, people: people("both", "yes") }), [200, 100, "2.0.0", 2]);
  }
  deepStrictEqual(updated({ scenario: "replace", people: people("both", "yes") }), [
    200,
    100,
    "2.0.0",
    1,
  ]);
});

test("a refused download gives 401 and State 20; no installation is offered", () => {
  deepStrictEqual(updated({ people: people("both", "no") }), [401, 20, "1.0.0", 1]);
  deepStrictEqual(updated({ people: people("download", "cancel") }), [401, 20, "1.0.0", 1]);
});

test("a refused installation gives 401 and State 70, with the package (§10.1.1.10)", () => {
  deepStrictEqual(updated({ people: people("both", "yes", "no") }), [401, 70, "1.0.0", 2]);
  deepStrictEqual(updated({ scenario: "replace", people: people("update", "no") }), [
    401,
    70,
    "1.0.0",
    1,
  ]);
});

test("a server asks before its Exec: yes runs it; no, or nobody, leaves it out", () => {
  for (const scenario of ["replace", "download", "download-and-update"] as const) {
    const serving = { scenario, ask: "Update now?" };
    const asked = scenario === "download" ? 2 : 1;
    deepStrictEqual(updated({ ...serving, people: people("none", "yes") }), [
      200,
      100,
      "2.0.0",
      asked,
    ]);
    for (const answers of [["no"], ["cancel"], []]) {
      const bench = new Bench({ ...serving, people: people("none", ...answers) });
      const outcome = bench.run();
      deepStrictEqual([outcome?.ok, bench.running], [false, "1.0.0"]);
      ok(outcome?.text.endsWith("was answered 215"), outcome?.text);
    }
  }
});

test("where nobody is asked nobody waits; where nobody can be asked all is refused", () => {
  deepStrictEqual(updated({ people: people("none", "no") }), [200, 100, "2.0.0", 0]);
  deepStrictEqual(updated({ people: people("both") }), [401, 20, "1.0.0", 0]);
});

test("what was put off can be installed later, without another download", () => {
  const bench = new Bench({ people: people("update", "no", "yes"), scenario: "download" });
  deepStrictEqual([bench.run()?.code, bench.state], [401, 70]);
  const { erases } = bench;
  bench.client.engine.install("./FwUpdate/Main", "");
  bench.run(120_000);
  deepStrictEqual([bench.running, bench.erases], ["2.0.0", erases]);
});

test("who has agreed is not asked again after a power cut", () => {
  const bench = new Bench({ people: people("download", "yes", "no") });
  let cut = false;
  const outcome = bench.run(undefined, () => {
    if (cut || bench.client.engine.record.agreed !== "downloading") return;
    cut = true;
    bench.cut();
  });
  ok(cut);
  deepStrictEqual([outcome?.code, bench.running], [200, "2.0.0"]);
});
