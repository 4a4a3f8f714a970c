/**
 * The C of the ESP32 board, as mcconfig compiles it for a RISC-V chip: the SDK's flags and folders,
 * those of manifest.json, and headers that have what ESP-IDF's have and lack what they lack
 * (test/esp32/idf). Nothing is linked.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readManifest } from "../../manifest.ts";
import { root } from "../../root.ts";

const COMPILER = "riscv64-unknown-elf-gcc";
const IDF = join(root, "test/esp32/idf");
const XS = join(root, "node_modules/@moddable/xs/moddable/xs");
const installed = spawnSync(COMPILER, ["--version"]).status === 0;

/** What mcconfig of SDK 8.2 compiles every file with, for the ESP32-C3. */
const SDK_FLAGS = [
  ..."-c -Os -g -Wno-unused-variable -Wpointer-arith -fno-inline-functions -nostdlib".split(" "),
  ..."-falign-functions=4 -fdata-sections -ffunction-sections -fno-jump-tables".split(" "),
  ..."-fstrict-volatile-bitfields -DWITH_POSIX -DHAVE_CONFIG_H -DBOOTLOADER_BUILD=1".split(" "),
  ..."-DESP_PLATFORM -march=rv32imc -Wno-implicit-function-declaration -std=gnu17".split(" "),
  ..."-D__ets__ -U__STRICT_ANSI__ -DESP32=4 -DmxUseDefaultSharedChunks=1".split(" "),
];
/** What this project asks for besides. */
const STRICT = ["-Wall", "-Wextra", "-Werror", "-Werror=implicit-function-declaration"];
/** The headers of XS, and a libc that is no glibc. */
const ENGINE = [
  "-mabi=ilp32",
  "-misa-spec=2.2",
  "--specs=picolibc.specs",
  `-I${join(root, "hal/xs/engine")}`,
  ...["includes", "platforms", "sources"].flatMap((name) => ["-isystem", join(XS, name)]),
  "-DINCLUDE_XSPLATFORM",
  '-DXSPLATFORM="platform.h"',
  "-DmxRun=1",
  "-DmxBoundsCheck=1",
];

const scratch = mkdtempSync(join(tmpdir(), "esp32-compile-"));
after(() => {
  rmSync(scratch, { recursive: true });
});

const manifest = readManifest();
const esp32 = manifest.platforms?.["esp32"];
assert.ok(esp32);

/** libsodium's headers alone, since those of this computer's libc lie beside them. */
function sodium(): string {
  const folder = join(scratch, "libsodium");
  if (!existsSync(folder)) {
    mkdirSync(join(folder, "include"), { recursive: true });
    symlinkSync("/usr/include/sodium", join(folder, "include/sodium"));
  }
  return folder;
}

/** The words of C_INCLUDES, as the shell that make starts sees them. */
const ownFlags = (esp32.build?.["C_INCLUDES"] ?? "")
  .split("\t")
  .map((word) =>
    word.replaceAll("$(IDF_PATH)", IDF).replaceAll("$(LIBSODIUM)", sodium()).replaceAll("'", ""),
  );

const sdkFolders = readFileSync(join(IDF, "includes.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => `-I${join(IDF, line)}`);

/**
 * What the SDK's builds add, and how thoroughly it is compiled: the two others for their errors.
 */
const BUILDS = {
  release: [],
  debug: ["-DmxDebug=1", "-DMODINSTRUMENTATION=1", "-DmxInstrument=1", "-fsyntax-only"],
  instrumented: ["-DMODINSTRUMENTATION=1", "-DmxInstrument=1", "-fsyntax-only"],
} as const;

function compile(
  file: string,
  own: readonly string[],
  build: keyof typeof BUILDS = "release",
): string {
  const { status, stderr } = spawnSync(
    COMPILER,
    [
      ...own,
      ...sdkFolders,
      `-I${join(IDF, "build/config")}`,
      ...SDK_FLAGS,
      ...BUILDS[build],
      ...STRICT,
      ...ENGINE,
      join(root, file),
      "-o",
      join(scratch, "object.o"),
    ],
    { encoding: "utf8" },
  );
  return status === 0 ? "" : stderr;
}

/** The C files of the board that are this project's. */
const files = Object.values({ ...manifest.modules, ...esp32.modules })
  .filter((path) => path.startsWith("./"))
  .map((path) => `${path.slice(2)}.c`)
  .filter((path) => existsSync(join(root, path)))
  .sort();

test("the board has the C files that are expected", () => {
  for (const name of ["hal/esp32/slots.c", "hal/esp32/lookup.c", "hal/common/net/tls.c"])
    assert.ok(files.includes(name), name);
  assert.ok(files.length > 15, files.join(" "));
});

for (const file of files) {
  test(`${file} compiles for a RISC-V chip in each build, warnings as errors`, {
    skip: !installed,
  }, () => {
    for (const build of ["release", "debug", "instrumented"] as const)
      assert.equal(compile(file, ownFlags, build), "", build);
  });
}

for (const [what, file, without, message] of [
  ["lwIP's folder of ESP-IDF", "hal/common/bsd/tcp.c", "lwip/include", /implicit declaration/],
  ["app_update", "hal/esp32/slots.c", "app_update/include", /esp_ota_ops\.h/],
  ["nvs_flash", "hal/esp32/natives.c", "nvs_flash/include", /nvs\.h/],
  ["Mbed TLS's cryptography", "hal/common/base/sha256.c", "tf-psa-crypto/include", /md\.h/],
  ["ESP-IDF's configuration of TLS", "hal/common/net/tls.c", "MBEDTLS_CONFIG_FILE", /other sizes/],
] as const) {
  test(`without ${what} in the manifest it does not compile`, { skip: !installed }, () => {
    const fewer = ownFlags.filter((word) => !word.includes(without));
    assert.ok(fewer.length < ownFlags.length);
    assert.match(compile(file, fewer), message);
  });
}

test("one word of C_INCLUDES holds no blank: mcconfig would make one word of two", () => {
  for (const word of (esp32.build?.["C_INCLUDES"] ?? "").split("\t"))
    assert.doesNotMatch(word, / /);
});
