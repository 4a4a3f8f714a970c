/**
 * Stands in for ddfpage.ts in a firmware without the part `tnds`: no element of a tree description
 * has a name.
 */
import { frozen } from "../base/frozen.ts";
import type { VocabularyPage } from "../base/token.ts";

export const DDF_PAGES: readonly VocabularyPage[] = frozen([]);
