/**
 * The paths of a stranger: the package is packed, installed into an empty folder and run; a clone
 * says what it lacks before it was built. What is tried is the tree as it is, committed or not.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../root.ts";

const PACKAGE_BYTES_MAX = 2_000_000;
/** Time for npm to install what may come from a registry, and for a compilation beside others. */
const LONG_MS = 600_000;

const work = mkdtempSync(join(tmpdir(), "xs-fumo-package-"));
const installed = join(work, "installed");
const clone = join(work, "clone");

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

function run(folder: string, program: string, ...words: readonly string[]): Ended {
  const options = { cwd: folder, encoding: "utf8", timeout: LONG_MS } as const;
  const { status, stdout, stderr } = spawnSync(program, words, options);
  return { status, output: stdout + stderr };
}

/** Copies what git knows of, or would add: a fresh clone, with what is not committed yet. */
function copyTree(): void {
  const listed = run(root, "git", "ls-files", "--cached", "--others", "--exclude-standard");
  for (const name of listed.output.split("\n").filter((line) => line !== "")) {
    mkdirSync(join(clone, dirname(name)), { recursive: true });
    cpSync(join(root, name), join(clone, name));
  }
}

before(() => {
  mkdirSync(installed);
  copyTree();
});
after(() => {
  rmSync(work, { recursive: true, force: true });
});

test("a fresh clone without its dependencies says what to type", () => {
  const { status, output } = run(clone, "test/rig/launch.mjs", "doctor");
  assert.equal(status, 3, output);
  assert.match(output, /no dependencies yet\n {2}type: npm ci\n/);
});

test("doctor runs in a fresh clone before anything is built, by way of npx", () => {
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
  const { status, output } = run(clone, "npx", "--offline", "xs-fumo", "doctor");
  assert.match(output, /compiling the command/);
  assert.match(output, /board sim: compiler for WebAssembly/);
  assert.ok(status === 0 || status === 3, output);
  const again = run(clone, "npx", "--offline", "xs-fumo", "doctor");
  assert.doesNotMatch(again.output, /compiling/);
});

test("the three commands of README's door for test engineers lead to a report with a page", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, door = ""] = /^### Test engineer\n[^]*?^```sh\n([^]+?)^```$/m.exec(readme) ?? [];
  const [install, ...commands] = door.trimEnd().split("\n");
  // Its dependencies are there already, by a link.
  assert.deepEqual([install, commands.length], ["npm ci", 2]);
  for (const command of commands) {
    const [program = "", ...words] = command.split(" ");
    assert.equal(program, "npx");
    const { status, output } = run(clone, program, "--offline", ...words);
    assert.ok(status === 0 || (words.includes("doctor") && status === 3), output);
  }
  assert.match(
    readFileSync(join(clone, "report.xml"), "utf8"),
    /tests="5" failures="0" errors="0"/,
  );
  const page = readFileSync(join(clone, "report.html"), "utf8");
  assert.match(page, /"kind":"scenario".*"phase":"passed"/);
  assert.match(page, /"kind":"result","code":200/);
});

test("the package is small, and has neither tests nor source maps", () => {
  const { status, output } = run(clone, "npm", "run", "--silent", "package");
  assert.equal(status, 0, output);
  const [file = ""] = readdirSync(clone).filter((name) => name.endsWith(".tgz"));
  const bytes = statSync(join(clone, file)).size;
  assert.ok(bytes <= PACKAGE_BYTES_MAX, `${bytes} bytes`);
  const { output: names } = run(clone, "tar", "-tzf", file);
  assert.doesNotMatch(names, /\.test\.|\.map$|\/unit\/|\/golden\//m);
  assert.match(names, /^package\/src\/client\/client\.ts$/m);
  assert.match(names, /^package\/manifest\.json$/m);
  assert.match(names, /^package\/build\/js\/hal\/sim\/selector\.wasm$/m);
  assert.match(names, /^package\/build\/js\/test\/rig\/page\/bundle\/main\.js$/m);
});

test("the installed command runs a whole update on board sim, and reports it as a page", () => {
  const [file = ""] = readdirSync(clone).filter((name) => name.endsWith(".tgz"));
  const options = ["--prefer-offline", "--omit=dev", "--no-audit", "--no-fund"];
  const install = run(installed, "npm", "install", ...options, join(clone, file));
  assert.equal(install.status, 0, install.output);
  const words = ["xs-fumo", "demo", "--report", "update.html"];
  const { status, output } = run(installed, "npx", "--offline", ...words);
  assert.equal(status, 0, output);
  assert.match(readFileSync(join(installed, "update.html"), "utf8"), /"kind":"result","code":200/);
  assert.match(output, /board sim/);
  assert.match(output, /Updated: the device runs version 2\.0\.0 and has reported it\./);
});

/** Decodes a notification; `problems` has a type, which a wrong use of it would not pass. */
const PROGRAM = `import { decode, encode, type Decoded } from "xs-fumo/decode";
const document = '<Notification digest="291f40c9048e97434175d10d0c6e25a7" version="1.1" ' +
  'ui-mode="background" initiator="user" session="1" server="rig"/>';
const decoded: Decoded = decode(encode(document).bytes);
const count: number = decoded.problems.length;
console.log(count, decoded.xml === document);
`;
const OPTIONS = ["--module", "nodenext", "--target", "es2022", "--lib", "es2023,dom"];

test("an installed package decodes in a program of its own, with types and without Node's", () => {
  writeFileSync(join(installed, "program.mts"), PROGRAM);
  const compiler = join(root, "node_modules/.bin/tsc");
  const compiled = run(installed, compiler, "--strict", ...OPTIONS, "--types", "", "program.mts");
  assert.equal(compiled.status, 0, compiled.output);
  const { output } = run(installed, process.execPath, "program.mjs");
  assert.equal(output, "0 true\n");
});
