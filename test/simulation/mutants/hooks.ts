/**
 * Plants the bug that the environment names in the module that it is for, while that is loaded; one
 * in C by loading the boot selector that planted.ts has compiled with it.
 */
import { anySpace, isInC, MUTANTS } from "./mutants.ts";
import { plantedSelector } from "./planted.ts";

interface Loaded {
  readonly source?: string | Uint8Array;
}

export async function load(
  url: string,
  context: object,
  next: (url: string, context: object) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  const mutant = MUTANTS.find(({ name }) => name === process.env.MUTANT);
  if (mutant === undefined || loaded.source === undefined) return loaded;
  const [file, find, replace] = isInC(mutant)
    ? ["hal/sim/selector", '"./selector.wasm"', JSON.stringify(plantedSelector(mutant))]
    : [mutant.file, mutant.find, mutant.replace];
  if (!url.endsWith(`/${file}.js`)) return loaded;
  const source = Buffer.from(loaded.source).toString();
  const parts = source.split(anySpace(find));
  if (parts.length !== 2)
    throw new Error(`${mutant.name}: its line is ${parts.length - 1} times in ${file}`);
  return { ...loaded, source: parts.join(replace) };
}
