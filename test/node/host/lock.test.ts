/** A state directory has one process of the host board, through its resets, and none after it. */
import { deepStrictEqual, match, strictEqual } from "node:assert";
import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { build, cleanUp, Device, image, RUNNER } from "./device.ts";

/** A second process that is not refused runs on. */
const LIMIT_MS = 60_000;

before(build);
after(cleanUp);

/** Resolves once the device has printed that. */
function printed(process: ChildProcess, wanted: string): Promise<void> {
  return new Promise((resolve) => {
    let output = "";
    process.stdout?.on("data", (data: Buffer) => {
      output += data.toString();
      if (output.includes(wanted)) resolve();
    });
  });
}

test("a second process on a state directory is refused, also after resets", async () => {
  const device = new Device(image(1), undefined);
  device.script({
    "1.0.0 power": ["restart"],
    "1.0.0 restart": ["throw"],
    "1.0.0 panic": ["wait 600000"],
  });
  const first = device.start();
  try {
    await printed(first, "cause panic\n");
    const before = device.read("boot.flash");
    const { status, stderr } = spawnSync(RUNNER, ["--state", device.folder], {
      encoding: "utf8",
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    strictEqual(status, 3);
    match(
      stderr,
      new RegExp(`${device.folder}: process ${first.pid} runs a device on it: end that`),
    );
    deepStrictEqual(device.read("boot.flash"), before, "it has touched nothing");
  } finally {
    first.kill("SIGKILL");
    await once(first, "exit");
  }
  deepStrictEqual(device.run().lines, ["runs 1.0.0 slot 0 trial false cause power"]);
});
