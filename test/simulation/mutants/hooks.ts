/**
 * Plants the bug that the environment names in the module that it is for, while that is loaded; one
 * in C by loading the boot selector that planted.ts has compiled with it. Limits are changed for
 * the client and the boards alone: tests go on with the right ones.
 */
import { LIMIT_MUTANTS, LIMITS } from "./limits.ts";
import { anySpace, isInC, type Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { plantedSelector } from "./planted.ts";

interface Loaded {
  readonly source?: string | Uint8Array;
}
interface Resolved {
  readonly url: string;
}

const CHANGED = "?changed";

/** What is changed in which compiled module. */
type Change = Pick<Mutant, "name" | "file" | "find" | "replace">;

/** A bug of the tables, by its name, or one that stands in the variable as JSON. */
function planted(): Change | undefined {
  const { MUTANT: said = "" } = process.env;
  if (said.startsWith("{")) return JSON.parse(said) as Change;
  const mutant = [...MUTANTS, ...LIMIT_MUTANTS].find(({ name }) => name === said);
  if (mutant === undefined || !isInC(mutant)) return mutant;
  const { name } = mutant;
  const replace = JSON.stringify(plantedSelector(mutant));
  return { name, file: "hal/sim/selector", find: '"./selector.wasm"', replace };
}

export async function resolve(
  specifier: string,
  context: { readonly parentURL?: string },
  next: (specifier: string, context: object) => Promise<Resolved>,
): Promise<Resolved> {
  const resolved = await next(specifier, context);
  const ofClient = /\/build\/js\/(src|hal)\//.test(context.parentURL ?? "");
  return ofClient && planted()?.file === LIMITS && resolved.url.endsWith(`/${LIMITS}.js`)
    ? { ...resolved, url: `${resolved.url}${CHANGED}` }
    : resolved;
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  const change = planted();
  if (change === undefined || loaded.source === undefined) return loaded;
  const { name, file, find, replace } = change;
  if (!url.endsWith(file === LIMITS ? `/${file}.js${CHANGED}` : `/${file}.js`)) return loaded;
  const source = Buffer.from(loaded.source).toString();
  const parts = source.split(anySpace(find));
  if (parts.length !== 2)
    throw new Error(`${name}: its line is ${parts.length - 1} times in ${file}`);
  return { ...loaded, source: parts.join(replace) };
}
