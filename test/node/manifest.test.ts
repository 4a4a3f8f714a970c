/**
 * manifest.json, as mcconfig reads it: every module of src and of the board is there, by name, and
 * preloaded.
 */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative } from "node:path";
import { test, type TestContext } from "node:test";
import {
  APPLICATION,
  built as builtOf,
  type Built,
  fileOf,
  MANIFEST,
  type Manifest,
  manifestWithout,
  PREFIX,
  readManifest,
  SMALL_MANIFEST,
  sourceModules,
} from "../manifest.ts";
import { Cli } from "./rig/cli.ts";
import { root } from "../root.ts";
import { doorsOf, SMALL, standInsOf } from "../../hal/xs/parts.ts";
import { MESSAGE_BYTES_MAX } from "../../src/base/limits.ts";

const manifest = readManifest();
const CONFORMANCE = join(root, "test/conformance/manifest.json");

const MEMORY = join(root, "src/memory.json");
/** The SDK's default, with which the client's first answer overflows the stack. */
const SDK_STACK_SLOTS = 384;
const README = readFileSync(join(root, "README.md"), "utf8");

/** The code in README.md that begins so; the first of its language. */
function example(language: string): string {
  return new RegExp(`^\`\`\`${language}\n([^]+?)^\`\`\`$`, "m").exec(README)?.[1] ?? "";
}

/** Returns the manifest of README.md's application, with members of its own, outside the tree. */
function oem(context: TestContext, own: Manifest): string {
  const folder = mkdtempSync(join(tmpdir(), "oem-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  const { modules, include = [], ...rest } = JSON.parse(example("json")) as Manifest;
  assert.deepEqual(modules, { "*": "./main" });
  const manifest = {
    ...rest,
    ...own,
    modules: { main: "./main" },
    include: include.map((path) => path.replace("./node_modules/xs-fumo", relative(folder, root))),
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "main.ts"), example("ts"));
  return join(folder, "manifest.json");
}

/** What a platform builds of the application. */
function built(platform: string): Built {
  return builtOf(APPLICATION, platform);
}

const platforms = Object.entries(manifest.platforms ?? {})
  .filter(([, part]) => part.error === undefined)
  .map(([name]) => name);

/** Names of modules that a module imports, as the engine resolves them. */
function imports(name: string, file: string): string[] {
  const text = readFileSync(`${file}.ts`, "utf8");
  return [...text.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from "([^"]+)";$/gm)]
    .map(([, from = ""]) => from)
    .filter((from) => from.startsWith(".") || from.startsWith(PREFIX))
    .map((from) => posix.join(from.startsWith(".") ? posix.dirname(name) : "", from))
    .map((from) => from.replace(/\.ts$/, ""));
}

/** What is imported and not there, of every module with an import. */
function missing({ modules }: Built): string[] {
  return [...modules]
    .filter(([, file]) => existsSync(`${file}.ts`))
    .flatMap(([name, file]) =>
      imports(name, file)
        .filter((from) => !modules.has(from))
        .map((from) => `${name}: ${from}`),
    );
}

test("the included manifest brings modules, but no memory, entry, name or base", () => {
  for (const part of [manifest, ...Object.values(manifest.platforms ?? {})]) {
    assert.equal(part.creation, undefined);
    for (const name of part.include ?? []) assert.doesNotMatch(name, /manifest_base/);
  }
  const text = readFileSync(MANIFEST, "utf8");
  assert.doesNotMatch(text, /"(main|NAMESPACE|NAME)"/);
  for (const platform of platforms)
    for (const name of builtOf(MANIFEST, platform).modules.keys())
      assert.ok(name.startsWith(PREFIX) || name.startsWith("libsodium/"), name);
});

