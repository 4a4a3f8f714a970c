/**
 * Builds on Node: XS, its compiler and runners with make, and applications (the output of tsc) as
 * blobs.
 */
import { spawnSync, type StdioOptions } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { lower } from "./lower.ts";
import { type PartName, standInsOf } from "./parts.ts";
import { findBlob, type FoundBlob, nameFile, orderNames } from "./previous.ts";

/** The top of the repository; this file runs as build/js/hal/xs/build.js. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** Where tsc writes, and where everything of XS goes. */
export const JS = join(ROOT, "build/js");
export const OUT = join(ROOT, "build/xs");

/** Where the sources of XS are: as `npm ci` installs them in a clone, and as `fetchXs` does. */
const XS_PLACES = [ROOT, join(OUT, "sources")].map((folder) =>
  join(folder, "node_modules/@moddable/xs/moddable/xs"),
);

/** What cannot be built, and what to do about it, for a person. */
export class BuildError extends Error {
  override name = "BuildError";
}

interface Need {
  readonly path: string;
  readonly what: string;
  readonly line: string;
}

const NEEDS: readonly Need[] = [
  { path: "/usr/include/mbedtls/md.h", what: "mbedTLS", line: "apt-get install libmbedtls-dev" },
  { path: "/usr/include/sodium.h", what: "libsodium", line: "apt-get install libsodium-dev" },
];

function run(command: string, args: readonly string[], file?: number): string {
  const stdio: StdioOptions = file === undefined ? "pipe" : ["pipe", "pipe", "pipe", file];
  const result = spawnSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio,
  });
  if (result.error)
    throw new BuildError(
      `cannot run ${command}: ${result.error.message}\n` +
        "try: apt-get install build-essential util-linux",
    );
  if (result.status !== 0)
    throw new BuildError(
      `${command} failed\n${result.stdout.slice(-2000)}${result.stderr.slice(-8000)}`,
    );
  return result.stdout;
}

/** The folder with the sources of XS, or undefined before `fetchXs`. */
function xsSources(): string | undefined {
  return XS_PLACES.find((place) => existsSync(place));
}

/**
 * Fetches the sources of XS from npm, as an installed package has to: it does not bring them. The
 * version is the one that package.json names for clones; no install script runs. Throws a
 * BuildError when npm cannot get them.
 */
function fetchXs(): void {
  if (xsSources() !== undefined) return;
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const target = join(OUT, "sources");
  mkdirSync(target, { recursive: true });
  const options = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
  const wanted = `@moddable/xs@${devDependencies["@moddable/xs"] ?? ""}`;
  run("npm", ["install", ...options, "--prefix", target, wanted]);
}

/** This process has the lock. */
let isAlone = false;

/**
 * Does `work` while no other process builds anything in this checkout: test files that run side by
 * side write the same files. What is written is to be read in `work`, too. The lock is that of an
 * open file, which goes with its process.
 */
export function alone<T>(work: () => T): T {
  if (isAlone) return work();
  mkdirSync(OUT, { recursive: true });
  const lock = openSync(join(OUT, "lock"), "w");
  try {
    run("flock", ["3"], lock);
    isAlone = true;
    return work();
  } finally {
    isAlone = false;
    closeSync(lock);
  }
}

/** Builds targets of a makefile that needs nothing of XS. Throws a BuildError. */
export function make(
  targets: readonly string[],
  makefile: string,
  variables: readonly string[] = [],
): void {
  alone(() => run("make", ["-s", "-j2", "-f", makefile, ...variables, ...targets]));
}

/**
 * Builds targets of a makefile, `hal/xs/Makefile` unless told. Throws a BuildError that says what
 * is missing or what failed.
 */
export function runMake(
  targets: readonly string[],
  makefile = "hal/xs/Makefile",
  variables: readonly string[] = [],
): void {
  for (const need of NEEDS)
    if (!existsSync(need.path))
      throw new BuildError(`${need.what} is missing (${need.path})\ntry: ${need.line}`);
  alone(() => {
    fetchXs();
    make(targets, makefile, [`XS=${relative(ROOT, xsSources() ?? "")}`, ...variables]);
  });
}

/** Module names are paths from build/js without extension, such as "src/base/crc32". */
export interface BlobOptions {
  /** The module that runs. */
  readonly entry: string;
  /**
   * Modules that stand in for others: a name, or a bare specifier as "board", to the module that is
   * loaded in its place.
   */
  readonly modules: Readonly<Record<string, string>>;
  /** Parts that it does without; stand-ins are loaded in the place of their doors. */
  readonly without?: readonly PartName[] | undefined;
  /** Path of the blob, and of a folder for its lowered sources: `${out}.js`. */
  readonly out: string;
  readonly version: string;
  /** Keep names and lines of the TypeScript, for stack traces; 16 % larger. */
  readonly positions?: boolean;
  /**
   * The release that devices run: a blob, or a payload with one in it. Names keep the identifiers
   * that they have there (previous.ts).
   */
  readonly previous?: Buffer | undefined;
  /** The text of modules that tsc did not write, by name. */
  readonly generated?: Readonly<Record<string, string>>;
}

