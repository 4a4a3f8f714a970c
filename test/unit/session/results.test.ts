/** Results that wait: so many and no more, for a device has to hold them until they are sent. */
import { RESULTS_BYTES_MAX, RESULTS_MAX } from "../../../src/base/limits.ts";
import { ResultsQueue } from "../../../src/session/results.ts";
import type { ResultsCommand } from "../../../src/syncml/command.ts";
import { equal, test } from "../../check.ts";

function results(items: number, bytes: number): ResultsCommand {
  const one = { source: "./A", data: new Uint8Array(bytes), binary: true, moreData: false };
  return {
    name: "Results",
    cmdID: "",
    msgRef: "1",
    cmdRef: "1",
    targetRef: "./A",
    items: new Array(items).fill(one) as (typeof one)[],
  };
}

test("Results wait to their limits and not past them, in number and in bytes; the first always may", () => {
  const many = new ResultsQueue();
  for (let count = 0; count < RESULTS_MAX; count++) equal(many.add(results(1, 1)), true);
  equal(many.add(results(1, 1)), false);
  const long = new ResultsQueue();
  equal(long.add(results(2, RESULTS_BYTES_MAX / 4)), true);
  equal(long.add(results(1, RESULTS_BYTES_MAX / 2 + 1)), false);
  equal(long.add(results(1, RESULTS_BYTES_MAX / 2)), true);
  equal(long.add(results(1, 1)), false);
  const first = new ResultsQueue();
  equal(first.add(results(RESULTS_MAX + 1, RESULTS_BYTES_MAX)), true);
  equal(first.add(results(1, 0)), false);
  first.clear();
  equal(first.add(results(1, 0)), true);
});
