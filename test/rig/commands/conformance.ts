/** `xs-fumo conformance`: a board proves its HAL, case by case; TAP on standard output. */
import type { Command } from "commander";
import type { Check } from "../../conformance/order.ts";
import { holdLine } from "../bench/hold.ts";
import { type BoardName, ROW_NAMES, ROWS } from "../boards/boards.ts";
import { conformance, CONSOLE_PARTS, PART_NAMES, type Part } from "../conformance/plan.ts";
import { ProcessBench } from "../conformance/processbench.ts";
import { SerialBench } from "../conformance/serialbench.ts";
import { Exit, RigError } from "../exit.ts";
import { countOption, wordOption } from "../options.ts";
import { clipped, printable } from "../printable.ts";
import { CONSOLE_BAUD } from "../serialboard.ts";
import { setUp } from "../setup.ts";
import { readInput } from "./pack.ts";

interface ConformanceOptions {
  readonly board?: BoardName;
  readonly port?: string;
  readonly baud: number;
  readonly powerOn?: string;
  readonly powerOff?: string;
  readonly rig?: string;
  readonly image?: string;
  readonly part?: Part;
  readonly serial?: true;
  readonly console?: true;
  readonly watchdog: boolean;
  readonly boots?: number;
}

export function addConformance(program: Command): void {
  program
    .command("conformance")
    .description(
      "check a board's HAL against the contract: flash, boot, link, clock, random bytes, with " +
        "power cuts in each operation",
    )
    .option("--board <board>", `one of ${ROW_NAMES.join(", ")}`, wordOption(ROW_NAMES))
    .option(
      "--port <device>",
      "a real board instead, its console on this serial port; with --rig and --image",
    )
    .option("--baud <rate>", "of its console", countOption, CONSOLE_BAUD)
    .option(
      "--rig <address:port>",
      'this computer as the board sees it, the same as "conformance" in the board\'s provisioning',
    )
    .option(
      "--image <file>",
      "the agent, packed and signed as another version, for the board to boot",
    )
    .option(
      "--power-on <command>",
      "shell command that switches the board on (default: the port's RTS line lets it out of " +
        "reset)",
    )
    .option("--power-off <command>", "shell command that cuts its power")
    .option(
      "--console",
      `orders go over the console, before there is a network: ${CONSOLE_PARTS.join(", ")}`,
    )
    .option("--no-watchdog", "the board has none: a program that hangs stays")
    .option("--boots <number>", "over which random bytes are compared, at least", countOption)
    .option("--part <part>", `only one of ${PART_NAMES.join(", ")}`, wordOption(PART_NAMES))
    .option("--serial", "show the serial console too")
    .addHelpText(
      "after",
      `
Examples:
  xs-fumo conformance --board host
  xs-fumo conformance --port /dev/ttyUSB0 --console
  xs-fumo conformance --port /dev/ttyUSB0 --rig 192.168.1.5:8090 --image agent2.img \\
    --power-on "relay 1 on" --power-off "relay 1 off"`,
    )
    .action(run);
}

async function run(options: ConformanceOptions): Promise<void> {
  const { board } = options;
  if (board !== undefined)
    setUp(board, (text) => {
      process.stderr.write(`${text}\n`);
    });
  const show = (line: string): void => {
    if (options.serial === true) process.stdout.write(`# ${clipped(line)}\n`);
  };
  const hold = options.port === undefined ? undefined : holdLine(options.port);
  const bench = board === undefined ? serialBench(options, show) : ROWS[board].bench(show);
  const whole = options.console === true ? CONSOLE_PARTS : PART_NAMES;
  const parts = options.part === undefined ? whole : [options.part];
  const started = performance.now();
  const tap = new Tap();
  let kept = "no promise was looked at";
  try {
    const checks = await conformance(bench, parts, {
      onCheck: (check) => tap.print(check),
      overConsole: options.console === true,
    });
    const failed = checks.filter(({ problem }) => problem !== undefined).length;
    const seen = checks.filter(({ skipped }) => skipped === undefined).length;
    const skipped = seen === checks.length ? "" : `, ${checks.length - seen} skipped`;
    kept = `${seen - failed} of ${seen} promises kept${skipped}`;
    process.exitCode = failed === 0 ? Exit.ok : Exit.failed;
  } finally {
    tap.end();
    if (bench instanceof ProcessBench) bench.discard();
    if (bench instanceof SerialBench) await bench.close();
    hold?.release();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`# board ${board ?? options.port ?? ""}: ${kept}, ${seconds} s\n`);
}

/**
 * TAP, a line as soon as it is known. A promise that was kept, and then is broken, has a second
 * line.
 */
class Tap {
  #lines = 0;

  constructor() {
    process.stdout.write("TAP version 13\n");
  }

  print({ name, problem, skipped }: Check): void {
    const result = problem === undefined ? "ok" : "not ok";
    const why = skipped === undefined ? "" : ` # SKIP ${skipped}`;
    process.stdout.write(`${result} ${++this.#lines} - ${name}${why}\n`);
    if (problem !== undefined) process.stdout.write(`  # ${printable(problem)}\n`);
  }

  end(): void {
    process.stdout.write(`1..${this.#lines}\n`);
  }
}

/** Throws a RigError when an option is missing. */
function serialBench(options: ConformanceOptions, show: (line: string) => void): SerialBench {
  const { port, baud, rig, image, powerOn, powerOff, watchdog, boots } = options;
  if (port === undefined)
    throw new RigError(
      Exit.usage,
      "which board? --board or --port",
      "xs-fumo help conformance has examples",
    );
  const [, address = "", digits = ""] = /^([\w.-]+):(\d+)$/.exec(rig ?? "") ?? [];
  if (options.console !== true && (address === "" || image === undefined)) {
    throw new RigError(
      Exit.usage,
      "--port wants --rig ADDRESS:PORT and --image FILE too",
      "before the board has a network: --console",
    );
  }
  return new SerialBench(
    {
      port,
      baud,
      ...(address === "" ? {} : { rig: { address, port: Number(digits) } }),
      ...(image === undefined ? {} : { image: readInput(image) }),
      ...(powerOn === undefined || powerOff === undefined ? {} : { powerOn, powerOff }),
      ...(watchdog ? {} : { watchdog: false as const }),
      ...(boots === undefined ? {} : { randomBoots: boots }),
    },
    show,
  );
}
