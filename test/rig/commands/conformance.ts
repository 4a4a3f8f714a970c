/** `xs-fumo conformance`: a board proves its HAL, case by case; TAP on standard output. */
import type { Command } from "commander";
import type { Bench } from "../conformance/driver.ts";
import { esp32Bench } from "../conformance/esp32bench.ts";
import { hostBench } from "../conformance/hostbench.ts";
import { mcubootBench } from "../conformance/mcubootbench.ts";
import { conformance, PART_NAMES, type Part } from "../conformance/plan.ts";
import { ProcessBench } from "../conformance/processbench.ts";
import { qemuBench } from "../conformance/qemubench.ts";
import { SimBench } from "../conformance/simbench.ts";
import { Exit } from "../exit.ts";
import { wordOption } from "../options.ts";
import { type BoardName, setUp } from "../setup.ts";

const BOARDS = ["sim", "host", "qemu", "esp32-fake", "mcuboot"] as const;
type Board = (typeof BOARDS)[number];

interface ConformanceOptions {
  readonly board: Board;
  readonly part?: Part;
  readonly serial?: true;
}

const NEEDS: { readonly [B in Board]: BoardName } = { sim: "sim", host: "host", qemu: "qemu", "esp32-fake": "host", mcuboot: "sim" };

export function addConformance(program: Command): void {
  program.command("conformance")
    .description("check a board's HAL against the contract: flash, boot, link, clock, random bytes, with power cuts in each operation")
    .requiredOption("--board <board>", `one of ${BOARDS.join(", ")}`, wordOption(BOARDS))
    .option("--part <part>", `only one of ${PART_NAMES.join(", ")}`, wordOption(PART_NAMES))
    .option("--serial", "show the serial console too")
    .addHelpText("after", "\nExample:\n  xs-fumo conformance --board host")
    .action(run);
}

async function run(options: ConformanceOptions): Promise<void> {
  setUp(NEEDS[options.board], (text) => { process.stderr.write(`${text}\n`); });
  const show = (line: string): void => { if (options.serial === true) process.stdout.write(`# ${line}\n`); };
  const bench = benchOf(options.board, show);
  const parts = options.part === undefined ? PART_NAMES : [options.part], started = performance.now();
  const checks = await conformance(bench, parts);
  process.stdout.write("TAP version 13\n");
  checks.forEach(({ name, problem }, index) => {
    process.stdout.write(`${problem === undefined ? "ok" : "not ok"} ${index + 1} - ${name}\n`);
    if (problem !== undefined) process.stdout.write(`  # ${problem}\n`);
  });
  const failed = checks.filter(({ problem }) => problem !== undefined).length;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`1..${checks.length}\n`);
  process.stdout.write(`# board ${options.board}: ${checks.length - failed} of ${checks.length} promises kept, ${seconds} s\n`);
  if (bench instanceof ProcessBench) bench.discard();
  process.exitCode = failed === 0 ? Exit.ok : Exit.failed;
}

function benchOf(board: Board, show: (line: string) => void): Bench {
  switch (board) {
    case "sim": return new SimBench();
    case "host": return hostBench(show);
    case "qemu": return qemuBench(show);
    case "esp32-fake": return esp32Bench(show);
    case "mcuboot": return mcubootBench();
  }
}
