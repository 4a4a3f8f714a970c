/**
 * How an ESP32 starts, over the fake of ESP-IDF: what each cause of a reset counts as, what a start
 * that fails says, and how long the next one waits.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { esp32Fake } from "../../rig/boards/esp32fake.ts";
import type { DeviceProvision } from "../../rig/boards/board.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { ESP_HEADER_BYTES } from "../../rig/espimage.ts";
import { developmentKey, packageOf, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { ABORTED, NEW, otadata, VALID } from "./otadata.ts";

const LIMIT_MS = 300_000;
const first = packageOf(esp32Fake, VERSION_1, 0);
const second = packageOf(esp32Fake, VERSION_2, 0);
const QUIET: DeviceProvision = {
  keys: [],
  objects: ["Main"],
  allowHttp: true,
  allowPrivate: true,
};

function device(context: TestContext, provision: DeviceProvision = QUIET): string {
  const directory = mkdtempSync(join(tmpdir(), "esp32-starts-"));
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  esp32Fake.manufacture(directory, first, developmentKey());
  esp32Fake.provision(directory, provision);
  return directory;
}

/** Starts the device until `count` lines match, and returns them. */
async function lines(directory: string, pattern: RegExp, count: number): Promise<string[]> {
  const log = new EventLog("esp32-fake");
  const found: string[] = [];
  const enough = new Promise<void>((resolve) => {
    log.view((event) => {
      if (event.kind === "serial" && pattern.test(event.line)) found.push(event.line);
      if (found.length >= count) resolve();
    });
  });
  const process = esp32Fake.start(directory, log);
  await within(
    LIMIT_MS,
    `${count} lines like ${String(pattern)}`,
    Promise.race([enough, process.ended]),
  );
  await process.kill();
  assert.ok(
    found.length >= count,
    log
      .all("serial")
      .map(({ line }) => line)
      .join("\n"),
  );
  return found.slice(0, count);
}

/** esp_reset_reason_t, in its order. */
const REASONS = [
  ["UNKNOWN", "unknown"],
  ["POWERON", "power"],
  ["EXT", "power"],
  ["SW, without a note: XS has given up", "panic"],
  ["PANIC", "panic"],
  ["INT_WDT", "watchdog"],
  ["TASK_WDT", "watchdog"],
  ["WDT", "watchdog"],
  ["DEEPSLEEP", "restart"],
  ["BROWNOUT", "power"],
  ["SDIO", "power"],
  ["USB: a monitor was opened", "power"],
  ["JTAG", "power"],
  ["EFUSE", "power"],
  ["PWR_GLITCH", "power"],
  ["CPU_LOCKUP", "panic"],
] as const;

for (const [number, [reason, cause]] of REASONS.entries()) {
  test(`a reset by ${reason} counts as ${cause}`, async (context) => {
    const directory = device(context);
    writeFileSync(join(directory, "reason"), `${number}`);
    const [line = ""] = await lines(directory, /reset by/, 1);
    assert.ok(line.includes(`reset by ${cause}`), line);
  });
}

test("a rejected provisioning logs one line, and the starts wait ever longer", async (context) => {
  const directory = device(context, { ...QUIET, keys: ["no key"] });
  const said = await lines(directory, / E board: /, 16);
  const errors = said.filter((line) => line.includes("provision: keys[0]"));
  const waits = said.flatMap((line) => /this one waits (\d+) s/.exec(line)?.[1] ?? []);
  assert.deepEqual(waits, ["60", "120", "240", "480", "960", "1920", "3600", "3600"]);
  assert.equal(errors.length, 8);
});

test("the wait is over with the power", async (context) => {
  const directory = device(context, { ...QUIET, keys: ["no key"] });
  await lines(directory, /waits 240 s/, 1);
  const said = await lines(directory, / E board: /, 2);
  assert.match(said[0] ?? "", /provision: keys\[0\]/);
  assert.match(said[1] ?? "", /waits 60 s/);
});

test("a start that fails on trial rolls back at once, without a wait", async (context) => {
  const directory = device(context, { ...QUIET, keys: ["no key"] });
  const entries = [
    [1, VALID],
    [2, NEW],
  ] as const;
  writeFileSync(join(directory, "otadata.flash"), otadata(entries));
  writeFileSync(join(directory, "ota_1.flash"), second.subarray(ESP_HEADER_BYTES));
  const said = await lines(directory, / E board: /, 3);
  assert.match(said[0] ?? "", /provision: keys\[0\]/, "version 2, on trial");
  assert.match(said[1] ?? "", /provision: keys\[0\]/, "version 1, at once");
  assert.match(said[2] ?? "", /this one waits 120 s/, "version 1 again, after two bad ends");
  const state = readFileSync(join(directory, "otadata.flash")).readUInt32LE(4096 + 24);
  assert.equal(state, ABORTED);
});
