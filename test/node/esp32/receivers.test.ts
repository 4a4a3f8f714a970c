/** Natives of hal/esp32 look at their receivers, over the fake of ESP-IDF. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { ESP32_RUNNER } from "../../rig/boards/esp32fake.ts";
import { espImage } from "../../rig/espimage.ts";

const LIMIT_MS = 120_000;

test("natives of classes refuse every receiver but an object of their class", async () => {
  const folder = mkdtempSync(join(tmpdir(), "esp32-receivers-"));
  try {
    runMake(["build/esp32/run"], "test/esp32/Makefile");
    const payload = buildBlob({
      entry: "test/node/natives/esp32",
      modules: BASE_MODULES,
      out: join(folder, "program.blob"),
      version: "receivers",
      positions: true,
    });
    writeFileSync(join(folder, "ota_0.flash"), espImage(payload, "1.0.0"));
    writeFileSync(join(folder, "provision.json"), "{}");
    const child = spawn(ESP32_RUNNER, ["--state", folder], {
      stdio: ["ignore", "pipe", "inherit"],
      // A board that fails starts again for ever.
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let told = "";
    await new Promise((resolve) => {
      child.stdout.on("data", (bytes: Buffer) => {
        told += bytes.toString();
        if (/receivers: .*\n/.test(told)) child.kill("SIGKILL");
      });
      child.on("close", resolve);
    });
    assert.equal(/receivers: (.*)\n/.exec(told)?.[1], "all refused", told);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
