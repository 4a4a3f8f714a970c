/**
 * What an update takes on board `host`: figures of whole updates, of what power cuts cost, and
 * instructions of this machine where valgrind is there.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { root } from "../../root.ts";
import type { Report } from "../report.ts";
import { cutFigures } from "./cuts.ts";
import { growthFigure, heapFigures, updateFigures } from "./figures.ts";
import { countInstructions, measureIdle, measureSession, measureUpdate } from "./measure.ts";
import { WIRE_BYTES, wireFigures } from "./wire.ts";

const LARGE_BYTES = 4 * 1024 * 1024;
/** More than the firmware itself, so that both packages of a difference are padded. */
const COUNTED_BYTES = [524288, 1048576] as const;
const BYTECODE_BUDGET = 393_216;
const BYTECODE_GOAL = 262_144;

async function instructions(report: Report): Promise<void> {
  const group = "instructions of this machine";
  const [less, more] = COUNTED_BYTES;
  const session = await countInstructions("download", 0);
  const small = await countInstructions("replace", less);
  const large = await countInstructions("replace", more);
  const perByte = (large - small) / (more - less);
  const first = { group, name: "boot and a session of 7 messages", value: session, unit: "" };
  const each = { group, name: "replace: per package byte", value: perByte, unit: "", floor: 110 };
  report.add([
    { ...first, budget: 90e6 },
    { ...each, budget: 1080, goal: 600 },
  ]);
}

export async function bench(report: Report): Promise<void> {
  report.add(heapFigures("loaded and idle", await measureIdle()));
  const blob = statSync(join(root, "build/host/firmware/1.0.0.blob")).size;
  const bytecode = { group: "loaded and idle", name: "bytecode", value: blob, unit: "B" };
  report.add([{ ...bytecode, budget: BYTECODE_BUDGET, goal: BYTECODE_GOAL }]);
  for (const scenario of SCENARIOS) {
    const small = await measureUpdate(scenario, 0);
    const large = await measureUpdate(scenario, LARGE_BYTES);
    for (const update of [small, large]) {
      const figures = updateFigures(update);
      const [{ group }] = figures as [(typeof figures)[number]];
      report.add([...figures, ...heapFigures(group, update.heap)]);
      if (update === large) report.add([growthFigure(group, small.heap, large.heap)]);
    }
  }
  for (const encoding of ["xml", "wbxml"] as const) {
    const update = await measureUpdate("replace", WIRE_BYTES, encoding);
    const { packageBytes, wireBytes } = update;
    report.add(wireFigures(encoding, packageBytes, wireBytes, await measureSession(encoding)));
    report.add(heapFigures(`the wire, ${encoding}`, update.heap));
  }
  report.add(cutFigures());
  if (spawnSync("valgrind", ["--version"]).status === 0) await instructions(report);
  else report.note("Instructions are not counted here: apt-get install valgrind");
}