for (const platform of platforms) {
  const { modules, preload } = built(platform);

  test(`${platform}: each module of src has its own name (npm run manifest lists it)`, () => {
    assert.deepEqual(
      sourceModules().filter((name) => !modules.has(name)),
      [],
    );
  });

  test(`${platform}: base modules that have a native twin are the twin`, () => {
    for (const name of ["crc32", "sha256", "signature"])
      assert.equal(modules.get(`${PREFIX}src/base/${name}`), join(root, `hal/common/base/${name}`));
    for (const name of sourceModules()) assert.equal(modules.get(name), join(root, fileOf(name)));
  });

  test(`${platform}: every module that is named is a file`, () => {
    const present = (path: string): boolean => existsSync(`${path}.ts`) || existsSync(`${path}.c`);
    assert.deepEqual(
      [...modules.values()].filter((path) => !path.startsWith("$(") && !present(path)),
      [],
    );
  });

  test(`${platform}: every native that its modules call is in a C file of its own`, () => {
    const text = (ending: string): string =>
      [...modules.values()]
        .map((path) => `${path}${ending}`)
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
    const scripts = [...modules]
      .filter(([name, file]) => name !== `${PREFIX}src/main` && existsSync(`${file}.ts`))
      .map(([name]) => name);
    assert.deepEqual(
      scripts.filter((name) => !preload.includes(name)),
      [],
    );
    assert.deepEqual(
      preload.filter((name) => !modules.has(name)),
      [],
    );
  });
}

for (const platform of platforms) {
  for (const [what, path] of [
    ["the application", APPLICATION],
    ["the conformance agent", CONFORMANCE],
  ] as const) {
    test(`${platform}: ${what} has its entry, and every module that a module imports`, () => {
      const whole = builtOf(path, platform);
      assert.ok(whole.modules.has(whole.creation.main ?? ""), whole.creation.main);
      assert.deepEqual(missing(whole), []);
    });
  }

  test(`${platform}: README.md's application includes it, with main and memory`, (context) => {
    const whole = builtOf(oem(context, {}), platform);
    assert.deepEqual(whole.creation, builtOf(MEMORY, platform).creation);
    assert.ok((whole.creation.stack ?? 0) > SDK_STACK_SLOTS, `${whole.creation.stack}`);
    assert.deepEqual(missing(whole), []);
    assert.deepEqual(
      [...whole.modules.keys()].filter((name) => !name.includes("/")),
      ["main"],
    );
  });

  test(`${platform}: an application may give more memory than README.md's`, (context) => {
    const creation = { main: "main", stack: 7777 };
    const whole = builtOf(oem(context, { creation }), platform);
    assert.equal(whole.creation.stack, 7777);
    assert.equal(whole.creation.main, "main");
  });
}

for (const platform of platforms) {
  const whole = builtOf(MANIFEST, platform);
  const small = builtOf(SMALL_MANIFEST, platform);

  test(`${platform}: src/small.json has stand-ins, and all that its modules import`, () => {
    assert.deepEqual(missing(small), []);
    for (const [door, file] of Object.entries(standInsOf(SMALL)))
      assert.equal(small.modules.get(`${PREFIX}${door}`), join(root, file));
    const doors = doorsOf(SMALL).map((door) => `${PREFIX}${door}`);
    for (const [name, file] of small.modules)
      if (!doors.includes(name)) assert.equal(file, whole.modules.get(name), name);
    assert.deepEqual(
      small.preload,
      whole.preload.filter((name) => small.modules.has(name)),
    );
  });

  test(`${platform}: README.md's application includes src/small.json in its place`, (context) => {
    const path = oem(context, {});
    const { include = [], ...rest } = readManifest(path);
    const small = include.map((name) =>
      name.startsWith("$(") || name.endsWith("/memory.json") ? name : SMALL_MANIFEST,
    );
    writeFileSync(path, JSON.stringify({ ...rest, include: small }));
    const application = builtOf(path, platform);
    assert.ok(!application.modules.has(`${PREFIX}src/push/cp`));
    assert.ok(application.modules.has(`${PREFIX}src/client/client`));
    assert.deepEqual(missing(application), []);
  });
}

