/** Where a text stops being JSON, told without quoting it: it may hold secrets. */

/**
 * Returns where a text stops being JSON, or undefined. JavaScript's own error message quotes the
 * text around that place, which may be a secret.
 */
export function jsonError(
  text: string,
): { readonly line: number; readonly column: number } | undefined {
  if (badAt(text) === undefined) return undefined;
  // Finds the shortest beginning that no JSON text has: each shorter one is only incomplete.
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if ((badAt(text.slice(0, middle)) ?? middle) < middle) bad = middle;
    else good = middle;
  }
  const broken = (badAt(text.slice(0, bad)) ?? bad) < bad;
  const lines = text.slice(0, broken ? bad - 1 : text.length).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** Returns a place in a text that is not JSON: its length when only its end is missing. */
function badAt(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    const [, place] = / at position (\d+)/.exec(said) ?? [];
    if (place !== undefined) return Number(place);
    return said.startsWith("Unexpected end") ? text.length : 0;
  }
}
