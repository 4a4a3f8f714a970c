/** What a device that is off keeps, whichever board it is: the files of its directory. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Contents by path below the directory. */
export type Snapshot = ReadonlyMap<string, Buffer>;

export function takeSnapshot(directory: string): Snapshot {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(directory, name))]));
}

/** Makes the device what it was; what came since is removed. */
export function restoreSnapshot(directory: string, snapshot: Snapshot): void {
  for (const name of takeSnapshot(directory).keys())
    if (!snapshot.has(name)) rmSync(join(directory, name));
  for (const [name, bytes] of snapshot) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), bytes);
  }
}
