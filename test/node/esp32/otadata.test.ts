/**
 * otadata over the fake of ESP-IDF: its entries are those of a chip byte for byte, and the boot
 * loader writes to it when a chip's does.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { esp32Fake } from "../../rig/boards/esp32fake.ts";
import { within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { developmentKey, packageOf, VERSION_1 } from "../../rig/workshop.ts";
import { otadata, VALID } from "./otadata.ts";

const LIMIT_MS = 300_000;
const SECTOR = 4096;
const ENTRY_BYTES = 32;
/** Entries 1 and 2, confirmed, as the boot loader of ESP-IDF 6.0 wrote and accepted them. */
const BLANK_LABEL = "ff".repeat(20);
const KNOWN = [`01000000${BLANK_LABEL}020000009a984347`, `02000000${BLANK_LABEL}020000007437f655`];

function entriesOf(bytes: Uint8Array): readonly string[] {
  return [0, 1].map((sector) =>
    Buffer.from(bytes.subarray(sector * SECTOR, sector * SECTOR + ENTRY_BYTES)).toString("hex"),
  );
}

/** What a board with this otadata has in it once it runs. */
async function afterStart(context: TestContext, before: Uint8Array): Promise<Uint8Array> {
  const directory = mkdtempSync(join(tmpdir(), "esp32-otadata-"));
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  esp32Fake.manufacture(directory, packageOf(esp32Fake, VERSION_1, 0), developmentKey());
  esp32Fake.provision(directory, {
    keys: [],
    objects: ["Main"],
    allowHttp: true,
    allowPrivate: true,
  });
  writeFileSync(join(directory, "otadata.flash"), before);
  const log = new EventLog("esp32-fake");
  const runs = new Promise<void>((resolve) => {
    log.view((event) => {
      if (event.kind === "serial" && event.line.includes(" runs from slot 0, reset")) resolve();
    });
  });
  const device = esp32Fake.start(directory, log);
  await within(LIMIT_MS, "the first line", runs);
  await device.kill();
  const bytes = new Uint8Array(2 * SECTOR).fill(0xff);
  bytes.set(readFileSync(join(directory, "otadata.flash")));
  return bytes;
}

test("entries are made as the chip makes them", () => {
  assert.deepEqual(
    entriesOf(
      otadata([
        [1, VALID],
        [2, VALID],
      ]),
    ),
    KNOWN,
  );
});

test("the first start of a blank board writes what a chip's boot loader does", async (context) => {
  const after = await afterStart(context, otadata([]));
  assert.deepEqual(entriesOf(after), [KNOWN[0], "ff".repeat(ENTRY_BYTES)]);
});

test("a torn entry stays: a chip's boot loader does not take it for blank", async (context) => {
  const torn = otadata([[1, VALID]]);
  torn.fill(0xff, 20, ENTRY_BYTES); // neither state nor CRC
  assert.deepEqual(entriesOf(await afterStart(context, torn)), entriesOf(torn));
});
