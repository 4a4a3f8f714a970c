/**
 * Where the portable and the native Ed25519 differ: on signatures that only the owner of the
 * private key can make.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { build, run } from "./program.ts";
import { outcomes } from "./programs/torsion.ts";

test("@noble/curves takes signatures with a part of small order", () => {
  assert.deepEqual(outcomes, [
    "R is the neutral point: true",
    "R has order 8: true",
    "the key has a part of order 8: true",
    "neither (RFC 8032 §7.1): true",
  ]);
});

test("libsodium, on the device, does not", () => {
  assert.equal(
    run(build("torsion")).stdout,
    "R is the neutral point: false\nR has order 8: false\n" +
      "the key has a part of order 8: false\nneither (RFC 8032 §7.1): true\n",
  );
});
