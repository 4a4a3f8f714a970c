/**
 * What the bare-metal board spends: instructions that were executed (exact, not cycles), bytes on
 * the wire by layer, bytes of RAM and of the image.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SMALL } from "../../../hal/xs/parts.ts";
import { LONG_MESSAGE_BYTES_MAX } from "../../../src/base/limits.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import { BOARDS } from "../../rig/boards/boards.ts";
import { VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { root } from "../../root.ts";
import type { Figure } from "../figure.ts";
import { measurePairs } from "../pairs/figures.ts";
import type { Report } from "../report.ts";
import { type Bound, BOUNDS, boundsOf, CASE_BOUNDS } from "./bounds.ts";
import { CASE_NAMES, type Case, type CaseName, CASES } from "./cases.ts";
import { DECODED, measureDecoding } from "./decoding.ts";
import { imageParts } from "./imageparts.ts";
import { meteredBoard } from "./meter/meter.ts";
import { IMAGES } from "./processors.ts";
import {
  type Codecs,
  type Floor,
  measureCodecs,
  measureFloor,
  type MessageName,
} from "./programs.ts";
import {
  bootValues,
  brokenSessions,
  GET_ROWS,
  getValues,
  ROWS,
  updateValues,
  type Values,
} from "./rows.ts";
import { run, type Run } from "./run.ts";

const KIB = 1024;
/** The word for what a boot takes, and the case that tells it. */
const BOOT = "boot";
const BOOT_CASE: CaseName = "download-http";

/** A row whose bounds are in a table. Throws when it has none there. */
function figure(
  group: string,
  key: string,
  name: string,
  value: number,
  unit: string,
  bounds: { readonly [row: string]: Bound } | undefined,
): Figure {
  const bound = bounds?.[key];
  if (bound === undefined) throw new Error(`bounds.ts has no budget for ${group}: ${key}`);
  return { group, name, value, unit, ...boundsOf(key, bound) };
}

function sizeOf(name: string): number {
  return statSync(join(root, "build/qemu", name)).size;
}

function imageFigures(): Figure[] {
  const group = "image";
  const [, image] = IMAGES;
  const payload = BOARDS.qemu.firmware(VERSION_2, 0).length;
  const binary = sizeOf(`${image}.bin`);
  const blob = sizeOf(`${image}.blob`);
  const map = readFileSync(join(root, `build/qemu/${image}.map`), "utf8");
  const small = BOARDS.qemu.firmware(VERSION_2, 0, { without: SMALL }).length;
  const rows: readonly (readonly [key: string, name: string, bytes: number])[] = [
    ["whole", "the whole of it", payload],
    ["small", `without ${SMALL.join(", ")}`, small],
    ...[...imageParts(map)].map(([part, bytes]) => [part, part, bytes] as const),
    ["bytecode", "bytecode", blob],
    ["modules", "loaded modules (a shared machine)", payload - binary],
  ];
  return rows.map(([key, name, bytes]) =>
    figure(group, key, name, bytes / KIB, "KiB", BOUNDS[group]),
  );
}

function floorFigures(floor: Floor): Figure[] {
  const group = "floor, in C";
  const rows = [
    ["receive", "received over TCP"],
    ["secure", "received over TLS, no handshake"],
    ["sha256", "digested"],
    ["program", "in flash"],
  ] as const;
  return rows.map(([key, name]) => figure(group, key, name, floor[key], "a byte", BOUNDS[group]));
}

const MESSAGES: readonly (readonly [name: MessageName, what: string])[] = [
  ["gets", "ten Gets"],
  ["answers", "Status and Results of ten Gets"],
  ["chunk", "a chunk of a package"],
];

function codecFigures(codecs: Codecs): Figure[] {
  const encodings: readonly Encoding[] = ["xml", "wbxml"];
  const messages = encodings.flatMap((encoding) =>
    MESSAGES.flatMap(([name, what]) => {
      const group = `${encoding}, ${what}`;
      const { length, write, read } = codecs.message(name, encoding);
      return [
        figure(group, "length", "length", length, "B", BOUNDS[group]),
        figure(group, "write", "written", write, "a byte", BOUNDS[group]),
        figure(group, "read", "read", read, "a byte", BOUNDS[group]),
      ];
    }),
  );
  const group = "both codecs and these messages";
  const { peakSlots, slotBytes, peakChunkBytes } = codecs;
  return [
    ...messages,
    figure(group, "slots", "slots at most", peakSlots, `of ${slotBytes} B`, BOUNDS[group]),
    figure(group, "chunks", "chunks at most", peakChunkBytes, "B", BOUNDS[group]),
  ];
}

