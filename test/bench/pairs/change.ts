/** Changes of the source, as a developer would make them: for builds that differ by no more. */

/** `find` is in `file`, a path from the top of the repository, exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** An edit whose text is not in the source any more, for a person. */
export class ChangeError extends Error {
  override name = "ChangeError";
}

/**
 * Makes the edits in memory, in their order. Returns the new texts of the files that they are in.
 * Throws a ChangeError for an edit that does not fit any more: `what` says whose edits they are.
 */
export function applied(
  what: string,
  edits: readonly Edit[],
  read: (file: string) => string,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { file, find, replace } of edits) {
    const text = texts.get(file) ?? read(file);
    const [before, after, ...more] = text.split(find);
    if (before === undefined || after === undefined || more.length > 0) {
      const times = after === undefined ? "not" : "more than once";
      throw new ChangeError(
        `the change "${what}" does not fit any more: its text is ${times} in ${file}. ` +
          `Give test/bench/pairs/pairs.ts a text that is there once, in the place of\n${find}`,
      );
    }
    texts.set(file, `${before}${replace}${after}`);
  }
  return texts;
}
