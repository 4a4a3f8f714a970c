/** What outlives a package: which step from one record to the next is a verdict, and on what. */
import { deepEqual, equal, test } from "../../check.ts";
import { FAILED_DIGESTS_MAX } from "../../../src/base/limits.ts";
import { Store } from "../../../src/store/store.ts";
import { failedDigests, memoryChanges, securityFloor } from "../../../src/update/memory.ts";
import { Quarantine, QUARANTINE_KEY, suspectChange } from "../../../src/update/quarantine.ts";
import { IDLE, type Phase, PHASE_NAMES, type UpdateRecord } from "../../../src/update/record.ts";
import { MemoryFlash } from "./fixture.ts";

function shelf(): Store {
  const flash = new MemoryFlash({ blocks: 8, blockLength: 4096, writeAlign: 4, eraseValue: 0xff });
  for (let block = 0; block < 8; block++) flash.eraseBlock(block);
  return Store.open(flash);
}

function at(phase: Phase, more: Partial<UpdateRecord> = {}): UpdateRecord {
  return { ...IDLE, phase, digest: "aa", securityCounter: 7, ...more };
}

/** Takes the step, and gives what is remembered. */
function step(store: Store, before: UpdateRecord, after: UpdateRecord): void {
  const changes = memoryChanges(store, before, after);
  if (changes.length > 0) store.commit(changes);
}

const REVERTED = { reason: "reverted", kept: false } as const;

test("the last failed images are remembered, the newest always; the oldest goes", () => {
  const store = shelf();
  for (let image = 0; image <= FAILED_DIGESTS_MAX; image++)
    step(
      store,
      at("trial", { digest: `${image}` }),
      at("failed", { ...REVERTED, digest: `${image}` }),
    );
  deepEqual(
    failedDigests(store),
    Array.from({ length: FAILED_DIGESTS_MAX }, (_, image) => `${image + 1}`),
  );
  step(store, at("trial", { digest: "2" }), at("failed", { ...REVERTED, digest: "2" }));
  deepEqual(failedDigests(store), ["1", "3", "4", "2"], "one that fails again is the latest");
});

test("only an image that was seen on trial is banned", () => {
  for (const phase of PHASE_NAMES) {
    const store = shelf();
    step(store, at(phase), at("failed", REVERTED));
    const banned = phase === "trial" || phase === "confirming" || phase === "rejecting";
    deepEqual(failedDigests(store), banned ? ["aa"] : [], phase);
  }
  const store = shelf();
  step(store, at("settled", { reason: "succeeded" }), at("failed", { reason: "fellBack" }));
  deepEqual(failedDigests(store), [], "an image that was confirmed and does not boot is not");
});

test("an installation that leaves the package for another try is counted, and bans nothing", () => {
  const store = shelf();
  step(store, at("arming"), at("failed", { reason: "reverted", kept: true }));
  deepEqual([failedDigests(store), store.get(QUARANTINE_KEY) !== undefined], [[], true]);
  step(store, at("proving"), at("failed", { reason: "quarantined", kept: true }));
  step(store, at("proving"), at("failed", { reason: "cancelled", kept: true }));
  step(store, at("arming"), at("failed", { reason: "reverted", kept: true }));
  equal(new Quarantine(store).leftMs("aa"), 0, "a refusal is no installation");
  step(store, at("arming"), at("failed", { reason: "reverted", kept: true }));
  equal(new Quarantine(store).leftMs("aa") > 0, true);
});

test("a verdict and a confirmation end the count", () => {
  for (const [before, after] of [
    [at("trial"), at("failed", REVERTED)],
    [at("confirming"), at("succeeded", { reason: "succeeded" })],
  ] as const) {
    const store = shelf();
    for (let time = 0; time < 9; time++) store.commit([suspectChange(store, "aa")]);
    step(store, before, after);
    equal(new Quarantine(store).leftMs("aa"), 0);
  }
});

test("the security counter rises at a confirmation, and not at later boots", () => {
  const store = shelf();
  step(store, at("failed", { reason: "fellBack" }), at("succeeded", { reason: "succeeded" }));
  equal(securityFloor(store), 0);
  step(store, at("confirming"), at("succeeded", { reason: "succeeded" }));
  equal(securityFloor(store), 7);
  step(store, at("confirming"), at("succeeded", { reason: "succeeded", securityCounter: 3 }));
  equal(securityFloor(store), 7);
});
