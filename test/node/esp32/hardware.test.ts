/**
 * What bad hardware gets on hal/esp32, over the fake of ESP-IDF: a sentence at the start, before
 * anything is written.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { esp32Fake } from "../../rig/boards/esp32fake.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { ESP_HEADER_BYTES } from "../../rig/espimage.ts";
import { Rig, runningVersion } from "../../rig/rig.ts";
import { developmentKey, packageOf, VERSION_1 } from "../../rig/workshop.ts";
import { selectsOther } from "./otadata.ts";

const LIMIT_MS = 300_000;
const first = packageOf(esp32Fake, VERSION_1, 0);

/** A new device with hardware of that kind. */
function device(context: TestContext, hardware: string): string {
  const directory = mkdtempSync(join(tmpdir(), "esp32-hardware-"));
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  esp32Fake.manufacture(directory, first, developmentKey());
  esp32Fake.provision(directory, {
    keys: [],
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
    once: true,
  });
  writeFileSync(join(directory, "hardware"), hardware);
  return directory;
}

/**
 * Names of the partitions that are not as the factory left them: the first slot full, the others
 * erased. The boot loader's own first entry in otadata does not count.
 */
function written(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".flash") && name !== "otadata.flash")
    .filter((name) => {
      const bytes = readFileSync(join(directory, name));
      return name === "ota_0.flash"
        ? !bytes.equals(first.subarray(ESP_HEADER_BYTES))
        : bytes.some((byte) => byte !== 0xff);
    });
}

for (const [hardware, sentence] of [
  [
    "factory",
    "the running image is in no OTA slot: flash it to ota_0, with partitions.csv of hal/esp32",
  ],
  ["no-ota_1", "there is no second OTA slot in the partition table"],
  ["unequal", "the two OTA slots differ in size"],
  ["no-head", 'partition "head" is missing, or is not one erase block'],
  ["long-head", 'partition "head" is missing, or is not one erase block'],
  ["no-store", 'partition "store" is missing, or shorter than two erase blocks'],
  ["small-store", 'partition "store" is missing, or shorter than two erase blocks'],
  ["odd-store", 'partition "store": not a whole number of erase blocks'],
  ["unreadable-store", 'partition "store": the flash cannot be read'],
  ["unreadable-head", 'partition "head": the flash cannot be read'],
  ["unreadable-ota_1", 'partition "ota_1": the flash cannot be read'],
] as const) {
  test(`hardware that is ${hardware} is refused at the start`, async (context) => {
    const directory = device(context, hardware);
    const log = new EventLog("esp32-fake");
    const process = esp32Fake.start(directory, log);
    const said = new Promise<void>((resolve) => {
      log.view((event) => {
        if (event.kind === "warning") resolve();
      });
    });
    await within(LIMIT_MS, "the sentence", Promise.race([said, process.ended]));
    await process.kill();
    assert.ok(
      log.all("warning").some(({ text }) => text === `device: board: ${sentence}`),
      JSON.stringify(log.all("serial")),
    );
    assert.deepEqual(written(directory), []);
  });
}

test("a boot loader that cannot roll back is reported, and nothing is armed", async (context) => {
  const log = new EventLog("esp32-fake");
  const state = mkdtempSync(join(tmpdir(), "esp32-rollback-"));
  context.after(() => {
    rmSync(state, { recursive: true, force: true });
  });
  writeFileSync(join(state, "hardware"), "no-rollback");
  const rig = await Rig.open({
    board: esp32Fake,
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "none",
    state,
  });
  try {
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    assert.equal(outcome.ok, false);
    assert.equal(runningVersion(log), "2.0.0");
    assert.ok(
      log
        .all("warning")
        .some(({ text }) => text.includes("the boot loader in flash does not roll back")),
    );
  } finally {
    await rig.close();
  }
});

for (const [hardware, what] of [
  ["stuck-otadata", "otadata cannot be told of"],
  ["full-nvs", "NVS has no room to note"],
] as const) {
  test(`after a fall-back that ${what}, nothing is staged in its way`, async (context) => {
    const log = new EventLog("esp32-fake");
    const state = mkdtempSync(join(tmpdir(), "esp32-stuck-"));
    context.after(() => {
      rmSync(state, { recursive: true, force: true });
    });
    writeFileSync(join(state, "hardware"), hardware);
    writeFileSync(join(state, "otadata.flash"), selectsOther());
    const rig = await Rig.open({
      board: esp32Fake,
      log,
      scenario: "download-and-update",
      size: 0,
      auth: "none",
      state,
    });
    try {
      rig.start();
      const outcome = await rig.finished(LIMIT_MS);
      assert.equal(outcome.ok, false);
      assert.equal(runningVersion(log), "1.0.0");
      assert.ok(
        log
          .all("warning")
          .some(({ text }) => text.includes("otadata selects the slot that does not run")),
      );
      assert.ok(readFileSync(join(state, "ota_1.flash")).every((byte) => byte === 0xff));
    } finally {
      await rig.close();
    }
  });
}

for (const [hardware, what] of [
  ["encrypted", "16"],
  ["encrypted esp32", "32"],
] as const) {
  test(`a whole update with flash encryption, written ${what} bytes at a time`, async (context) => {
    const log = new EventLog("esp32-fake");
    const state = mkdtempSync(join(tmpdir(), "esp32-encrypted-"));
    context.after(() => {
      rmSync(state, { recursive: true, force: true });
    });
    writeFileSync(join(state, "hardware"), hardware);
    const rig = await Rig.open({
      board: esp32Fake,
      log,
      scenario: "replace",
      size: 0,
      auth: "none",
      state,
    });
    try {
      rig.start();
      const outcome = await rig.finished(LIMIT_MS);
      assert.ok(outcome.ok, outcome.text);
    } finally {
      await rig.close();
    }
  });
}

test("without a provisioned identity a board takes what xs-fumo build makes", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "esp32-identity-"));
  context.after(() => {
    rmSync(state, { recursive: true, force: true });
  });
  const rig = await Rig.open({
    board: {
      ...esp32Fake,
      provision: (directory, provision) => {
        writeFileSync(join(directory, "provision.json"), JSON.stringify(provision));
      },
    },
    log: new EventLog("esp32-fake"),
    scenario: "replace",
    size: 0,
    auth: "none",
    state,
  });
  try {
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    assert.ok(outcome.ok, outcome.text);
  } finally {
    await rig.close();
  }
});
