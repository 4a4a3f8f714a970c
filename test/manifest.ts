/**
 * manifest.json, which applications include, kept in step with the tree: `npm run manifest` writes
 * the lists of src again and leaves the rest as it is. node/manifest.test.ts fails when that was
 * forgotten. Modules have the names under which an application imports them: `xs-fumo/` and the
 * path in this repository.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
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
/** The project's own application. */
export const APPLICATION = join(root, "src/manifest.json");
/** How the names of all modules begin, but of those of libraries. */
export const PREFIX = "xs-fumo/";
const ENTRY = `${PREFIX}src/main`;
/** Only the portable version of a base module needs it, and boards have a native one. */
const PORTABLE = [`${PREFIX}src/base/deltamodel`];

export function readManifest(path: string = MANIFEST): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

/** Names of all modules of src that a board needs, but the application's entry, sorted. */
export function sourceModules(): string[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => `${PREFIX}src/${name.replace(/\.ts$/, "")}`)
    .filter((name) => name !== ENTRY && !PORTABLE.includes(name))
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

if (process.argv[1] === import.meta.filename)
  writeFileSync(MANIFEST, `${JSON.stringify(updated(readManifest()), undefined, 2)}\n`);
