/**
 * manifest.json, which names every module, kept in step with the tree: `npm run manifest` writes
 * the lists of src again and leaves the rest as it is. node/manifest.test.ts fails when that was
 * forgotten.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

interface Part {
  readonly modules?: { readonly [name: string]: string };
  readonly preload?: readonly string[];
}
/** A component of ESP-IDF itself, or one of its registry. */
export interface Dependency {
  readonly idf?: string;
  readonly name?: string;
  readonly namespace?: string;
}
/** Memory that the machine gets at its start: bytes, but for the slots of heap and stack. */
export interface Creation {
  readonly static?: number;
  readonly nativeStack?: number;
  readonly stack?: number;
  readonly chunk?: { readonly initial: number; readonly incremental: number };
  readonly heap?: { readonly initial: number; readonly incremental: number };
}
export interface Manifest extends Part {
  readonly creation?: Creation;
  readonly platforms: {
    readonly [platform: string]: Part & {
      readonly error?: string;
      readonly build?: { readonly [name: string]: string };
      readonly creation?: Creation;
      readonly dependency?: readonly Dependency[];
    };
  };
}

const PATH = join(root, "manifest.json");
const ENTRY = "src/main";

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(PATH, "utf8")) as Manifest;
}

/** Names of all modules of src, sorted. */
export function sourceModules(): string[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => `src/${name.replace(/\.ts$/, "")}`)
    .sort();
}

/**
 * The file, without extension, that stands for a module of src: a base module's native twin where
 * it has one.
 */
export function fileOf(name: string): string {
  const twin = name.replace(/^src\/base\//, "hal/common/base/");
  return twin !== name && existsSync(join(root, `${twin}.ts`)) ? `./${twin}` : `./${name}`;
}

/** The manifest with src as it is now. */
export function updated(manifest: Manifest): Manifest {
  const others = Object.entries(manifest.modules ?? {}).filter(
    ([name]) => !name.startsWith("src/"),
  );
  const names = sourceModules();
  return {
    ...manifest,
    modules: Object.fromEntries([...names.map((name) => [name, fileOf(name)] as const), ...others]),
    preload: [
      ...names.filter((name) => name !== ENTRY),
      ...(manifest.preload ?? []).filter((name) => !name.startsWith("src/")),
    ],
  };
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(PATH, `${JSON.stringify(updated(readManifest()), undefined, 2)}\n`);