const DECODER = "decoder";

/** A byte of an image that is decoded, beside what it takes in C when it comes as it is. */
async function decodingFigures(floor: Floor): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const form of DECODED) {
    const group = `a package that is decoded: ${form}`;
    const { decoder, all } = await measureDecoding(form);
    const bounds = BOUNDS[group];
    figures.push(figure(group, "decoder", "the decoder", decoder, "a byte", bounds), {
      ...figure(group, "all", "received, decoded, in flash, verified", all, "a byte", bounds),
      floor: lowest(floor, false),
    });
  }
  return figures;
}

/** The group of a case: how it went, and the size of its messages. */
function groupOf({ what, encoding, https }: Case): string {
  const transport = https ? "HTTPS" : "HTTP";
  const words = [what === "gets" ? "ten Gets" : what, encoding.toUpperCase(), transport];
  return `${words.join(", ")}, MaxMsgSize ${LONG_MESSAGE_BYTES_MAX}`;
}

function caseFigures<K extends string>(
  name: CaseName,
  rows: { readonly [key in K]: readonly [name: string, unit: string] },
  values: Values<K>,
): Figure[] {
  const group = groupOf(CASES[name]);
  return (Object.keys(rows) as K[]).flatMap((key) => {
    const value = values[key];
    const [row, unit] = rows[key];
    return value === undefined ? [] : [figure(group, key, row, value, unit, CASE_BOUNDS[name])];
  });
}

/** The floor of what a package byte takes, over this transport. */
function lowest({ receive, secure, sha256, program }: Floor, https: boolean): number {
  return (https ? secure : receive) + sha256 + program;
}

/** Runs all cases; those over HTTPS after those over HTTP, which tell what TLS adds. */
async function cases(report: Report, floor: Floor, names: readonly CaseName[]): Promise<void> {
  BOARDS.qemu.firmware(VERSION_1, 0);
  BOARDS.qemu.firmware(VERSION_2, 0);
  const board = meteredBoard({ images: IMAGES });
  let plain: Run | undefined;
  for (const name of names) {
    const told = CASES[name];
    const done = await run(board, told);
    for (const broken of brokenSessions(done)) report.note(`${name}: ${broken}`);
    if (told.what === "gets") {
      report.add(caseFigures(name, GET_ROWS, getValues(done, told.https)));
      continue;
    }
    const { https } = told;
    if (!https) plain = done;
    const figures = caseFigures(name, ROWS, updateValues(done, https ? plain : undefined));
    report.add(
      figures.map((each) =>
        each.name === ROWS.perByte[0] ? { ...each, floor: lowest(floor, https) } : each,
      ),
    );
    if (name === BOOT_CASE) report.add(bootFigures(done));
  }
}

function bootFigures(done: Run): Figure[] {
  const group = "boot to first message";
  const { first, second } = bootValues(done);
  return [
    figure(group, "first", "of version 1", first, "M", BOUNDS[group]),
    figure(group, "second", "of version 2, on trial", second, "M", BOUNDS[group]),
  ];
}

/** Cases with `word` in their names, and the one over HTTP of each over HTTPS; the one that tells
 * what a boot takes. */
function chosen(word: string): readonly CaseName[] {
  if (word === BOOT) return [BOOT_CASE];
  const isChosen = (name: string): boolean => name.includes(word);
  return CASE_NAMES.filter(
    (name) => isChosen(name) || (name.endsWith("-http") && isChosen(`${name}s`)),
  );
}

/** Pairs of builds, and their deltas: the word for them alone. */
const PAIRS = "pairs";
/** The word for the image alone. */
const IMAGE = "image";

/** `only`: cases with this word in their names, `pairs`, `image` or `decoder`; empty: all. */
export async function bench(report: Report, only: string): Promise<void> {
  if (only === "" || only === PAIRS)
    await measurePairs((figures) => {
      report.add(figures);
    });
  if (only === PAIRS) return;
  if (only === "" || only === IMAGE) report.add(imageFigures());
  if (only === IMAGE) return;
  const floor = await measureFloor();
  report.add(floorFigures(floor));
  if (only === "") report.add(codecFigures(await measureCodecs()));
  if (only === "" || only === DECODER) report.add(await decodingFigures(floor));
  if (only === DECODER) return;
  await cases(report, floor, chosen(only));
}
