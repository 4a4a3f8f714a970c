/** What the link gives: a value, or how it failed. The only catch of this folder. */
import type { LinkErrorKind } from "../../hal/hal.ts";
import { frozen } from "../base/frozen.ts";

/** `why` is what the board says of it, for the log. */
export type Outcome<T> =
  | { readonly value: T }
  | { readonly failed: LinkErrorKind; readonly why: string };

const KINDS: readonly LinkErrorKind[] = frozen([
  "resolve",
  "refused",
  "broken",
  "secure",
  "protocol",
]);

/** An error of the link becomes a value; any other is not ours, and goes on. */
export function attempt<T>(action: () => T): Outcome<T> {
  try {
    return { value: action() };
  } catch (error) {
    const kind =
      error instanceof Error && "kind" in error
        ? KINDS.find((known) => known === error.kind)
        : undefined;
    if (kind === undefined) throw error;
    return { failed: kind, why: error instanceof Error ? error.message : kind };
  }
}
