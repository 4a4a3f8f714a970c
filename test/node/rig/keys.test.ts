/** Private keys of a vendor as files. */
import { strictEqual, throws } from "node:assert";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { generateKey, readKey, spkiOf, writeKey } from "../../rig/keys.ts";

test("a private key is readable by its owner alone, and never overwritten", () => {
  const folder = mkdtempSync(join(tmpdir(), "keys-"));
  const path = join(folder, "vendor.pem");
  const mask = process.umask(0);
  try {
    const key = generateKey("ed25519");
    writeKey(path, key);
    strictEqual(statSync(path).mode & 0o777, 0o600);
    strictEqual(spkiOf(readKey(path)).toString("hex"), spkiOf(key).toString("hex"));
    throws(() => {
      writeKey(path, generateKey("p256"));
    }, /EEXIST/);
  } finally {
    process.umask(mask);
    rmSync(folder, { recursive: true });
  }
});
