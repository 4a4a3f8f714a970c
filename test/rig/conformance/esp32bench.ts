/** The C and the TypeScript of hal/esp32 on the bench, over the fake of ESP-IDF (test/esp32). */
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { root } from "../../root.ts";
import { ESP32_BOARD, ESP32_RUNNER } from "../boards/esp32fake.ts";
import { ESP_HEADER_BYTES, espImage } from "../espimage.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { onState, ProcessBench } from "./processbench.ts";

/** Builds runner and agent. */
export function esp32Bench(print?: (line: string) => void): ProcessBench {
  const blob = join(root, "build/esp32/conformance.blob");
  runMake(["build/esp32/run"], "test/esp32/Makefile");
  const payload = buildBlob({
    entry: "test/conformance/program",
    modules: BASE_MODULES,
    out: blob,
    version: "conformance",
    positions: true,
    generated: ESP32_BOARD,
  });
  const inner = espImage(payload, "2.0.0");
  const image = buildImage({
    payload: inner,
    version: { major: 2, minor: 0, revision: 0, build: 0 },
    securityCounter: 1,
    headerSize: ESP_HEADER_BYTES,
    vendorId: VENDOR_ID,
    classId: CLASS_ID.esp32,
    key: generateKeyPairSync("ed25519").privateKey,
  });
  return new ProcessBench(
    {
      program: onState(ESP32_RUNNER),
      files: { "ota_0.flash": espImage(payload, "1.0.0") },
      image,
      damages: [
        0,
        ESP_HEADER_BYTES,
        ESP_HEADER_BYTES + Math.floor(inner.length / 2),
        ESP_HEADER_BYTES + inner.length - 1,
      ],
      checksSignature: false,
      identity: { vendorId: hex(VENDOR_ID), classId: hex(CLASS_ID.esp32) },
    },
    print,
  );
}
