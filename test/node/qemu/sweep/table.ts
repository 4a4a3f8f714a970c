/**
 * What a sweep has cut, for people: operations by partition and kind, and how many of them in each
 * mode.
 */
import { PARTITIONS } from "./operation.ts";
import { type Covered, MODES } from "./plan.ts";

const KINDS = ["erase", "program"] as const;

export function table(covered: readonly Covered[]): string {
  const rows = [["", "there", "cut", ...MODES]];
  const add = (title: string, list: readonly Covered[]): void => {
    const counts = [
      list.length,
      list.filter(({ modes }) => modes.length > 0).length,
      ...MODES.map((mode) => list.filter(({ modes }) => modes.includes(mode)).length),
    ];
    rows.push([title, ...counts.map(String)]);
  };
  for (const partition of PARTITIONS) {
    for (const kind of KINDS) {
      add(
        `${partition} ${kind}`,
        covered.filter(
          ({ operation }) => operation.partition === partition && operation.kind === kind,
        ),
      );
    }
  }
  add("all", covered);
  return rows
    .map(
      ([title = "", ...cells]) => title.padEnd(18) + cells.map((cell) => cell.padStart(8)).join(""),
    )
    .join("\n");
}
