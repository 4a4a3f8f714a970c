/**
 * Checks what no other tool can say: import direction in TypeScript and in C, circles of headers,
 * words that device code may not use, names of files, the length of lines. The compiler, Biome,
 * clang-format and knip check the rest. dependency-cruiser would say the layers, but needs Node.js
 * 22, and knows no C.
 * Run by node/tidy.test.ts.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { repeats } from "./repeats.ts";

/**
 * The architecture in one place: folder, then the folders it may import. A folder lists earlier
 * rows only, so no cycle can be written.
 */
const LAYERS: readonly (readonly [folder: string, ...imports: string[]])[] = [
  ["hal/hal.ts"],
  ["src/base", "hal/hal.ts"],
  ["src/xmllite", "src/base"],
  ["src/wbxml", "src/base"],
  ["src/syncml", "src/xmllite", "src/wbxml", "src/base"],
  ["src/store", "src/base", "hal/hal.ts"],
  ["src/tree", "src/syncml", "src/store", "src/base"],
  ["src/image", "src/base"],
  ["src/download", "src/xmllite", "src/base", "hal/hal.ts"],
  ["src/update", "src/download", "src/image", "src/store", "src/base", "hal/hal.ts"],
  ["src/account", "src/syncml", "src/store", "src/tree", "src/base", "hal/hal.ts"],
  ["src/user", "src/account", "src/update", "src/tree", "src/base"],
  ["src/objects", "src/syncml", "src/tree", "src/update", "src/base", "hal/hal.ts"],
  [
    "src/session",
    "src/account",
    "src/user",
    "src/syncml",
    "src/tree",
    "src/base",
    "src/xmllite",
    "src/wbxml",
  ],
  ["src/push", "src/account", "src/syncml", "src/wbxml", "src/tree", "src/base"],
  ["src/client", "src", "hal/hal.ts"],
  ["hal/common", "hal/hal.ts", "src/base"],
  ["hal/xs", "hal/common"],
  ["hal/sim", "hal/hal.ts", "hal/common", "hal/xs", "src/base"],
  ["hal/host", "hal/hal.ts", "hal/common", "hal/xs", "src/base"],
  ["hal/bare", "hal/hal.ts", "hal/common", "hal/xs", "src/base"],
  ["hal/mcuboot", "hal/hal.ts", "hal/common", "src/base", "src/image"],
  ["hal/board.ts", "hal/host"],
  ["src/main.ts", "src/client", "src/user", "src/account", "hal/board.ts"],
];
/** What a board may import, and one whose folder has board.mk: a family of bare-metal chips. */
const BOARD = ["hal/hal.ts", "hal/common", "src/base"] as const;
const FAMILY = ["hal/hal.ts", "hal/bare"] as const;
/**
 * npm packages a folder may name; everything else is ours. Node's own modules are for hal/xs's
 * build and hal/sim's files.
 */
const PACKAGES: { readonly [folder: string]: readonly string[] } = {
  "src/base": [
    "crc-32",
    "@noble/hashes/sha2.js",
    "@noble/hashes/legacy.js",
    "@noble/curves/ed25519.js",
    "@noble/curves/nist.js",
  ],
  "hal/esp32": ["timer", "embedded:network/interface/wifi"],
};
/**
 * Headers that the build provides to a folder, from wherever it finds them: the values of a board,
 * and the names of an engine, which the Moddable SDK makes too.
 */
const PROVIDED: { readonly [folder: string]: readonly string[] } = {
  "hal/bare": ["map.h"],
  "hal/common": ["mc.xs.h"],
  "hal/esp32": ["mc.xs.h"],
};
const NODE_FILES = /^hal\/(xs|sim|bare)\//;
/** Build steps that run on Node although they import nothing of it. */
const BUILD_STEPS = /^hal\/(xs\/(lower|parts)|bare\/cut|[^/]+\/build)\.ts$/;

const FILE_LINES_MAX = 560;
const LINE_COLUMNS_MAX = 100;
const GOLDEN = /^test\/golden\//;
/** What nobody edits by hand, or has no place for a break: pictures, messages as they travel. */
const UNBROKEN = /\.(json|dtd|png|webp)$|^LICENSE$|^test\/corpus\/(answers|documents|hosts)\//;
/** What a family of bare-metal chips adds to hal/bare: all files of its folder but the README. */
const FAMILY_LINES_MAX = 500;

