/** The decoder as a web page gets it: `xs-fumo/decode` in one file, made by esbuild. */
import { build, transform } from "esbuild";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../root.ts";

export interface Bundle {
  /** One ECMAScript module, minified. */
  readonly code: string;
  /** Every file that is in it, from the root of the project. */
  readonly files: readonly string[];
  /** What of it only Node has: a file, and the name. */
  readonly ofNode: readonly string[];
}

/** Names that only Node has, and ways to load what is not in the file. */
const NAMES = ["Buffer", "process", "require", "global", "setImmediate", "__dirname", "__filename"];
const MARK = "__onlyNodeHas_";

/**
 * Bundles what `specifier` names, as a module within the project would. Imports of Node's own
 * modules stay, so that `ofNode` can tell of them.
 */
export async function bundle(specifier: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    external: ["node:*"],
    format: "esm",
    legalComments: "none",
    metafile: true,
    minify: true,
    platform: "browser",
    write: false,
  });
  const inputs = Object.entries(metafile.inputs).filter(([file]) => file !== "<stdin>");
  const ofNode: string[] = [];
  for (const [file, { imports }] of inputs) {
    for (const { path, external } of imports) if (external) ofNode.push(`${file}: ${path}`);
    for (const name of await namesOf(file)) ofNode.push(`${file}: ${name}`);
  }
  return { code: outputFiles[0]?.text ?? "", files: inputs.map(([file]) => file), ofNode };
}

/**
 * Returns which of the names a file means by a free variable: esbuild puts a mark in the place of
 * such a variable alone, and not of properties, parameters, strings and comments.
 */
async function namesOf(file: string): Promise<readonly string[]> {
  const define = Object.fromEntries(NAMES.map((name) => [name, `${MARK}${name}`]));
  const { code } = await transform(readFileSync(join(root, file), "utf8"), { define });
  return NAMES.filter((name) => code.includes(`${MARK}${name}`));
}
