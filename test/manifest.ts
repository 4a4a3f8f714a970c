/**
 * manifest.json, which applications include, kept in step with the tree: `npm run manifest` writes
 * the lists of src again and leaves the rest as it is. So it does with src/small.json, the same
 * without some parts. node/manifest.test.ts fails when that was forgotten. Modules have the names
 * under which an application imports them: `xs-fumo/` and the path in this repository.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { modulesOf } from "../hal/xs/build.ts";
import { PART_NAMES, type PartName, SMALL, standInsOf } from "../hal/xs/parts.ts";
import { root } from "./root.ts";

interface Part {
  readonly include?: readonly string[];
  readonly modules?: { readonly [name: string]: string };
  readonly preload?: readonly string[];
  readonly creation?: Creation;
}
/** A component of ESP-IDF itself, or one of its registry. */
export interface Dependency {
  readonly idf?: string;
  readonly name?: string;
  readonly namespace?: string;
}
/** Memory that the machine gets at its start: bytes, but for the slots of heap and stack. */
export interface Creation {
  readonly main?: string;
  readonly static?: number;
  readonly nativeStack?: number;
  readonly stack?: number;
  readonly chunk?: { readonly initial: number; readonly incremental: number };
  readonly heap?: { readonly initial: number; readonly incremental: number };
}
export interface Manifest extends Part {
  readonly platforms?: {
    readonly [platform: string]: Part & {
      readonly error?: string;
      readonly build?: { readonly [name: string]: string };
      readonly dependency?: readonly Dependency[];
    };
  };
}

/** What applications include. */
export const MANIFEST = join(root, "manifest.json");
/** The same without the parts of SMALL. */
export const SMALL_MANIFEST = join(root, "src/small.json");
/** The project's own application. */
export const APPLICATION = join(root, "src/manifest.json");
/** How the names of all modules begin, but of those of libraries. */
export const PREFIX = "xs-fumo/";
const ENTRY = `${PREFIX}src/main`;
/** What a firmware is loaded with: the client with its board, and other boards of the manifest. */
const LOADED_WITH = ["src/main", "hal/board-esp32"];
/** Only the portable version of a base module needs it, and boards have a native one. */
const PORTABLE = [`${PREFIX}src/base/deltamodel`];

export function readManifest(path: string = MANIFEST): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

/**
 * Names of all modules of src that a board needs without these parts, but the application's entry,
 * sorted.
 */
export function sourceModules(without: readonly PartName[] = []): string[] {
  const standIns = Object.values(standInsOf(PART_NAMES)).map((path) => `${PREFIX}${path}`);
  const left = new Set(LOADED_WITH.flatMap((entry) => modulesOf(entry, without)));
  const gone = modulesOf("src/main").filter((path) => !left.has(path));
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => `${PREFIX}src/${name.replace(/\.ts$/, "")}`)
    .filter((name) => name !== ENTRY && !PORTABLE.includes(name) && !standIns.includes(name))
    .filter((name) => !gone.includes(name.slice(PREFIX.length)))
    .sort();
}

/**
 * The file, without extension, that stands for a module of src: a base module's native twin where
 * it has one.
 */
export function fileOf(name: string): string {
  const path = name.slice(PREFIX.length);
  const twin = path.replace(/^src\/base\//, "hal/common/base/");
  return twin !== path && existsSync(join(root, `${twin}.ts`)) ? `./${twin}` : `./${path}`;
}

/** The manifest with src as it is now. */
function updated(manifest: Manifest): Manifest {
  const isSource = (name: string): boolean => name.startsWith(`${PREFIX}src/`);
  const others = Object.entries(manifest.modules ?? {}).filter(([name]) => !isSource(name));
  const names = sourceModules();
  return {
    ...manifest,
    modules: Object.fromEntries([...names.map((name) => [name, fileOf(name)] as const), ...others]),
    preload: [...names, ...(manifest.preload ?? []).filter((name) => !isSource(name))],
  };
}

/** Replaces the files of doors in a list of modules. */
function withStandIns(
  modules: Readonly<Record<string, string>>,
  without: readonly PartName[],
): Record<string, string> {
  const standIns = new Map(Object.entries(standInsOf(without)));
  return Object.fromEntries(
    Object.entries(modules).map(([name, file]) => {
      const other = standIns.get(name.slice(PREFIX.length));
      return [name, other === undefined ? file : `./${other}`];
    }),
  );
}

/** The value with paths that lead to the same files from another folder than the top. */
function movedTo(folder: string, value: unknown): unknown {
  if (typeof value === "string" && value.startsWith("./")) {
    const path = relative(folder, join(root, value));
    return path.startsWith(".") ? path : `./${path}`;
  }
  if (Array.isArray(value)) return value.map((one: unknown) => movedTo(folder, one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, movedTo(folder, one)]),
  );
}

/** manifest.json for a file in `folder`, without these parts. */
export function manifestWithout(without: readonly PartName[], folder: string): Manifest {
  const whole = readManifest();
  const others = sourceModules().filter((name) => !sourceModules(without).includes(name));
  const modules = Object.entries(whole.modules ?? {}).filter(([name]) => !others.includes(name));
  const platforms = Object.entries(whole.platforms ?? {}).map(
    ([name, part]) =>
      [
        name,
        part.modules === undefined
          ? part
          : { ...part, modules: withStandIns(part.modules, without) },
      ] as const,
  );
  const manifest: Manifest = {
    ...whole,
    modules: withStandIns(Object.fromEntries(modules), without),
    preload: (whole.preload ?? []).filter((name) => !others.includes(name)),
    platforms: Object.fromEntries(platforms),
  };
  return movedTo(folder, manifest) as Manifest;
}

/** What a platform builds of a manifest and of what it includes. */
export interface Built {
  /** Module to file without extension: absolute, unless it begins with a variable. */
  readonly modules: ReadonlyMap<string, string>;
  readonly preload: readonly string[];
  readonly creation: Creation;
}

/**
 * Reads a manifest as mcconfig does: what it includes, then itself, then its part for the platform.
 * Manifests of the SDK are left out.
 */
export function built(path: string, platform: string): Built {
  const manifest = readManifest(path);
  const modules = new Map<string, string>();
  const preload: string[] = [];
  let creation: Creation = {};
  for (const part of [manifest, manifest.platforms?.[platform] ?? {}]) {
    for (const name of (part.include ?? []).filter((other) => !other.startsWith("$("))) {
      const included = built(resolve(dirname(path), name), platform);
      for (const [module, file] of included.modules) modules.set(module, file);
      preload.push(...included.preload);
      creation = { ...creation, ...included.creation };
    }
    for (const [module, file] of Object.entries(part.modules ?? {}))
      modules.set(module, file.startsWith("$(") ? file : resolve(dirname(path), file));
    preload.push(...(part.preload ?? []));
    creation = { ...creation, ...part.creation };
  }
  return { modules, preload, creation };
}

export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(MANIFEST, manifestText(updated(readManifest())));
  writeFileSync(SMALL_MANIFEST, manifestText(manifestWithout(SMALL, dirname(SMALL_MANIFEST))));
}
