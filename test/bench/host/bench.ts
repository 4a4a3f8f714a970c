/**
 * `npm run bench`: what an update takes on board `host`. Prints a table, or NDJSON with --json;
 * counts instructions, too, where
 * valgrind is there; with `--board qemu` that of the bare-metal board. It measures: a figure over
 * its budget is marked, and fails nothing.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { RigError } from "../rig/exit.ts";
import { SCENARIOS } from "../rig/server/scenario.ts";
import { setUp } from "../rig/setup.ts";
import { root } from "../root.ts";
import { cutFigures } from "./cuts.ts";
import { type Figure, growthFigure, heapFigures, isOver, ratio, updateFigures } from "./figures.ts";
import { countInstructions, measureIdle, measureSession, measureUpdate } from "./measure.ts";
import { WIRE_BYTES, wireFigures } from "./wire.ts";

const LARGE_BYTES = 4 * 1024 * 1024;
/** More than the firmware itself, so that both packages of a difference are padded. */
const COUNTED_BYTES = [262144, 524288] as const;

function number(value: number): string {
  if (Number.isInteger(value)) return String(value).replace(/\B(?=(\d{3})+$)/g, " ");
  return value.toFixed(3);
}

function line(figure: Figure): string {
  const { name, value, unit, floor, budget } = figure;
  const times = ratio(figure);
  const cells = [
    `${number(value)} ${unit}`.trimEnd().padStart(18),
    (floor === undefined ? "" : number(floor)).padStart(14),
    (times === undefined ? "" : `${times.toFixed(2)} x`).padStart(8),
    number(budget).padStart(14),
    isOver(figure) ? "over" : "ok",
  ];
  return `  ${name.padEnd(36)}${cells.join("  ")}`;
}

/** Prints figures as they come, a heading for each group. */
class Report {
  #json: boolean;
  #group = "";

  constructor(json: boolean) {
    this.#json = json;
  }

  add(figures: readonly Figure[]): void {
    for (const figure of figures) {
      if (this.#json) {
        process.stdout.write(
          `${JSON.stringify({ ...figure, ratio: ratio(figure), over: isOver(figure) })}\n`,
        );
        continue;
      }
      if (figure.group !== this.#group) {
        const head = [
          "value".padStart(18),
          "floor".padStart(14),
          "ratio".padStart(8),
          "budget".padStart(14),
        ].join("  ");
        process.stdout.write(`\n${figure.group.padEnd(38)}${head}\n`);
      }
      this.#group = figure.group;
      process.stdout.write(`${line(figure)}\n`);
    }
  }

  note(text: string): void {
    if (!this.#json) process.stdout.write(`\n${text}\n`);
  }
}

async function instructions(report: Report): Promise<void> {
  const group = "instructions of this machine";
  const [less, more] = COUNTED_BYTES;
  const session = await countInstructions("download", 0);
  const small = await countInstructions("replace", less);
  const large = await countInstructions("replace", more);
  const perByte = (large - small) / (more - less);
  report.add([
    { group, name: "boot and a session of 7 messages", value: session, unit: "", budget: 100e6 },
    { group, name: "replace: per package byte", value: perByte, unit: "", floor: 110, budget: 600 },
  ]);
}

async function bench(words: readonly string[]): Promise<void> {
  const report = new Report(words.includes("--json"));
  setUp("host", (text) => {
    report.note(text);
  });
  report.add(heapFigures("loaded and idle", await measureIdle()));
  const blob = statSync(join(root, "build/host/firmware/1.0.0.blob")).size;
  report.add([
    { group: "loaded and idle", name: "bytecode", value: blob, unit: "B", budget: 262144 },
  ]);
  for (const scenario of SCENARIOS) {
    const small = await measureUpdate(scenario, 0);
    const large = await measureUpdate(scenario, LARGE_BYTES);
    for (const update of [small, large]) {
      const figures = updateFigures(update);
      const [{ group }] = figures as [Figure];
      report.add([...figures, ...heapFigures(group, update.heap)]);
      if (update === large) report.add([growthFigure(group, small.heap, large.heap)]);
    }
  }
  for (const encoding of ["xml", "wbxml"] as const) {
    const update = await measureUpdate("replace", WIRE_BYTES, encoding);
    report.add(
      wireFigures(encoding, update.packageBytes, update.wireBytes, await measureSession(encoding)),
    );
    report.add(heapFigures(`the wire, ${encoding}`, update.heap));
  }
  report.add(cutFigures());
  if (spawnSync("valgrind", ["--version"]).status === 0) await instructions(report);
  else report.note("Instructions are not counted here: apt-get install valgrind");
}

/**
 * The bare-metal board has a bench of its own: only there an instruction is one of the device's.
 */
async function choose(words: readonly string[]): Promise<void> {
  if (words[words.indexOf("--board") + 1] !== "qemu") return bench(words);
  setUp("qemu", (text) => {
    process.stdout.write(`${text}\n`);
  });
  return (await import("./qemu.ts")).bench();
}

choose(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof RigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code;
});
