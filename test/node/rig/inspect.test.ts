/** `xs-fumo inspect` of packages that are signed in another way than devices take. */
import { ok, strictEqual } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { buildImage } from "../../rig/image.ts";
import { generateKey } from "../../rig/keys.ts";
import { Cli } from "./cli.ts";

const LIMIT_MS = 60_000;
const AREA_BYTES = 4 + 36 + 36 + 68;

/** A record of this type and length in the place of the signature. */
function signedWith(type: number, length: number): Buffer {
  const image = buildImage({
    payload: Buffer.from("firmware"),
    version: { major: 2, minor: 0, revision: 0, build: 0 },
    key: generateKey("ed25519"),
  });
  const record = Buffer.alloc(4 + length);
  record.writeUInt16LE(type);
  record.writeUInt16LE(length, 2);
  const result = Buffer.concat([image.subarray(0, image.length - 68), record]);
  result.writeUInt16LE(AREA_BYTES - 68 + record.length, image.length - AREA_BYTES + 2);
  return result;
}

test("inspect names the record that makes a package not ours", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inspect-"));
  try {
    for (const [type, length, name] of [
      [0x20, 256, "signature RSA-2048 (0x20)"],
      [0xa3, 5, "record that is not signed (0xa3)"],
    ] as const) {
      const path = join(folder, "package.img");
      writeFileSync(path, signedWith(type, length));
      const cli = new Cli(["inspect", path]);
      strictEqual(await cli.until(cli.ended, LIMIT_MS), 0);
      ok(cli.output.includes(`not ours          ${name}: devices refuse the package`), cli.output);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
