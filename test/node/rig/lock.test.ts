/** Two devices are never on one state directory, whatever the board. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { inUse, LOCKED, locked, refuseInUse } from "../../rig/lock.ts";
import { Cli } from "./cli.ts";

const LIMIT_MS = 300_000;
const LOOK_MS = 10;

const folder = mkdtempSync(join(tmpdir(), "lock-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A server that nobody listens at: the device tries again and again. */
function device(board: string, state: string, ...more: readonly string[]): Cli {
  const words = ["device", "--board", board, "--state", state, "--server"];
  return new Cli([...words, "http://127.0.0.1:9/dm", "--server-id", "rig", ...more]);
}

for (const board of ["sim", "host"]) {
  test(`${board}: a second device is refused and changes nothing; a kill frees it`, async () => {
    const state = join(folder, board);
    const first = device(board, state);
    try {
      await first.line("runs version 1.0.0", 1, LIMIT_MS);
      const provision = readFileSync(join(state, "provision.json"));
      const second = device(board, state, "--poll", "5");
      strictEqual(await second.ended, 3);
      const [, owner = ""] = /process (\d+) runs a device on/.exec(second.errors) ?? [];
      match(second.errors, new RegExp(`process \\d+ runs a device on ${state}\n.*end that device`));
      deepStrictEqual(readFileSync(join(state, "provision.json")), provision);
      process.kill(Number(owner), "SIGKILL");
    } finally {
      await first.stop();
    }
    const third = device(board, state, "--once");
    strictEqual(await third.ended, 5, third.errors);
  });
}

test("of two that start at once one runs; the program itself holds the lock", async () => {
  const [program, words] = locked(folder, "sleep", ["600"]);
  let first = spawn(program, words);
  try {
    for (let free = true; free; ) {
      try {
        refuseInUse(folder);
        await setTimeout(LOOK_MS);
        // A look takes the lock for a moment, and may have been in its way.
        if (first.exitCode !== null) first = spawn(program, words);
      } catch {
        free = false;
      }
    }
    const second = spawn(program, words);
    const [status] = (await once(second, "exit")) as [number];
    strictEqual(status, LOCKED);
    ok(inUse(folder).message.startsWith(`process ${first.pid} runs a device on ${folder}`));
  } finally {
    first.kill("SIGKILL");
    await once(first, "exit");
  }
  refuseInUse(folder);
});