test("src/small.json is manifest.json without parts (npm run manifest)", () => {
  assert.deepEqual(readManifest(SMALL_MANIFEST), manifestWithout(SMALL, dirname(SMALL_MANIFEST)));
});

test("xs-fumo manifest writes one that an application can include", async (context) => {
  const path = join(dirname(oem(context, {})), "parts.json");
  const cli = new Cli(["manifest", "--without", "tnds,push", "-o", path]);
  assert.equal(await cli.ended, 0, cli.errors);
  for (const platform of platforms) {
    const own = builtOf(path, platform);
    assert.deepEqual(missing(own), []);
    assert.ok(!own.modules.has(`${PREFIX}src/push/cp`));
    assert.equal(own.modules.get(`${PREFIX}src/user/typed`), join(root, "src/user/typed"));
  }
});

for (const words of [
  ["manifest", "--without", "tnds,nothing", "-o", "x.json"],
  ["build", "--board", "qemu", "--version", "1.0.0", "--without", "tnds,tnds", "-o", "x.img"],
  ["build", "--board", "sim", "--version", "1.0.0", "--without", "tnds", "-o", "x.img"],
  ["build", "--board", "esp32", "--version", "1.0.0", "--without", "small", "-o", "x.img"],
])
  test(`wrong usage: xs-fumo ${words.join(" ")}`, async () => {
    const cli = new Cli(words);
    assert.equal(await cli.ended, 2, cli.output);
    assert.match(cli.errors, /push, tnds, interaction|--without is for boards/);
  });

test("a manifest without no part is manifest.json", () => {
  assert.deepEqual(manifestWithout([], root), readManifest());
});

test("a module that is imported and not listed is found", () => {
  const whole = builtOf(APPLICATION, "lin");
  const modules = new Map(whole.modules);
  modules.delete(`${PREFIX}src/base/backoff`);
  assert.notDeepEqual(missing({ ...whole, modules }), []);
});

test("esp32 also serves its kin, and what only ESP-IDF has stands there alone", () => {
  assert.deepEqual(
    platforms,
    ["lin", "esp32"],
    "mcconfig takes esp32 for esp32/esp32c3, unless that has an entry",
  );
  for (const platform of platforms) {
    const { dependency } = manifest.platforms?.[platform] ?? {};
    const has = [...built(platform).modules.keys()].some((name) =>
      name.startsWith(`${PREFIX}hal/esp32/`),
    );
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

/** Chunks that the client needs besides two buffers of a message, at the peak of an update. */
const OTHER_CHUNK_BYTES = 38_000;

test("the memory to include has room for two messages of MESSAGE_BYTES_MAX", () => {
  for (const platform of platforms) {
    const { chunk } = builtOf(MEMORY, platform).creation;
    assert.ok((chunk?.initial ?? 0) >= 2 * MESSAGE_BYTES_MAX + OTHER_CHUNK_BYTES, platform);
  }
});

test("esp32: the machine's first memory fits in one block, and in the chip", () => {
  const { chunk, heap, stack = 0, static: block } = built("esp32").creation;
  assert.ok(chunk && heap && stack > 0);
  const bytes = chunk.initial + (heap.initial + stack) * SLOT_BYTES;
  assert.ok(bytes < MACHINE_BYTES_MAX, `${bytes} bytes`);
  assert.ok(
    block === 0 || (block !== undefined && block >= bytes),
    `static ${block ?? "of the SDK's target"}: 0 takes the machine's memory from the heap, ` +
      `anything else has to hold ${bytes} bytes`,
  );
});

test("esp32: panics restart; watchdogs and rollback are on; the log has a console", () => {
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
  const speed = manifest.platforms?.["esp32"]?.build?.["DEBUGGER_SPEED"];
  assert.ok(lines.includes(`CONFIG_ESP_CONSOLE_UART_BAUDRATE=${speed ?? ""}`));
});

test("a platform that is not known is an error with a sentence", () => {
  assert.match(manifest.platforms?.["..."]?.error ?? "", /\w+ \w+/);
});
