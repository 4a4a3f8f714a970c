/**
 * Planted bugs, one line each: proof that the checks can fail. `find` is in the compiled file, or
 * in the C, exactly once, with any white space for its blanks. `by` is the property of the campaign
 * that must fail in one of `in`, which are
 * variants as in replay ids, each uncut and then with single cuts (`loops`: reset loops); or
 * `test`, when one must fail in the files `in`.
 */

export interface Mutant {
  readonly name: string;
  /** Compiled module, without `.js`; or a file of the boot selector, with `.c`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly in: readonly string[];
  readonly by: string;
}

/** Whether the bug is in the C of the boot selector. */
export function isInC({ file }: Mutant): boolean {
  return file.endsWith(".c");
}

/** Finds `text` however its lines are broken. */
export function anySpace(text: string): RegExp {
  const words = text.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(words.join("\\s+"));
}
