/**
 * Runs the unit tests on XS: `node build/js/test/xs.js [--board name] [--part n/m] [part of a path
 * ...]`; with --part every mth test file, from the nth on. Prints
 * TAP; the exit status tells. Everything in test/unit that imports only src and test/check.ts goes
 * into one blob, with src/base in its native form: to Linux, or to a bare-metal board with more RAM
 * than it has, since each test keeps what it has made.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BASE_MODULES, BuildError, JS, OUT, buildBlob } from "../hal/xs/build.ts";
import { corpusFile } from "./corpus/files.ts";
import { ROWS } from "./corpus/table.ts";
import { runBlob } from "./engine.ts";
import { ENGINE_NAMES, type EngineName } from "./rig/boards/boards.ts";

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
export function buildTests(parts: readonly string[], [first, step] = WHOLE): string {
  const names = testModules(parts).filter((_, index) => index % step === first - 1);
  if (names.length === 0) throw new BuildError(`no unit tests in ${JS}\ntry: npx tsc -p .`);
  const out = join(OUT, "unit.blob");
  const imports = names.map((name) => `import "./${name.slice("test/".length)}.js";\n`).join("");
  buildBlob({
    entry: "test/entry",
    out,
    version: "test",
    positions: true,
    modules: { ...BASE_MODULES, "test/check": "test/xs/check" },
    generated: {
      "test/entry": `${imports}import { run } from "./check.js";\nrun();\n`,
      "test/corpus/files": corpusModule(),
    },
  });
  return out;
}

/** Runs the tests, and prints what they say: an exit status. */
function runTests(engine: EngineName, parts: readonly string[], share: Share): number {
  try {
    const { out, ok, how } = runBlob(engine, "unit", buildTests(parts, share), STACK);
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
    },
    allowPositionals: true,
  });
  const engine = ENGINE_NAMES.find((name) => name === values.board);
  const [first = 1, step = 1] = values.part.split("/").map(Number);
  if (engine === undefined) process.stderr.write(`a board is one of ${ENGINE_NAMES.join(", ")}\n`);
  process.exitCode = engine === undefined ? 2 : runTests(engine, positionals, [first, step]);
}
