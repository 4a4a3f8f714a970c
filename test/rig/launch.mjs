#!/usr/bin/env node
/**
 * Starts the command `xs-fumo`. In a clone, whose command is TypeScript, it compiles first what was
 * never compiled or has changed since; an installed package brings the compiled command with it.
 * Plain JavaScript, so that it runs before anything else does.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NO_TOOL = 3;
const [NODE_MAJOR, NODE_MINOR] = [20, 11];

const root = fileURLToPath(new URL("../../", import.meta.url));
const command = join(root, "build/js/test/rig/cli.js");

function fail(problem, hint) {
  process.stderr.write(`xs-fumo: ${problem}\n  ${hint}\n`);
  process.exit(NO_TOOL);
}

/** When a source was changed last, in ms since the epoch. */
function changed() {
  const files = ["src", "hal", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(root, folder, name)),
  );
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

/** Compiles when there is something to compile. Ends the process when that cannot be done. */
function compile() {
  if (!existsSync(join(root, "tsconfig.json"))) return;
  if (existsSync(command) && statSync(command).mtimeMs >= changed()) return;
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  if (!existsSync(compiler)) fail("this clone has no dependencies yet", "type: npm ci");
  process.stderr.write("xs-fumo: compiling the command\n");
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.json"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) fail("the command does not compile", "mend what the compiler says above");
  const now = new Date();
  utimesSync(command, now, now);
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NODE_MAJOR || (major === NODE_MAJOR && minor < NODE_MINOR)) {
  const wanted = `${NODE_MAJOR}.${NODE_MINOR}`;
  fail(`Node.js ${process.versions.node} is too old`, `install Node.js ${wanted} or later`);
}
compile();
if (!existsSync(command)) fail("the compiled command is missing", "install the package again");
process.setSourceMapsEnabled(true);
await import(pathToFileURL(command).href);
