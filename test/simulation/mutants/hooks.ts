/** Plants the bug that the environment names in the module that it is for, while that is loaded. */
import { MUTANTS } from "./mutants.ts";

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
  if (mutant === undefined || !url.endsWith(`/${mutant.file}.js`) || loaded.source === undefined)
    return loaded;
  const source = Buffer.from(loaded.source).toString();
  const parts = source.split(anySpace(mutant.find));
  if (parts.length !== 2)
    throw new Error(`${mutant.name}: its line is ${parts.length - 1} times in ${mutant.file}`);
  return { ...loaded, source: parts.join(mutant.replace) };
}

/** Finds `text` however its lines are broken. */
function anySpace(text: string): RegExp {
  const words = text.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(words.join("\\s+"));
}
