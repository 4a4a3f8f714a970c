/**
 * The check of the boot selector, in C, on the images that the client's is fuzzed with, under the
 * address sanitizer: it boots nothing that nobody signed, and whatever the client takes it boots.
 */
import { ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../root.ts";
import { Inputs } from "../../unit/fuzz/inputs.ts";
import { IMAGES } from "../../unit/fuzz/images.ts";
import { ED25519_IMAGE, ED25519_KEY } from "../../unit/image/genuine.ts";

const INPUTS = 20_000;
const SEED = 1;
const GENUINE = Buffer.from(ED25519_IMAGE, "base64");
/** What the signature covers. */
const SIGNED_BYTES = 92;
/** Which of the client's keys it names: the selector has this one alone. */
const KEY_HASH = GENUINE.subarray(SIGNED_BYTES + 4 + 36 + 4, SIGNED_BYTES + 4 + 36 + 4 + 32);
const SOURCES = [
  "test/node/fuzz/bootimage.c",
  "hal/common/boot/image.c",
  "hal/common/boot/crypto.c",
];
const FLAGS = [
  "-O1",
  "-g",
  "-std=gnu11",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
];

function command(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  strictEqual(status, 0, `${program}: ${stderr}`);
  return stdout;
}

test(`${INPUTS} images to the boot selector`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bootimage-"));
  const program = join(folder, "bootimage");
  const file = join(folder, "images");
  try {
    command("cc", ...FLAGS, ...SOURCES, "-o", program, "-lmbedcrypto", "-lsodium");
    const source = new Inputs(IMAGES, SEED);
    const images = Array.from({ length: INPUTS }, (_, index) => source.input(index));
    const lengths = images.map((image) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(image.length);
      return length;
    });
    const parts = images.flatMap((image, index) => [lengths[index] ?? image, image]);
    writeFileSync(file, Buffer.concat([Buffer.from(ED25519_KEY, "base64"), ...parts]));
    const verdicts = command(program, file);
    strictEqual(verdicts.length, INPUTS);
    let booted = 0;
    images.forEach((image, index) => {
      const bytes = Buffer.from(image);
      const boots = verdicts[index] === "1";
      const genuine =
        bytes.subarray(0, SIGNED_BYTES).equals(GENUINE.subarray(0, SIGNED_BYTES)) &&
        bytes.includes(KEY_HASH);
      ok(!boots || genuine, `image ${index} boots, and nobody signed it`);
      if (genuine && IMAGES.check(image.slice()))
        ok(boots, `image ${index} is taken by the client, and does not boot`);
      if (boots) booted++;
    });
    ok(booted > 10 && booted < INPUTS / 2, `${booted} boot`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
