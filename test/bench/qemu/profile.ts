/**
 * `npm run bench -- --profile CASE`: where the instructions of a case of the bench go, by function
 * of C and by line of TypeScript. The image is the product's but for the names and lines of its
 * sources, which lie beside the bytecode and are not read.
 */
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { type Version, versionText } from "../../../src/image/version.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { Exit, RigError } from "../../rig/exit.ts";
import type { PackageForm } from "../../rig/rig.ts";
import { VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { root } from "../../root.ts";
import { type Case, CASE_NAMES, type CaseName, CASES } from "./cases.ts";
import { addressOf, mapLine, meteredBoard, type ElfSymbol, symbolsOf } from "./meter/meter.ts";
import { type Position, positionsOf } from "./meter/positions.ts";
import { PROFILED } from "./rows.ts";
import { run } from "./run.ts";

const TOP = 40;
const TOP_FILES = 20;
const M = 1e6;
const INTERPRETER = "fxRunID";

/** Instructions by index of the map: of functions (one more: of none), and of positions. */
export interface Counts {
  readonly functions: ReadonlyMap<number, number>;
  readonly positions: ReadonlyMap<number, number>;
}

/** Adds up what a profile (meter.c) has behind its mark `from`, up to its mark `to`; from 1 on. */
export async function sumProfile(
  lines: AsyncIterable<string>,
  from: number,
  to: number,
): Promise<Counts> {
  const sums = { function: new Map<number, number>(), position: new Map<number, number>() };
  let mark = 1;
  for await (const line of lines) {
    const [kind = "", index, count] = line.split(" ");
    if (kind === "mark") mark++;
    else if (mark > from && mark <= to && (kind === "function" || kind === "position")) {
      const sum = sums[kind];
      sum.set(Number(index), (sum.get(Number(index)) ?? 0) + Number(count));
    }
  }
  return { functions: sums.function, positions: sums.position };
}

interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Functions one behind the other: of several at one address the first, none over the next. */
export function functionRanges(symbols: readonly ElfSymbol[]): Range[] {
  const code = symbols.filter(
    ({ isCode, address }, index, all) => isCode && all[index - 1]?.address !== address,
  );
  return code.map(({ name, address, size }, index) => {
    const next = code[index + 1]?.address ?? address + size;
    return { name, start: address, end: size === 0 ? next : Math.min(next, address + size) };
  });
}

interface Layout {
  readonly map: string;
  readonly functions: readonly Range[];
  readonly positions: readonly Position[];
}

/** What the meter is told of an image, and what its indices mean. */
function layoutOf(image: string): Layout {
  const symbols = symbolsOf(image);
  const functions = functionRanges(symbols);
  const positions = positionsOf(readFileSync(join(root, "build/qemu", `${image}.blob`)));
  const start = addressOf(symbols, "__blob_start");
  const interpreter = functions.find(({ name }) => name === INTERPRETER);
  if (interpreter === undefined) throw new RigError(Exit.failed, `the image has no ${INTERPRETER}`);
  const map = [
    mapLine("interpreter", interpreter.start, interpreter.end),
    mapLine("bytecode", start, addressOf(symbols, "__blob_end")),
    ...functions.map((range) => mapLine("function", range.start, range.end)),
    ...positions.map(({ offset }) => mapLine("position", start + offset)),
  ];
  return { map: map.join(""), functions, positions };
}

export const imageOf = (version: Version): string => `profile-${versionText(version)}`;

export function build(version: Version): Buffer {
  const text = versionText(version);
  return riscv32.buildFirmware({ name: imageOf(version), version: text, positions: true });
}

/** Adds up by name. */
function byName(
  counts: ReadonlyMap<number, number>,
  name: (index: number) => string,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [index, count] of counts) {
    const key = name(index);
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return sums;
}

const total = (sums: ReadonlyMap<string, number>): number =>
  [...sums.values()].reduce((sum, count) => sum + count, 0);

/** The text of a line of a source, for a person. */
function sourceText(place: string): string {
  const [, file = "", line] = /^(.*):(\d+)$/.exec(place) ?? [];
  const path = join(root, file);
  if (!existsSync(path)) return "";
  return readFileSync(path, "utf8").split("\n")[Number(line) - 1]?.trim() ?? "";
}

function table(
  title: string,
  sums: ReadonlyMap<string, number>,
  whole: number,
  bytes: number,
  top: number,
  more: (name: string) => string = () => "",
): string {
  const rows = [...sums].sort(([, a], [, b]) => b - a).slice(0, top);
  const lines = rows.map(([name, count]) => {
    const share = `${((100 * count) / whole).toFixed(1)} %`.padStart(8);
    const each = bytes === 0 ? "" : `${(count / bytes).toFixed(2).padStart(9)} a byte`;
    const text = more(name);
    return (
      `${share}${(count / M).toFixed(2).padStart(10)} M${each}  ` +
      `${name}${text === "" ? "" : `   ${text}`}`
    );
  });
  return `\n${title}\n${lines.join("\n")}\n`;
}

export interface Profile {
  readonly functions: readonly Range[];
  readonly positions: readonly Position[];
  /** While the package comes and is verified; of a session, all of it. */
  readonly counts: Counts;
  readonly packageBytes: number;
}

/** Runs the case with a package of this form. */
export async function profiled(told: Case, form: PackageForm = "whole"): Promise<Profile> {
  const images = [VERSION_1, VERSION_2].map(imageOf);
  build(VERSION_1);
  build(VERSION_2);
  const { map, functions, positions } = layoutOf(imageOf(VERSION_1));
  const folder = mkdtempSync(join(tmpdir(), "profile-"));
  try {
    const path = join(folder, "profile");
    const board: RigBoard = {
      ...meteredBoard({ images, profile: { map, path } }),
      firmware: build,
    };
    const { metered, packageBytes } = await run(board, told, form);
    const { from, to } = PROFILED[told.what];
    const [first, last] = [from, to].map((pattern) => metered.find(0, pattern)?.mark);
    if (first === undefined || last === undefined)
      throw new RigError(Exit.failed, `${told.what}: no line like ${from} and ${to}`);
    const lines = createInterface({ input: createReadStream(path) });
    return { functions, positions, counts: await sumProfile(lines, first, last), packageBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the case called `name`. Returns its profile as text. */
export async function profile(name: string): Promise<string> {
  const told = Object.hasOwn(CASES, name) ? CASES[name as CaseName] : undefined;
  if (told === undefined)
    throw new RigError(Exit.usage, `no case ${name}`, `one of ${CASE_NAMES.join(", ")}`);
  const { from, to } = PROFILED[told.what];
  return profileText(name, await profiled(told), `${from} to ${to}`);
}

function profileText(
  name: string,
  { functions, positions, counts, packageBytes: bytes }: Profile,
  between: string,
): string {
  const byFunction = byName(counts.functions, (at) => functions[at]?.name ?? "(no function)");
  const byLine = byName(counts.positions, (at) => {
    const { file = "?", line = 0 } = positions[at] ?? {};
    return `${file}:${line}`;
  });
  const byFile = byName(counts.positions, (at) => positions[at]?.file ?? "?");
  const whole = total(byFunction);
  const inLines = total(byLine);
  const each = bytes === 0 ? "" : `, ${(whole / bytes).toFixed(1)} a byte of the package`;
  const outside = (100 * (whole - inLines)) / whole;
  return [
    `\n${name}: ${(whole / M).toFixed(1)} M instructions${each}, from ${between}\n`,
    table("C functions, themselves", byFunction, whole, bytes, TOP),
    table("lines of TypeScript, with what they call in C", byLine, whole, bytes, TOP, sourceText),
    table("files of TypeScript, the same", byFile, whole, bytes, TOP_FILES),
    `${outside.toFixed(1)} % outside of TypeScript\n`,
  ].join("");
}