/** Base modules that have a native twin in this folder. */
export const BASE_MODULES: Readonly<Record<string, string>> = Object.fromEntries(
  ["base64", "bytes", "crc32", "delta", "md5", "sha1", "sha256", "signature", "utf8"].map(
    (name) => [`src/base/${name}`, `hal/common/base/${name}`],
  ),
);

const IMPORT = /^(?:import|export)\s*(?:[\w*${},\s]+?\sfrom\s*)?["']([^"'\n]+)["']/gm;

/** The module that `specifier` names in `importer`, before it is mapped. */
function resolve(importer: string, specifier: string): string {
  const name = specifier.replace(/\.js$/, "");
  return name.startsWith(".") ? posix.join(posix.dirname(importer), name) : name;
}

/** What a module in the build of tsc imports; nothing, if it is not there. */
export function importsOf(name: string): string[] {
  const path = join(JS, `${name}.js`);
  if (!existsSync(path)) return [];
  const matches = readFileSync(path, "utf8").matchAll(IMPORT);
  return [...matches].map(([, specifier = ""]) => resolve(name, specifier));
}

/**
 * Names of the modules that are loaded with the entry in a firmware without these parts: the entry
 * first. A stand-in has the name of what it stands for.
 */
export function modulesOf(entry: string, without: readonly PartName[] = []): readonly string[] {
  const files = { ...BASE_MODULES, ...standInsOf(without) };
  const found = new Set([entry]);
  for (const name of found) for (const next of importsOf(files[name] ?? name)) found.add(next);
  return [...found];
}

interface Source {
  readonly name: string;
  readonly path: string;
}

/** Writes the lowered copy of one module and gives its imports, as names. */
function prepare(
  name: string,
  importer: string,
  options: BlobOptions,
): { readonly path: string; readonly imports: string[] } {
  const file = options.modules[name] ?? standInsOf(options.without ?? [])[name] ?? name;
  const from = join(JS, `${file}.js`);
  const path = join(`${options.out}.js`, `${file}.js`);
  const generated = options.generated?.[name];
  if (generated === undefined && !existsSync(from))
    throw new BuildError(
      `${importer} imports ${name}, which is neither in ${JS} nor mapped to a module that is`,
    );
  const text = lower(generated ?? readFileSync(from, "utf8"));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (generated === undefined && existsSync(`${from}.map`))
    copyFileSync(`${from}.map`, `${path}.map`);
  return {
    path,
    imports: [...text.matchAll(IMPORT)].map((match) => resolve(name, match[1] ?? "")),
  };
}

interface Sources {
  /** Every module that the entry needs: the entry, those that it imports, then the others. */
  readonly modules: readonly Source[];
  /** How many it imports. */
  readonly imported: number;
}

function collect(options: BlobOptions): Sources {
  const found = new Map<string, Source>();
  let imported: number | undefined;
  const importers = new Map([[options.entry, "the entry"]]);
  for (const [name, importer] of importers) {
    const { path, imports } = prepare(name, importer, options);
    const twin = [...found.values()].find((other) => other.path === path);
    if (twin)
      throw new BuildError(`${name} and ${twin.name} are the same file, and would be loaded twice`);
    found.set(name, { name, path });
    for (const next of imports) if (!importers.has(next)) importers.set(next, name);
    imported ??= importers.size - 1;
  }
  return { modules: [...found.values()], imported: imported ?? 0 };
}

/** What blobc is told of the release before, besides the modules: `blob` is built without. */
function wordsAfter(before: FoundBlob, blob: Buffer, path: string): string[] {
  writeFileSync(path, nameFile(orderNames(before.names, findBlob(blob)?.names ?? [])));
  return ["-n", path, "-a", `${before.namesAt}`];
}

/** Compiles the entry and all that it imports to one blob. Throws a BuildError. */
export function buildBlob(options: BlobOptions): Buffer {
  return alone(() => {
    runMake([join("build/xs", "blobc")]);
    const { out, version, previous } = options;
    mkdirSync(dirname(out), { recursive: true });
    const sources = collect(options);
    const flags = [...(options.positions ? ["-p"] : []), "-i", `${sources.imported}`];
    const compile = (words: readonly string[], places?: FoundBlob["code"]): Buffer => {
      const modules = sources.modules.map(({ name, path }) => {
        const place = places?.get(name);
        return `${name}=${path}${place === undefined ? "" : `@${place}`}`;
      });
      run(join(OUT, "blobc"), [...words, ...flags, "-v", version, out, ...modules]);
      return readFileSync(out);
    };
    const blob = compile([]);
    if (previous === undefined) return blob;
    const before = findBlob(previous);
    if (before === undefined) throw new BuildError("the release before has no application of XS");
    return compile(wordsAfter(before, blob, `${out}.names`), before.code);
  });
}
