/** A board that another process has, of which nothing here is a child. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beganAt, type Holder, lock } from "../../../rig/bench/boardlock.ts";

export interface AnotherHolder {
  readonly pid: number;
  readonly command: string;
  /** Ends that process, and gives the board back. */
  end(): void;
}

/** Locks the board at that line for another process. */
export function anotherHolder(line: string): AnotherHolder {
  const other = spawn("sleep", ["600"], { stdio: "ignore" });
  const { pid = 0 } = other;
  const command = "xs-fumo test";
  lock("another", line);
  const file = join(tmpdir(), "xs-fumo-boards", encodeURIComponent(line));
  const holder = JSON.parse(readFileSync(file, "utf8")) as Holder;
  writeFileSync(file, JSON.stringify({ ...holder, pid, began: beganAt(pid), command }));
  return {
    pid,
    command,
    end: () => {
      other.kill();
      rmSync(file, { force: true });
    },
  };
}
