/**
 * C that stands twice: a whole file, as many lines as a function has, or a function under other
 * names. What boards share is hal/common's or hal/bare's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Lines of code in a row that may not stand twice: more is a function. */
const LINES_MAX = 10;
/** A function of fewer lines may look like another when names do not count. */
const FUNCTION_LINES_MIN = 10;

/** Line breaks stay: problems have line numbers. */
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*/g;
/** Lines that say nothing: braces, includes, rows of a table. */
const TRIVIAL = /^(?:[{};,()\s]*|#\s*include.*|[-{}\w\s,]*(?:,|\})|\d*)$/;
const FUNCTION = /^[A-Za-z][^\n;{}]*(?:\n[^\n;{}]+)*\)\n\{\n([\s\S]*?)^\}/gm;
const WORD = /[A-Za-z_]\w*/g;
const KEPT: ReadonlySet<string> = new Set(
  "if else for while do switch case break continue return goto sizeof static const struct".split(
    " ",
  ),
);

interface Line {
  readonly number: number;
  readonly text: string;
}

/** Returns a problem for each place at which C of another place begins again. */
export function repeats(root: string, files: readonly string[]): string[] {
  const problems: string[] = [];
  const runs = new Map<string, string>();
  const functions = new Map<string, string>();
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8").replace(COMMENT, (comment) =>
      comment.replace(/[^\n]/g, ""),
    );
    checkRuns(file, linesOf(text), runs, problems);
    for (const found of text.matchAll(FUNCTION)) {
      const number = text.slice(0, found.index).split("\n").length;
      const body = linesOf(found[1] ?? "").map((line) => line.text);
      if (body.length <= FUNCTION_LINES_MIN) continue;
      report(`${file}:${number}`, nameless(body.join(" ")), "the function", functions, problems);
    }
  }
  return problems;
}

/** The first line of each stretch that stands twice. */
function checkRuns(
  file: string,
  lines: readonly Line[],
  runs: Map<string, string>,
  problems: string[],
): void {
  const size = Math.min(LINES_MAX, lines.length);
  for (let from = 0; size > 0 && from + size <= lines.length; from++) {
    const run = lines.slice(from, from + size).map(({ text }) => text);
    const at = `${file}:${lines[from]?.number ?? 0}`;
    if (report(at, run.join("\n"), `${size} lines`, runs, problems)) from += size;
  }
}

/** True when `code` was there before; else it is from now on, at `at`. */
function report(
  at: string,
  code: string,
  what: string,
  seen: Map<string, string>,
  problems: string[],
): boolean {
  const before = seen.get(code);
  if (before === undefined) seen.set(code, at);
  else problems.push(`${at}: ${what} of ${before} again`);
  return before !== undefined;
}

function linesOf(text: string): readonly Line[] {
  return text
    .split("\n")
    .map((line, index) => ({ number: index + 1, text: line.trim().replace(/\s+/g, " ") }))
    .filter(({ text: line }) => !TRIVIAL.test(line));
}

/** The code with a number for each name, in the order in which they come. */
function nameless(code: string): string {
  const names = new Map<string, string>();
  return code.replace(WORD, (word) => {
    if (KEPT.has(word)) return word;
    const known = names.get(word) ?? `$${names.size}`;
    names.set(word, known);
    return known;
  });
}
