/**
 * manifest.json, as mcconfig reads it: every module of src and of the board is there, by name, and
 * preloaded.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileOf, readManifest, sourceModules } from "../manifest.ts";
import { root } from "../root.ts";

const manifest = readManifest();

/** What a platform builds: the common part and its own. */
function built(platform: string): {
  readonly modules: Readonly<Record<string, string>>;
  readonly preload: readonly string[];
} {
  const own = manifest.platforms[platform] ?? {};
  return {
    modules: { ...manifest.modules, ...own.modules },
    preload: [...(manifest.preload ?? []), ...(own.preload ?? [])],
  };
}

const platforms = Object.entries(manifest.platforms)
  .filter(([, part]) => part.error === undefined)
  .map(([name]) => name);

for (const platform of platforms) {
  const { modules, preload } = built(platform);

  test(`${platform}: every module of src is listed under its own name (npm run manifest lists it)`, () => {
    assert.deepEqual(
      sourceModules().filter((name) => !(name in modules)),
      [],
    );
  });

  test(`${platform}: base modules that have a native twin are the twin`, () => {
    for (const name of ["crc32", "sha256", "signature"])
      assert.equal(modules[`src/base/${name}`], `./hal/common/base/${name}`);
    for (const name of sourceModules()) assert.equal(modules[name], fileOf(name));
  });

  test(`${platform}: every module that is named is a file`, () => {
    const present = (path: string): boolean =>
      existsSync(join(root, `${path}.ts`)) || existsSync(join(root, `${path}.c`));
    assert.deepEqual(
      Object.values(modules).filter((path) => path.startsWith("./") && !present(path)),
      [],
    );
  });

  test(`${platform}: every native that its modules call is in a C file of its own`, () => {
    const text = (ending: string): string =>
      Object.values(modules)
        .map((path) => join(root, `${path}${ending}`))
        .filter((path) => existsSync(path))
        .map((path) => readFileSync(path, "utf8"))
        .join("\n");
    const defined = new Set([...text(".c").matchAll(/^void (xs_\w+)\(/gm)].map(([, name]) => name));
    const called = [...text(".ts").matchAll(/\b[nN]ative\("(xs_\w+)"\)/g)].map(([, name]) => name);
    assert.ok(called.length > 20);
    assert.deepEqual(
      called.filter((name) => !defined.has(name)),
      [],
    );
  });

  test(`${platform}: every module but the entry is preloaded, by name`, () => {
    const scripts = Object.keys(modules).filter(
      (name) => name !== "src/main" && existsSync(join(root, `${modules[name] ?? ""}.ts`)),
    );
    assert.deepEqual(
      scripts.filter((name) => !preload.includes(name)),
      [],
    );
    assert.deepEqual(
      preload.filter((name) => !(name in modules)),
      [],
    );
  });
}

test("esp32 also serves its kin, and what only ESP-IDF has stands there alone", () => {
  assert.deepEqual(
    platforms,
    ["lin", "esp32"],
    "mcconfig takes esp32 for esp32/esp32c3, unless that has an entry",
  );
  for (const platform of platforms) {
    const { dependency } = manifest.platforms[platform] ?? {};
    const has = Object.keys(built(platform).modules).some((name) => name.startsWith("hal/esp32/"));
    assert.equal(dependency !== undefined, platform === "esp32");
    assert.equal(has, platform === "esp32");
    for (const { name = "" } of dependency ?? [])
      assert.ok(!name.includes("/"), `${name}: the part before the slash is "namespace"`);
  }
});

/** A slot of XS on a chip of 32 bits. */
const SLOT_BYTES = 16;
/**
 * What an ESP32-C3 has left for XS: 301 KB are free when it starts, of which Wi-Fi wants some 60 KB
 * and a TLS connection some 45 KB.
 */
const MACHINE_BYTES_MAX = 190 * 1024;

test("esp32: what the machine gets at its start fits in one block, and in what the chip has", () => {
  const creation = { ...manifest.creation, ...manifest.platforms["esp32"]?.creation };
  const { chunk, heap, stack = 0, static: block } = creation;
  assert.ok(chunk && heap && stack > 0);
  const bytes = chunk.initial + (heap.initial + stack) * SLOT_BYTES;
  assert.ok(bytes < MACHINE_BYTES_MAX, `${bytes} bytes`);
  assert.ok(
    block === 0 || (block !== undefined && block >= bytes),
    `static ${block ?? "of the SDK's target"}: 0 takes the machine's memory from the heap, anything else has to hold ${bytes} bytes`,
  );
});

test("esp32: a panic restarts, the watchdogs and the rollback are on, and the log has a console", () => {
  const lines = readFileSync(join(root, "hal/esp32/sdkconfig.defaults"), "utf8").split("\n");
  for (const option of [
    "BOOTLOADER_APP_ROLLBACK_ENABLE",
    "BOOTLOADER_WDT_ENABLE",
    "ESP_INT_WDT",
    "ESP_TASK_WDT_PANIC",
    "ESP_SYSTEM_PANIC_PRINT_REBOOT",
    "ESP_CONSOLE_UART_DEFAULT",
    "ESP_BROWNOUT_DET",
  ])
    assert.ok(lines.includes(`CONFIG_${option}=y`), option);
});

test("esp32: xsbug's line has the speed of the console", () => {
  const lines = readFileSync(join(root, "hal/esp32/sdkconfig.defaults"), "utf8").split("\n");
  const speed = manifest.platforms["esp32"]?.build?.["DEBUGGER_SPEED"];
  assert.ok(lines.includes(`CONFIG_ESP_CONSOLE_UART_BAUDRATE=${speed ?? ""}`));
});

test("a platform that is not known is an error with a sentence", () => {
  assert.match(manifest.platforms["..."]?.error ?? "", /\w+ \w+/);
});
