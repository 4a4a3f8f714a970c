/** Images that are installed in vain again and again: how long they wait, and what that costs. */
import { deepEqual, equal, ok, test } from "../../check.ts";
import {
  FAILED_DIGESTS_MAX,
  QUARANTINE_INSTALLATIONS,
  QUARANTINE_MAX_MS,
  QUARANTINE_MS,
  QUARANTINE_STEP_MS,
} from "../../../src/base/limits.ts";
import { recordChange } from "../../../src/store/jsonrecord.ts";
import { Store } from "../../../src/store/store.ts";
import {
  clearedChange,
  Quarantine,
  QUARANTINE_KEY,
  suspectChange,
} from "../../../src/update/quarantine.ts";
import { MemoryFlash } from "./fixture.ts";

/** A store that counts its commits. */
class Shelf {
  commits = 0;
  readonly store: Store;

  constructor() {
    const flash = new MemoryFlash({
      blocks: 8,
      blockLength: 4096,
      writeAlign: 4,
      eraseValue: 0xff,
    });
    for (let block = 0; block < 8; block++) flash.eraseBlock(block);
    this.store = Store.open(flash);
    const commit = this.store.commit.bind(this.store);
    this.store.commit = (...words) => {
      this.commits++;
      commit(...words);
    };
  }

  inVain(digest: string, times = 1): void {
    for (let time = 0; time < times; time++) this.store.commit([suspectChange(this.store, digest)]);
  }

  left(digest: string): number {
    return new Quarantine(this.store).leftMs(digest);
  }
}

test("first failed installations are free; then the wait doubles from an hour to a day", () => {
  const shelf = new Shelf();
  const hours: number[] = [];
  for (let time = 1; time <= QUARANTINE_INSTALLATIONS + 7; time++) {
    shelf.inVain("aa");
    hours.push(shelf.left("aa") / QUARANTINE_MS);
  }
  deepEqual(hours, [0, 0, 1, 2, 4, 8, 16, 24, 24, 24]);
  equal(QUARANTINE_MAX_MS, 24 * QUARANTINE_MS);
  equal(shelf.left("bb"), 0, "another image does not wait");
});

test("time with power is stored in growing steps, so starts cost few commits", () => {
  const shelf = new Shelf();
  shelf.inVain("aa", QUARANTINE_INSTALLATIONS + 9);
  shelf.commits = 0;
  const quarantine = new Quarantine(shelf.store);
  const steps: number[] = [];
  for (let now = 0; now < QUARANTINE_MAX_MS; ) {
    now = Math.min(quarantine.step(now), QUARANTINE_MAX_MS);
    steps.push(now / QUARANTINE_STEP_MS);
  }
  deepEqual(steps.slice(0, 9), [1, 2, 4, 8, 16, 32, 64, 124, 184]);
  ok(shelf.commits <= 6 + 24, `${shelf.commits} commits in a day`);
  for (let start = 0; start < 1000 && shelf.left("aa") > 0; start++) {
    const short = new Quarantine(shelf.store);
    for (let now = 0; now < 10 * QUARANTINE_STEP_MS; now += 1000) short.step(now);
  }
  equal(shelf.left("aa"), 0, "starts of ten minutes add up");
});

test("a start that is over before a step is full adds nothing, and writes nothing", () => {
  const shelf = new Shelf();
  shelf.inVain("aa", QUARANTINE_INSTALLATIONS);
  shelf.commits = 0;
  for (let start = 0; start < 100; start++) {
    const quarantine = new Quarantine(shelf.store);
    equal(quarantine.step(0), QUARANTINE_STEP_MS);
    equal(quarantine.step(QUARANTINE_STEP_MS - 1), QUARANTINE_STEP_MS);
  }
  deepEqual([shelf.left("aa"), shelf.commits], [QUARANTINE_MS, 0]);
});

test("only time that an image has waited counts, not what passed before it had to", () => {
  const shelf = new Shelf();
  const quarantine = new Quarantine(shelf.store);
  equal(quarantine.step(50 * QUARANTINE_MS), Infinity);
  shelf.inVain("aa", QUARANTINE_INSTALLATIONS);
  quarantine.changed();
  equal(quarantine.step(50 * QUARANTINE_MS), 51 * QUARANTINE_MS);
  equal(shelf.left("aa"), QUARANTINE_MS);
  quarantine.step(51 * QUARANTINE_MS);
  equal(shelf.left("aa"), 0);
  equal(quarantine.step(51 * QUARANTINE_MS), Infinity);
});

test("one more failed installation restarts the wait; a forgotten image has none", () => {
  const shelf = new Shelf();
  shelf.inVain("aa", QUARANTINE_INSTALLATIONS);
  const quarantine = new Quarantine(shelf.store);
  for (let now = 0; now < QUARANTINE_MS; now += QUARANTINE_STEP_MS) quarantine.step(now);
  shelf.inVain("aa");
  equal(shelf.left("aa"), 2 * QUARANTINE_MS);
  shelf.store.commit(clearedChange(shelf.store, "aa"));
  equal(shelf.left("aa"), 0);
  deepEqual(clearedChange(shelf.store, "aa"), [], "nothing to forget is no change");
});

test("few images are remembered, the latest last; what is no image is read over", () => {
  const shelf = new Shelf();
  for (let image = 0; image <= FAILED_DIGESTS_MAX; image++)
    shelf.inVain(`${image}`, QUARANTINE_INSTALLATIONS);
  const waits = Array.from({ length: FAILED_DIGESTS_MAX + 1 }, (_, image) =>
    shelf.left(`${image}`),
  );
  deepEqual(waits, [0, ...waits.slice(1).map(() => QUARANTINE_MS)]);
  const good = { digest: "aa", installations: QUARANTINE_INSTALLATIONS, waitedMs: 0 };
  const images = [null, 1, { ...good, waitedMs: -1 }, { ...good, installations: "9" }, good];
  for (const value of [
    { v: 1, images },
    { v: 2, images, since: 1 },
  ]) {
    shelf.store.commit([recordChange(QUARANTINE_KEY, value)]);
    equal(shelf.left("aa"), QUARANTINE_MS);
  }
  shelf.store.commit([recordChange(QUARANTINE_KEY, { v: 1, images: "many" })]);
  deepEqual([shelf.left("aa"), new Quarantine(shelf.store).step(0)], [0, Infinity]);
});