/**
 * Word, what to use instead. Only for code that runs on the device: src and hal, but for the files
 * that run on Node.
 */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bperformance\b|\bnew Date\b/, "hal.now"],
  [/\bMath\.random\b/, "hal.random"],
  [/\bset(Timeout|Interval)\b/, "step()"],
  [/\bconsole\b/, "hal.log"],
  [/\bnew RegExp\b|(?:[=(,:]|return)\s*\/(?![/*])/, "bytes"],
  [/\bcharCodeAt\b|\bcodePointAt\b|\bcharAt\b/, "bytes (no string is indexed)"],
  [/^(export )?(let|var)\b/, "an instance (no mutable state at module level)"],
  [/\basync\b|\bawait\b|\bfunction\*/, "an event"],
];
/**
 * In what the SDK preloads: xsl keeps frozen objects in flash, and warns of others
 * (src/base/frozen.ts).
 */
const LOOSE: readonly [RegExp, string] = [
  /^(export )?const \w+(: .*?)? = (?!frozen\()(?:[[{]|[A-Za-z.]+\()/,
  "frozen(…)",
];
const NOT_PRELOADED: readonly string[] = ["src/main.ts"];
const BANNED_EVERYWHERE: readonly (readonly [RegExp, string])[] = [
  [/\bFIX(ME)\b|\bTO(DO)\b/, "doing it"],
];
/**
 * Portable versions of natives, and a step of the build: never on the device, so they may use what
 * Node has.
 */
const PORTABLE =
  /^src\/base\/(bytes|utf8|base64|crc32|sha1|sha256|md5|signature|delta)\.ts$|^hal\/xs\/lower\.ts$/;

export function tidy(root: string): string[] {
  const problems: string[] = [];
  const layers = [...LAYERS, ...boardLayers(root)];
  checkLayers(problems);
  checkNames(root, problems);
  for (const file of sources(root, ["src", "hal", "test"])) {
    const text = readFileSync(join(root, file), "utf8");
    checkText(file, text, problems);
    if (!file.startsWith("test/")) checkImports(root, layers, file, text, problems);
  }
  checkC(root, layers, problems);
  checkTexts(root, problems);
  for (const [folder, ...imports] of layers)
    if (imports.includes("hal/bare") && existsSync(join(root, folder)))
      checkFamily(root, folder, problems);
  return problems;
}

function checkFamily(root: string, folder: string, problems: string[]): void {
  let total = 0;
  for (const { name, parentPath } of readdirSync(join(root, folder), {
    recursive: true,
    withFileTypes: true,
  }).filter((entry) => entry.isFile() && entry.name !== "README.md")) {
    const lines = readFileSync(join(parentPath, name), "utf8").trimEnd().split("\n");
    total += lines.length;
  }
  if (total > FAMILY_LINES_MAX)
    problems.push(`${folder}: ${total} lines, at most ${FAMILY_LINES_MAX}`);
}

function checkLayers(problems: string[]): void {
  LAYERS.forEach(([folder, ...imports], index) => {
    for (const name of imports) {
      if (name !== "src" && LAYERS.findIndex(([other]) => other === name) >= index)
        problems.push(`LAYERS: ${folder} lists later ${name}`);
    }
  });
}

/** A name of a file in src says which file it is, without its folder. */
function checkNames(root: string, problems: string[]): void {
  const seen = new Map<string, string>();
  for (const file of sources(root, ["src"])) {
    const name = basename(file);
    const other = seen.get(name);
    if (other !== undefined) problems.push(`${file}: ${other} has the same name`);
    seen.set(name, file);
  }
}

function checkText(file: string, text: string, problems: string[]): void {
  const lines = text.split("\n");
  const device =
    !file.startsWith("test/") &&
    !text.includes('from "node:') &&
    !PORTABLE.test(file) &&
    !BUILD_STEPS.test(file);
  const rules = [
    ...(device ? BANNED : []),
    ...(device && !NOT_PRELOADED.includes(file) ? [LOOSE] : []),
    ...BANNED_EVERYWHERE,
  ];
  if (!text.startsWith("/**") && !text.startsWith("#!"))
    problems.push(`${file}: does not begin with its purpose`);
  lines.forEach((line, index) => {
    const at = `${file}:${index + 1}`;
    const code = line
      .replace(/(^|\s)\/\/.*|^\s*\*.*|\/\*.*?\*\//g, "")
      .replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
    for (const [banned, instead] of rules) {
      const found = banned.exec(code);
      if (found) problems.push(`${at}: use ${instead} instead of ${found[0].trim()}`);
    }
  });
}

/**
 * The formatters break code, but neither comments nor literals. Nothing formats the other texts.
 * Rows of tables are as long as they must be, and messages in test/golden are as they travel.
 */
function checkColumns(file: string, lines: readonly string[], problems: string[]): void {
  const isMarkdown = file.endsWith(".md");
  let fenced = false;
  lines.forEach((line, index) => {
    if (isMarkdown && line.startsWith("```")) fenced = !fenced;
    const exempt = isMarkdown && (line.startsWith("|") || (fenced && GOLDEN.test(file)));
    if (line.length > LINE_COLUMNS_MAX && !exempt)
      problems.push(`${file}:${index + 1}: ${line.length} columns, at most ${LINE_COLUMNS_MAX}`);
  });
}

/** Every text of the tree: what lies at the top, and the folders that have sources. */
function checkTexts(root: string, problems: string[]): void {
  const files = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  const folders = ["src", "hal", "test", ".ci"].filter((name) => existsSync(join(root, name)));
  for (const folder of folders)
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) files.push(relative(root, join(entry.parentPath, entry.name)));
  for (const file of files.filter((name) => !UNBROKEN.test(name)))
    checkColumns(file, readFileSync(join(root, file), "utf8").split("\n"), problems);
}

function checkImports(
  root: string,
  layers: readonly Layer[],
  file: string,
  text: string,
  problems: string[],
): void {
  const layer = layerOf(layers, file);
  if (layer === undefined) {
    problems.push(`${file}: in no layer`);
    return;
  }
  const [folder] = layer;
  for (const [, specifier] of text.matchAll(/^(?:import|export)\b[^;]*?\bfrom "([^"]+)"/gm)) {
    if (specifier === undefined) continue;
    if (!specifier.startsWith(".")) {
      const allowed =
        PACKAGES[folder]?.includes(specifier) === true ||
        (specifier.startsWith("node:") && NODE_FILES.test(file));
      if (!allowed) problems.push(`${file}: ${folder} may not import ${specifier}`);
      continue;
    }
    const target = relative(root, join(root, dirname(file), specifier));
    if (!isAllowed(layer, target)) problems.push(`${file}: ${folder} may not import ${target}`);
  }
}

type Layer = (typeof LAYERS)[number];

/**
 * The boards that LAYERS does not name: each folder of hal that has board.ts, and the module
 * board-NAME.ts that stands in for hal/board.ts.
 */
function boardLayers(root: string): readonly Layer[] {
  return readdirSync(join(root, "hal"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "hal", entry.name, "board.ts")))
    .map(({ name }) => name)
    .filter((name) => layerOf(LAYERS, `hal/${name}`) === undefined)
    .flatMap((name): readonly Layer[] => {
      const isFamily = existsSync(join(root, "hal", name, "board.mk"));
      return [
        [`hal/${name}`, ...(isFamily ? FAMILY : BOARD)],
        [`hal/board-${name}.ts`, `hal/${name}`],
      ];
    });
}

function layerOf(layers: readonly Layer[], file: string): Layer | undefined {
  return layers.find(([folder]) => file === folder || file.startsWith(`${folder}/`));
}

/** A layer holds its own folder first, then the folders it may import. */
function isAllowed(layer: Layer, target: string): boolean {
  return layer.some((name) => target === name || target.startsWith(`${name}/`));
}

/** Sizes, layers and circles of the C in hal. */
function checkC(root: string, layers: readonly Layer[], problems: string[]): void {
  const headers = sources(root, ["hal"], ".h");
  const included = new Map<string, readonly string[]>();
  for (const file of [...sources(root, ["hal"], ".c"), ...headers]) {
    const text = readFileSync(join(root, file), "utf8");
    const lines = text.split("\n").length - 1;
    if (lines > FILE_LINES_MAX) problems.push(`${file}: ${lines} lines, at most ${FILE_LINES_MAX}`);
    const layer = layerOf(layers, file);
    if (layer === undefined) {
      problems.push(`${file}: in no layer`);
      continue;
    }
    const targets: string[] = [];
    for (const [, name = ""] of text.matchAll(/^#\s*include "([^"]+)"/gm)) {
      const candidates = meant(file, name, headers);
      const target = candidates.find((candidate) => isAllowed(layer, candidate));
      if (target !== undefined) targets.push(target);
      else if (candidates.length > 0 && PROVIDED[layer[0]]?.includes(name) !== true)
        problems.push(`${file}: ${layer[0]} may not include ${candidates.join(" or ")}`);
    }
    included.set(file, targets);
  }
  problems.push(...repeats(root, [...included.keys()]));
  for (const file of headers)
    if (reaches(file, file, included)) problems.push(`${file}: includes itself in a circle`);
}

/**
 * Returns which of our headers an include may mean: the one beside the file, or those of that name
 * wherever the build looks. None: it is not ours.
 */
function meant(file: string, name: string, headers: readonly string[]): readonly string[] {
  const beside = join(dirname(file), name);
  if (headers.includes(beside)) return [beside];
  return headers.filter((header) => header.endsWith(`/${name}`));
}

/** Tells whether includes lead from one file to another, over at least one step. */
function reaches(
  from: string,
  to: string,
  included: ReadonlyMap<string, readonly string[]>,
): boolean {
  const seen = new Set<string>();
  const open = [...(included.get(from) ?? [])];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (file === to) return true;
    if (seen.has(file)) continue;
    seen.add(file);
    open.push(...(included.get(file) ?? []));
  }
  return false;
}

function sources(root: string, folders: readonly string[], ending = ".ts"): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(ending))
        .map((name) => `${folder}/${name}`),
    )
    .sort();
}
