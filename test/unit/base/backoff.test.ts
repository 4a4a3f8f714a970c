/** The one back-off formula. */
import { type Backoff, backoffMs, randomShare } from "../../../src/base/backoff.ts";
import { equal, ok, test } from "../../check.ts";

const SECONDS: Backoff = { firstMs: 2_000, longestMs: 900_000 };

test("the pause doubles with every failure in a row, up to the longest", () => {
  equal(backoffMs(1, 1, SECONDS), 2_000);
  equal(backoffMs(2, 1, SECONDS), 4_000);
  equal(backoffMs(4, 1, SECONDS), 16_000);
  equal(backoffMs(9, 1, SECONDS), 512_000);
  for (const failures of [10, 31, 32, 100, 1e9]) equal(backoffMs(failures, 1, SECONDS), 900_000);
});

test("chance takes away at most half", () => {
  equal(backoffMs(1, 0, SECONDS), 1_000);
  equal(backoffMs(1, 0.5, SECONDS), 1_500);
  equal(backoffMs(100, 0, SECONDS), 450_000);
});

test("a share is drawn from two bytes, 0 to 1 without 1", () => {
  const drawn = (first: number, second: number): number =>
    randomShare((bytes) => {
      bytes[0] = first;
      bytes[1] = second;
    });
  equal(drawn(0, 0), 0);
  equal(drawn(0x80, 0), 0.5);
  ok(drawn(0xff, 0xff) < 1 && drawn(0xff, 0xff) > 0.9999);
});
