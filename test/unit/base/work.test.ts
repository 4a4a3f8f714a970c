/** Work of many steps. */
import { after, isPending, type Pending, resultOf, type Work } from "../../../src/base/work.ts";
import { deepEqual, equal, ok, test, throws } from "../../check.ts";

/** Work of so many steps, which says what becomes of it. */
function counted(steps: number, result: number, log: string[]): Work<number> {
  if (steps === 0) return result;
  return {
    step: () => {
      log.push(`${result}`);
      return counted(steps - 1, result, log);
    },
    abort: () => {
      log.push("abort");
    },
  };
}

function done(work: Work<number>): number {
  let left = work;
  while (isPending(left)) left = left.step();
  return left;
}

test("what follows work that is done follows at once", () => {
  equal(
    after(1, (one) => one + 1),
    2,
  );
  deepEqual(
    after(1, (one) => [one, one]),
    [1, 1],
  );
});

test("what follows work of many steps follows the last, and may take steps itself", () => {
  const log: string[] = [];
  const work = after(counted(2, 7, log), (seven) => counted(2, seven + 1, log));
  equal(done(work), 8);
  deepEqual(log, ["7", "7", "8", "8"]);
});

test("no chain of steps nests deeper than what it was made of", () => {
  let left = 30_000;
  const more = (): Work<number> => (left-- === 0 ? 1 : after(counted(1, 0, []), () => more()));
  equal(done(more()), 1);
});

test("work that is given up is given up where it stands", () => {
  const log: string[] = [];
  const work = after(counted(2, 7, log), () => 1);
  ok(isPending(work));
  const left = (work.step() as Pending<number>).step() as Pending<number>;
  equal(left, 1);
  work.abort();
  deepEqual(log, ["7", "7", "abort"]);
});

test("work with steps left has no result yet", () => {
  equal(resultOf(3), 3);
  throws(() => resultOf(counted(1, 3, [])), "Error");
});
