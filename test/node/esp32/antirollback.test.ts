/**
 * ESP-IDF's anti-rollback under hal/esp32, over the fake of ESP-IDF: fuses hold the least secure
 * version that boots. A trial burns none; a confirmation does.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Version } from "../../../src/image/version.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { esp32Fake } from "../../rig/boards/esp32fake.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { ESP_HEADER_BYTES, espSegment } from "../../rig/espimage.ts";
import { Rig, runningVersion } from "../../rig/rig.ts";
import type { Outcome } from "../../rig/server/campaign.ts";
import { developmentKey, packageOf, VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { NEW, otadata, VALID } from "./otadata.ts";

const LIMIT_MS = 300_000;
const SEGMENT_AT = 24;
const SEGMENT_HEADER_BYTES = 8;
const SECURE_VERSION_AT = 4;

/** The same image with that secure version in its description. */
function secured(image: Buffer, secureVersion: number): Buffer {
  const start = SEGMENT_AT + SEGMENT_HEADER_BYTES;
  const segment = Buffer.from(
    image.subarray(start, start + image.readUInt32LE(SEGMENT_AT + SEGMENT_HEADER_BYTES - 4)),
  );
  segment.writeUInt32LE(secureVersion, SECURE_VERSION_AT);
  return espSegment(segment, 0);
}

/** Version 1 has secure version 1 here, and version 2 has `second`. */
function boardWith(second: number): RigBoard {
  return {
    ...esp32Fake,
    firmware: (version: Version, sizeMin) =>
      secured(esp32Fake.firmware(version, sizeMin), version.major === 1 ? 1 : second),
  };
}

function newState(context: TestContext): string {
  const state = mkdtempSync(join(tmpdir(), "esp32-fuses-"));
  context.after(() => {
    rmSync(state, { recursive: true, force: true });
  });
  writeFileSync(join(state, "hardware"), "anti-rollback");
  return state;
}

/** Offers version 2 to a board that runs version 1. */
async function offered(
  state: string,
  second: number,
): Promise<{ readonly outcome: Outcome; readonly log: EventLog }> {
  const log = new EventLog("esp32-fake");
  const rig = await Rig.open({
    board: boardWith(second),
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "none",
    state,
    mayCrash: true,
  });
  try {
    rig.start();
    return { outcome: await rig.finished(LIMIT_MS), log };
  } finally {
    await rig.close();
  }
}

/** Starts the board until it says what runs. */
async function runs(state: string): Promise<string> {
  const log = new EventLog("esp32-fake");
  const said = new Promise<string>((resolve) => {
    log.view((event) => {
      if (event.kind === "serial" && event.line.includes(" runs from slot ")) resolve(event.line);
    });
  });
  const device = esp32Fake.start(state, log);
  const line = await within(LIMIT_MS, "the first line", said);
  await device.kill();
  return line;
}

function fuses(state: string): number {
  const path = join(state, "fuses");
  return existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
}

test("the first start burns the first image's counter, a confirmation its own", async (context) => {
  const state = newState(context);
  const { outcome, log } = await offered(state, 2);
  assert.ok(outcome.ok, outcome.text);
  assert.equal(runningVersion(log), "2.0.0");
  assert.equal(fuses(state), 2);
});

test("a trial burns nothing, so the image before it boots again", async (context) => {
  const state = newState(context);
  const board = boardWith(2);
  board.manufacture(state, packageOf(board, VERSION_1, 0), developmentKey());
  board.provision(state, { keys: [], objects: ["Main"], allowHttp: true, allowPrivate: true });
  assert.match(await runs(state), /version 1\.0\.0 runs from slot 0, reset/);
  assert.equal(fuses(state), 1);
  writeFileSync(
    join(state, "ota_1.flash"),
    packageOf(board, VERSION_2, 0).subarray(ESP_HEADER_BYTES),
  );
  writeFileSync(
    join(state, "otadata.flash"),
    otadata([
      [1, VALID],
      [2, NEW],
    ]),
  );
  assert.match(await runs(state), /version 2\.0\.0 runs from slot 1, on trial/);
  assert.equal(fuses(state), 1);
  assert.match(await runs(state), /version 1\.0\.0 runs from slot 0, reset/);
});

test("an image below the fuses is erased and reported as failed", async (context) => {
  const state = newState(context);
  const { outcome, log } = await offered(state, 0);
  assert.equal(outcome.ok, false);
  assert.equal(runningVersion(log), "1.0.0");
  assert.equal(fuses(state), 1);
  assert.ok(readFileSync(join(state, "ota_1.flash")).every((byte) => byte === 0xff));
});
