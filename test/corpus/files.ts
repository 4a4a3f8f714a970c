/** Files of the corpus, by name. On XS a module with their contents stands in for this one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";

/** The bytes of a file, from this folder on; the caller's own copy. */
export function corpusFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(root, "test/corpus", name)));
}
