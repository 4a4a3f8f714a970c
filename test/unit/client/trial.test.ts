/** What a session means for an image on trial, by what proves the server. */
import { proofOf, Trial, type TriedEngine, type TrialOptions } from "../../../src/client/trial.ts";
import { deepEqual, equal, test } from "../../check.ts";

/** Writes down what it is told. */
class Told implements TriedEngine {
  readonly calls: string[] = [];
  record = { phase: "trial" };
  answered = false;

  expose(): void {
    this.calls.push("expose");
  }
  shelter(): void {
    this.calls.push("shelter");
  }
  healthy(): void {
    this.calls.push("healthy");
    this.record = { phase: "confirming" };
  }
  unhealthy(): void {
    this.calls.push("unhealthy");
  }
  completed(): void {
    this.calls.push("completed");
  }
  step(now: number): number {
    this.calls.push("confirm");
    this.record = { phase: "succeeded" };
    return now;
  }
}

function begin(more: Partial<TrialOptions> = {}): { engine: Told; trial: Trial } {
  const engine = new Told();
  const trial = new Trial({
    engine,
    proof: "credentials",
    selfTest: () => true,
    ...more,
  });
  return { engine, trial };
}

test("credentials prove a server; without them its certificate; over http nothing does", () => {
  for (const type of ["basic", "md5", "mac"] as const)
    equal(proofOf({ scheme: "http" }, { type }), "credentials");
  equal(proofOf({ scheme: "https" }, { type: "none" }), "certificate");
  equal(proofOf({ scheme: "http" }, { type: "none" }), "nothing");
});

test("a session exposes the image until the proof, and keeps it before the report", () => {
  const { engine, trial } = begin();
  trial.asks();
  trial.received();
  deepEqual(engine.calls, ["expose"]);
  trial.proved();
  trial.executed(5);
  trial.asks();
  trial.ended(true);
  deepEqual(engine.calls, ["expose", "shelter", "healthy", "confirm", "shelter", "completed"]);
});

test("over TLS a message that has come whole proves its sender, before it is decoded", () => {
  const { engine, trial } = begin({ proof: "certificate" });
  trial.asks();
  trial.received();
  deepEqual(engine.calls, ["expose", "shelter"]);
});

test("in a laboratory whoever answers is believed with the first message, and not before", () => {
  const { engine, trial } = begin({ proof: "nothing" });
  trial.asks();
  trial.received();
  deepEqual(engine.calls, ["expose"]);
  trial.proved();
  deepEqual(engine.calls, ["expose", "shelter"]);
});

test("only a server that has proved itself refuses an image", () => {
  const { engine, trial } = begin();
  trial.asks();
  trial.refused();
  equal(engine.answered, false);
  trial.proved();
  trial.refused();
  equal(engine.answered, true);
});

test("a session that does not complete forgets no crashes, and ends the exposure", () => {
  const { engine, trial } = begin();
  trial.asks();
  trial.proved();
  trial.ended(false);
  deepEqual(engine.calls, ["expose", "shelter", "shelter"]);
});

test("an image that fails its own test is given up; off trial it is not asked", () => {
  const { engine, trial } = begin({ selfTest: () => false });
  trial.proved();
  trial.executed(0);
  deepEqual(engine.calls, ["shelter", "unhealthy"]);
  const off = begin({ selfTest: () => false });
  off.engine.record = { phase: "idle" };
  off.trial.proved();
  off.trial.executed(0);
  deepEqual(off.engine.calls, ["shelter"]);
});
