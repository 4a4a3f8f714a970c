/**
 * Parts of the client that a product can do without. The rest knows a part by its doors: modules
 * that it imports. Without the part a stand-in is loaded in the place of each door, and what is
 * only behind the door is not in the firmware. The stand-in of `folder/name.ts` lies beside it, as
 * `folder/absentname.ts`, and has the same exports (test/node/parts.test.ts). src/PARTS.md says
 * what a device answers then.
 */
import { posix } from "node:path";

/** Part, then its doors, as paths from the top of the repository without extension. */
export const PARTS = {
  push: ["src/client/pushes", "hal/common/natives/datagram"],
  tnds: ["src/syncml/tnds", "src/syncml/ddfpage", "src/tree/subtree", "src/session/subtrees"],
  interaction: ["src/session/interaction", "src/user/scripted", "src/user/typed"],
} as const;

export type PartName = keyof typeof PARTS;

export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];

/** The parts that the smallest product that is tested does without. */
export const SMALL: readonly PartName[] = ["push", "tnds", "interaction"];

/** The module that stands in for a door. */
function standIn(door: string): string {
  return posix.join(posix.dirname(door), `absent${posix.basename(door)}`);
}

/** Modules whose stand-ins are loaded in a firmware without these parts. */
export function doorsOf(without: readonly PartName[]): readonly string[] {
  return without.flatMap((part): readonly string[] => PARTS[part]);
}

/** What is loaded in the place of which module in a firmware without these parts. */
export function standInsOf(without: readonly PartName[]): Readonly<Record<string, string>> {
  return Object.fromEntries(doorsOf(without).map((door) => [door, standIn(door)]));
}
