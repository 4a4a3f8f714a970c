/**
 * The plan for Flash: all checks on both partitions, then resets, then cuts in each operation; and
 * for `base`, which none of this changes.
 */
import type { PartitionName } from "../../conformance/order.ts";
import { basePlan, baseStays } from "./baseplan.ts";
import { type Driver, told } from "./driver.ts";

const PARTITIONS: readonly PartitionName[] = ["store", "staging"];

export async function flashPlan(driver: Driver): Promise<void> {
  await driver.power();
  const payload = await basePlan(driver);
  for (const partition of PARTITIONS) {
    await driver.checked(`${partition}: flash`, { do: "flash", partition });
    await driver.checked(`${partition}: an erase of any block leaves those beside it`, {
      do: "neighbours",
      partition,
      from: 0,
    });
  }
  await driver.checked("store and staging do not overlap", { do: "apart" });
  await baseStays(driver, payload);
  for (const partition of PARTITIONS) {
    await driver.order({ do: "fill", partition, seed: 40 });
    await driver.order({ do: "restart" });
    await driver.checked(`${partition}: restart`, { do: "verify", partition, seed: 40 });
    await driver.order({ do: "fill", partition, seed: 41 });
    await driver.power();
    await driver.checked(`${partition}: power`, { do: "verify", partition, seed: 41 });
    for (const of of ["write", "erase"] as const) await cuts(driver, partition, of);
  }
  await baseStays(driver, payload);
}

/**
 * A cut that comes before the operation tells nothing; the first that does not come has been behind
 * it.
 */
async function cuts(
  driver: Driver,
  partition: PartitionName,
  of: "write" | "erase",
): Promise<void> {
  for (const mode of [undefined, ...driver.bench.cutModes]) {
    for (let at = 1, last = mode === undefined; ; at++) {
      await driver.power();
      const ready = await driver.order({ do: "prepareCut", partition });
      if (ready?.kind !== "done") driver.check(`${partition}: it can be filled`, told(ready));
      const running = await driver.power(mode === undefined ? undefined : { at, mode });
      const report = running === undefined ? undefined : await driver.order({ do: of, partition });
      const completed = report?.kind === "done";
      if (report?.kind === "threw") driver.check(`${partition}: ${of}`, report.text);
      await driver.power();
      if (running !== undefined)
        await driver.checked(`${partition}: ${of} cut`, {
          do: "afterCut",
          partition,
          of,
          completed,
        });
      if (running !== undefined && report !== undefined) last = true;
      if (last) break;
    }
  }
}
