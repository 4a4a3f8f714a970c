/** The C and the TypeScript of hal/esp32 on the bench, over the fake of ESP-IDF (test/esp32). */
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_MODULES, buildBlob, runMake } from "../../../hal/xs/build.ts";
import { hex } from "../../../src/base/bytes.ts";
import { root } from "../../root.ts";
import { CLASS_ID, VENDOR_ID } from "../identity.ts";
import { buildImage } from "../image.ts";
import { onState, ProcessBench } from "./processbench.ts";

/** The header of a package fills the block before the slot (hal/esp32/README.md). */
const HEADER_BYTES = 4096;

/** Builds runner and agent. */
export function esp32Bench(print?: (line: string) => void): ProcessBench {
  const blob = join(root, "build/esp32/conformance.blob");
  runMake(["build/esp32/run"], "test/esp32/Makefile");
  buildBlob({
    entry: "test/conformance/program", modules: BASE_MODULES, out: blob, version: "conformance", positions: true,
    generated: { "hal/board": 'export { openBoard } from "../test/esp32/board.js";\n' },
  });
  const payload = readFileSync(blob), inner = espImage(payload, 2);
  const image = buildImage({
    payload: inner, version: { major: 2, minor: 0, revision: 0, build: 0 }, securityCounter: 1, headerSize: HEADER_BYTES,
    vendorId: VENDOR_ID, classId: CLASS_ID.host, key: generateKeyPairSync("ed25519").privateKey,
  });
  return new ProcessBench({
    program: onState(join(root, "build/esp32/run")), files: { "ota_0.flash": espImage(payload, 1) }, image,
    damages: [0, HEADER_BYTES, HEADER_BYTES + Math.floor(inner.length / 2), HEADER_BYTES + inner.length - 1],
    identity: { vendorId: hex(VENDOR_ID), classId: hex(CLASS_ID.host) },
  }, print);
}

/** An image of the chip's own format: header, one segment, checksum, SHA-256. The fake has the version at byte 8. */
function espImage(segment: Buffer, major: number): Buffer {
  const head = Buffer.alloc(32);
  head[0] = 0xe9;
  head[1] = 1;
  head[8] = major;
  head[23] = 1;
  head.writeUInt32LE(segment.length, 28);
  const body = Buffer.alloc((head.length + segment.length + 16) & ~15);
  head.copy(body);
  segment.copy(body, head.length);
  let sum = 0xef;
  for (const byte of segment) sum ^= byte;
  body[body.length - 1] = sum;
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}
