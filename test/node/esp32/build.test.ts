/**
 * `xs-fumo build --board esp32`: what the SDK has built, as a package that the chip's boot loader
 * can start.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ESP_HEADER_BYTES, espImage, espVersion } from "../../rig/espimage.ts";
import { Cli } from "../rig/cli.ts";

function file(
  context: TestContext,
  bytes: Uint8Array,
): { readonly app: string; readonly output: string } {
  const directory = mkdtempSync(join(tmpdir(), "esp32-build-"));
  const app = join(directory, "xs_esp32.bin");
  context.after(() => {
    rmSync(directory, { recursive: true });
  });
  writeFileSync(app, bytes);
  return { app, output: join(directory, "v2.img") };
}

const APP = espImage(Buffer.alloc(5000, 7), "2.0.0");

test("the payload is the application, and begins at the slot's first byte", async (context) => {
  const { app, output } = file(context, APP);
  const cli = new Cli([
    "build",
    "--board",
    "esp32",
    "--version",
    "2.0.0",
    "--app",
    app,
    "-o",
    output,
  ]);
  assert.equal(await cli.ended, 0, cli.errors);
  assert.match(cli.output, /behind a header of 4096 bytes, version 2\.0\.0/);
  const image = readFileSync(output);
  const payload = image.subarray(ESP_HEADER_BYTES, ESP_HEADER_BYTES + APP.length);
  assert.equal(image.readUInt16LE(8), ESP_HEADER_BYTES);
  assert.ok(payload.equals(APP));
  assert.equal(espVersion(payload), "2.0.0");
});

test("a product's package has the product's vendor and class", async (context) => {
  const { app, output } = file(context, APP);
  const vendor = "a1b2c3d4000040008000012345678910";
  const product = "5e5e5e5e000040008000012345678910";
  const build = new Cli([
    ...`build --board esp32 --version 2.0.0 --app ${app} -o ${output}`.split(" "),
    ...`--vendor ${vendor} --class ${product}`.split(" "),
  ]);
  assert.equal(await build.ended, 0, build.errors);
  const inspect = new Cli(["inspect", output]);
  assert.equal(await inspect.ended, 0, inspect.errors);
  assert.match(inspect.output, new RegExp(`vendor +${vendor}`));
  assert.match(inspect.output, new RegExp(`class +${product}`));
});

for (const [what, bytes, message] of [
  [
    "another version",
    espImage(Buffer.alloc(100), "1.9.0"),
    /says that it is version 1\.9\.0, not 2\.0\.0/,
  ],
  ["no application", Buffer.alloc(5000), /is no application image of ESP-IDF/],
] as const) {
  test(`what is wrong with the application is said: ${what}`, async (context) => {
    const { app, output } = file(context, bytes);
    const cli = new Cli([
      "build",
      "--board",
      "esp32",
      "--version",
      "2.0.0",
      "--app",
      app,
      "-o",
      output,
    ]);
    assert.equal(await cli.ended, 2);
    assert.match(cli.errors, message);
  });
}

test("without the application the command says where it comes from", async () => {
  const cli = new Cli(["build", "--board", "esp32", "--version", "2.0.0", "-o", "v2.img"]);
  assert.equal(await cli.ended, 2);
  assert.match(cli.errors, /wants --app FILE[^]*hal\/esp32\/README\.md/);
});
