/**
 * After a fall-back of the boot loader an ESP32 selects the slot that runs, over the fake of
 * ESP-IDF. Power fails in each flash operation of that, whichever slot it is; started again, the
 * board selects it all the same, and can stage an update.
 */
import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ESP32_RUNNER, esp32Fake } from "../../rig/boards/esp32fake.ts";
import { DeviceProcess, within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { developmentKey, packageOf, VERSION_1 } from "../../rig/workshop.ts";
import { NEW, otadata, VALID } from "./otadata.ts";

const LIMIT_MS = 300_000;
const MODES = ["before", "torn", "after"] as const;
/** More than a start takes until its first line: those past the last cut nothing. */
const OPERATIONS = 11;
const first = packageOf(esp32Fake, VERSION_1, 0);

/** The image of the other slot was armed, and cannot be booted. */
const ARMED = {
  0: otadata([
    [1, VALID],
    [2, NEW],
  ]),
  1: otadata([
    [2, VALID],
    [3, NEW],
  ]),
} as const;

/** Starts the device until it says what runs; undefined when the power fails before. */
async function start(directory: string, words: readonly string[]): Promise<string | undefined> {
  const log = new EventLog("esp32-fake");
  const runs = new Promise<string>((resolve) => {
    log.view((event) => {
      if (event.kind === "serial" && event.line.includes(" runs from slot ")) resolve(event.line);
    });
  });
  const device = new DeviceProcess(ESP32_RUNNER, ["--state", directory, ...words], log);
  const line = await within(
    LIMIT_MS,
    "the first line",
    Promise.race([runs, device.ended.then(() => undefined)]),
  );
  await device.kill();
  const said = log.all("serial").map((event) => event.line);
  assert.ok(!said.some((text) => text.includes("nothing is staged")), said.join("\n"));
  return line;
}

for (const slot of [0, 1] as const) {
  test(`slot ${slot} runs, the armed image is bad: power fails in each recovery step`, async () => {
    let cuts = 0;
    for (let operation = 1; operation <= OPERATIONS; operation++) {
      for (const mode of MODES) {
        const directory = mkdtempSync(join(tmpdir(), "esp32-recovery-"));
        try {
          esp32Fake.manufacture(directory, first, developmentKey());
          if (slot === 1)
            renameSync(join(directory, "ota_0.flash"), join(directory, "ota_1.flash"));
          writeFileSync(join(directory, "otadata.flash"), ARMED[slot]);
          esp32Fake.provision(directory, {
            keys: [],
            objects: ["Main"],
            allowHttp: true,
            allowPrivate: true,
          });
          const cut = ["--cut", `${operation}`, "--cut-mode", mode];
          if ((await start(directory, cut)) === undefined) cuts++;
          for (const again of ["after the cut", "once more"]) {
            const line = (await start(directory, [])) ?? "nothing runs";
            assert.match(
              line,
              new RegExp(`runs from slot ${slot}, reset`),
              `${mode} ${operation}: ${again}`,
            );
          }
        } finally {
          rmSync(directory, { recursive: true, force: true });
        }
      }
    }
    assert.ok(cuts >= 18, `${cuts} cuts`);
  });
}
