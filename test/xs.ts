/**
 * Runs the unit tests on XS: `node build/js/test/xs.js [--board name] [--part n/m]
 * [--without parts] [part of a path ...]`; with --part every mth test file, from the nth on; with
 * --without those that do not concern these parts, on a client that has none of them. Prints TAP;
 * the exit status tells.
 * Everything in test/unit that imports only src and test/check.ts goes
 * into one blob, with src/base in its native form: to Linux, or to a bare-metal board with more RAM
 * than it has, since each test keeps what it has made.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  BASE_MODULES,
  BuildError,
  JS,
  OUT,
  buildBlob,
  importsOf,
  modulesOf,
} from "../hal/xs/build.ts";
import { doorsOf, type PartName } from "../hal/xs/parts.ts";
import { corpusFile } from "./corpus/files.ts";
import { ROWS } from "./corpus/table.ts";
import { runBlob } from "./engine.ts";
import { ENGINE_NAMES, type EngineName } from "./rig/boards/boards.ts";
import { partsOption } from "./rig/options.ts";

/**
 * Slots of the stack of XS: what a board must give. A commit to the store from within a download
 * takes 670.
 */
const STACK = 1024;

/** Every mth test file from the nth on: n and m. */
type Share = readonly [first: number, step: number];
const WHOLE: Share = [1, 1];

/** Names of the test modules whose path has one of the parts; all without parts. */
function testModules(parts: readonly string[]): string[] {
  return readdirSync(join(JS, "test/unit"), { recursive: true, encoding: "utf8" })
    .filter(
      (path) =>
        path.endsWith(".test.js") &&
        (parts.length === 0 || parts.some((part) => path.includes(part))),
    )
    .map((path) => `test/unit/${path.slice(0, -3)}`)
    .sort();
}

/**
 * Tells whether a test concerns one of the parts: it imports a door, or what is only behind one.
 */
function concerns(name: string, without: readonly PartName[]): boolean {
  const left = modulesOf("src/main", without);
  const gone = new Set(modulesOf("src/main").filter((module) => !left.includes(module)));
  for (const door of doorsOf(without)) gone.add(door);
  const found = new Set([name]);
  for (const module of found) {
    if (gone.has(module)) return true;
    if (module.startsWith("test/")) for (const next of importsOf(module)) found.add(next);
  }
  return false;
}

/** The files of the corpus that tests on XS read, as a module: there is no file system. */
function corpusModule(): string {
  const names = ROWS.flatMap(({ file }) => (file === undefined ? [] : [file]));
  const contents = [...new Set(names)].map((name) => [
    name,
    Buffer.from(corpusFile(name)).toString("base64"),
  ]);
  return `import { fromBase64 } from "../../src/base/base64.js";
const FILES = new Map(${JSON.stringify(contents)});
export function corpusFile(name) {
  return fromBase64(FILES.get(name) ?? "") ?? new Uint8Array(0);
}
`;
}

/** Builds the tests as one blob: its path. Throws a BuildError. */
export function buildTests(
  parts: readonly string[],
  [first, step] = WHOLE,
  without: readonly PartName[] = [],
): string {
  const names = testModules(parts)
    .filter((_, index) => index % step === first - 1)
    .filter((name) => !concerns(name, without))
    .concat(without.map((part) => `test/xs/absent/${part}`));
  if (names.length === 0) throw new BuildError(`no unit tests in ${JS}\ntry: npx tsc -p .`);
  const out = join(OUT, "unit.blob");
  const left = JSON.stringify(without);
  const imports = names.map((name) => `import "./${name.slice("test/".length)}.js";\n`).join("");
  buildBlob({
    entry: "test/entry",
    out,
    version: "test",
    positions: true,
    modules: { ...BASE_MODULES, "test/check": "test/xs/check" },
    without,
    generated: {
      "test/entry": `${imports}import { run } from "./check.js";\nrun(${left});\n`,
      "test/corpus/files": corpusModule(),
    },
  });
  return out;
}

/** Runs the tests, and prints what they say: an exit status. */
function runTests(
  engine: EngineName,
  parts: readonly string[],
  share: Share,
  without: readonly PartName[],
): number {
  try {
    const { out, ok, how } = runBlob(engine, "unit", buildTests(parts, share, without), STACK);
    process.stdout.write(out);
    if (!ok) process.stderr.write(`the engine ${how}\n`);
    return ok && out.includes("\n# fail 0\n") ? 0 : 1;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

if (process.argv[1]?.endsWith("test/xs.js")) {
  const { values, positionals } = parseArgs({
    options: {
      board: { type: "string", default: "host" },
      part: { type: "string", default: "1/1" },
      without: { type: "string" },
    },
    allowPositionals: true,
  });
  const engine = ENGINE_NAMES.find((name) => name === values.board);
  const [first = 1, step = 1] = values.part.split("/").map(Number);
  if (engine === undefined) process.stderr.write(`a board is one of ${ENGINE_NAMES.join(", ")}\n`);
  const without = values.without === undefined ? [] : partsOption(values.without);
  process.exitCode =
    engine === undefined ? 2 : runTests(engine, positionals, [first, step], without);
}
