/**
 * `npm test`: everything, in the order in which a failure says most. Tidy, unit, golden and
 * simulation tests on Node, then the unit tests of src again on the XS engine, on Linux, there also
 * without optional parts, and on the bare-metal boards. Options:
 * `--node` or `--xs` for one of them; a word runs the files that have it.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { SMALL } from "../hal/xs/parts.ts";
import { RigError } from "./rig/exit.ts";
import { check, setUp, setUpOracles } from "./rig/setup.ts";
import { root } from "./root.ts";
import { BARE_IN_TURN, TURN } from "./turn.ts";

const FOLDERS = ["unit", "node", "golden", "simulation", "conformance"];

/** A test file that hangs is a failure with a name, long before the whole run is given up. */
const LIMIT_MS = 20 * 60_000;

/** Files at a time: most of them wait for a device, also where there are two processors only. */
const AT_ONCE = Math.max(2, availableParallelism() - 1);

/** So many runs have all unit tests on the XS of a bare-metal board. */
const XS_PARTS = 3;

function testFiles(word: string | undefined): string[] {
  const base = join(root, "build/js/test");
  return FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(join(base, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(base, folder, name),
      );
    } catch {
      return [];
    }
  })
    .filter((file) => file.endsWith(".test.js") && (word === undefined || file.includes(word)))
    .sort();
}

function run(title: string, words: readonly string[]): boolean {
  process.stdout.write(`\n== ${title}\n`);
  return (
    spawnSync(process.execPath, ["--enable-source-maps", ...words], { cwd: root, stdio: "inherit" })
      .status === 0
  );
}

const options = process.argv.slice(2);
const word = options.find((option) => !option.startsWith("--"));
const only = options.find((option) => option.startsWith("--"));
const failed: string[] = [];

try {
  for (const board of ["sim", "host"] as const)
    setUp(board, (text) => {
      process.stdout.write(`${text}\n`);
    });
  setUpOracles((text) => {
    process.stdout.write(`${text}\n`);
  });
  if (only !== "--xs") {
    const files = testFiles(word);
    if (files.length === 0) throw new RigError(2, `no test file has "${word ?? ""}" in its name`);
    const words = [
      "--test",
      "--test-reporter=spec",
      `--test-concurrency=${AT_ONCE}`,
      `--test-timeout=${LIMIT_MS}`,
      ...files,
    ];
    if (!run(`Node: ${files.length} files`, words)) failed.push("Node");
  }
  if (only !== "--node" && word === undefined) {
    if (!run("XS: the unit tests of src", ["build/js/test/xs.js"])) failed.push("XS");
    const small = `XS without ${SMALL.join(", ")}`;
    if (!run(`${small}: the unit tests of the rest`, ["build/js/test/xs.js", "--without", "small"]))
      failed.push(small);
    for (const board of BARE_IN_TURN) {
      const missing = check(board).some(({ present }) => !present) && process.env.CI === undefined;
      const title = `XS on board ${board}`;
      const part = `${(TURN % XS_PARTS) + 1}/${XS_PARTS}`;
      const words = ["build/js/test/xs.js", "--board", board, "--part", part];
      if (missing)
        process.stdout.write(`\n== ${title}: left out, without its toolchain (xs-fumo doctor)\n`);
      else if (!run(`${title}: the unit tests of src, part ${part}`, words)) failed.push(title);
    }
  }
} catch (error) {
  if (!(error instanceof RigError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ""}\n`);
  process.exit(error.code);
}
process.stdout.write(
  failed.length > 0 ? `\nFailed: ${failed.join(" and ")}.\n` : "\nAll tests passed.\n",
);
process.exitCode = failed.length > 0 ? 1 : 0;
