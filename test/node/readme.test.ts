/**
 * What the documents promise is there: files, chapters, commands with options, code that compiles.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { root } from "../root.ts";
import { Cli } from "./rig/cli.ts";

const DOCUMENTS = spawnSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
  .stdout.split("\n")
  .filter((name) => name !== "" && existsSync(join(root, name)));
const README = readFileSync(join(root, "README.md"), "utf8");
const IN_CLONE = "documents are checked in a clone, which git knows";

/** Returns the chapters of a document as links name them. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

function problemOf(document: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? join(root, document) : join(root, dirname(document), path);
  if (!existsSync(file)) return `${document}: ${relative(root, file)} is not there`;
  if (anchor === undefined || anchorsOf(readFileSync(file, "utf8")).includes(anchor))
    return undefined;
  return `${document}: ${link} has no such chapter`;
}

test("every link in a document leads to a file, and to a chapter of it", {
  skip: DOCUMENTS.length === 0 && IN_CLONE,
}, () => {
  ok(DOCUMENTS.includes("README.md"));
  const problems = DOCUMENTS.flatMap((document) =>
    [...readFileSync(join(root, document), "utf8").matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(
      ([, link = ""]) => problemOf(document, link),
    ),
  );
  deepStrictEqual(
    problems.filter((problem) => problem !== undefined),
    [],
  );
});

test("a chapter that README.md names behind a link is in the document", () => {
  const named = [...README.matchAll(/\]\((\S+\.md)\), ([A-Z][\w ]+?)(?: \||\.$)/gm)];
  ok(named.length >= 4, `${named.length} chapters`);
  for (const [, path = "", chapter = ""] of named)
    match(readFileSync(join(root, path), "utf8"), new RegExp(`^## ${chapter}$`, "m"), path);
});

test("README.md has a row for each command, and no other", async () => {
  const cli = new Cli(["help"]);
  strictEqual(await cli.ended, 0, cli.errors);
  const known = [...cli.output.matchAll(/^ {2}(\w+) (?=[ [<])/gm)].map(([, name]) => name);
  const rows = [...README.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  deepStrictEqual(rows.toSorted(), known.filter((name) => name !== "help").toSorted());
});

test("the commands in README.md have the options that it gives them", async () => {
  const lines = [...README.matchAll(/npx xs-fumo (\w+) ([^`\n]*)/g)];
  ok(lines.length >= 8, `${lines.length} commands`);
  const names = new Set(lines.map(([, word = ""]) => word).filter((word) => word !== "help"));
  const helps = [...names].map((name) => ({ name, cli: new Cli([name, "--help"]) }));
  for (const { name, cli } of helps) {
    strictEqual(await cli.ended, 0, cli.errors);
    for (const [, , words = ""] of lines.filter(([, word]) => word === name))
      for (const [option] of words.matchAll(/(?<![\w-])--?[a-z][a-z-]*/g))
        match(cli.output, new RegExp(`(?<![\\w-])${option}\\b`), `${name} ${option}`);
  }
});

test("the npm scripts that README.md names exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: { readonly [name: string]: string };
  };
  const named = [...README.matchAll(/npm (?:run )?(\w+)(?=`|$)/gm)];
  const used = named.map(([, name = ""]) => name).filter((name) => name !== "ci");
  ok(used.length >= 3);
  deepStrictEqual(
    used.filter((name) => scripts[name] === undefined),
    [],
  );
});

test("the programs in README.md compile", () => {
  const folder = mkdtempSync(join(root, "build/readme-"));
  try {
    const programs = [...README.matchAll(/^```ts\n([^]+?)^```$/gm)].map(([, code = ""]) => code);
    strictEqual(programs.length, 2);
    programs.forEach((code, index) => {
      writeFileSync(join(folder, `program${index}.ts`), code);
    });
    const options = {
      extends: "../../tsconfig.json",
      compilerOptions: {
        noEmit: true,
        rootDir: "../..",
        module: "preserve",
        moduleResolution: "bundler",
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: false,
        paths: {
          "xs-fumo/decode": ["../../test/rig/decode/decode.ts"],
          "xs-fumo/*": ["../../*.ts"],
        },
      },
      include: ["*.ts", "../../hal/xs/xs.d.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
    const compiler = join(root, "node_modules/.bin/tsc");
    const { status, stdout } = spawnSync(compiler, ["-p", folder], { encoding: "utf8" });
    strictEqual(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
