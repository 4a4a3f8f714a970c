/** `xs-fumo replay`: one run of the power-cut campaign again, with everything that was said. */
import type { Command } from "commander";
import { BuildError } from "../../../hal/xs/build.ts";
import { chronicle, type Ending } from "../../simulation/campaign/chronicle.ts";
import { type Order, replayElsewhere } from "../../simulation/campaign/elsewhere.ts";
import { parseReplayId } from "../../simulation/campaign/id.ts";
import { settingOf } from "../../simulation/campaign/keys.ts";
import { Site } from "../../simulation/campaign/site.ts";
import { ENGINE_NAMES, type EngineName } from "../boards/boards.ts";
import { Exit, RigError } from "../exit.ts";
import { wordOption } from "../options.ts";
import { setUp } from "../setup.ts";

const PLACES = ["sim", ...ENGINE_NAMES] as const;

interface ReplayOptions {
  readonly board: (typeof PLACES)[number];
  readonly operations?: true;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description(
      "runs one scenario of the power-cut campaign again: the same variant, the same cuts, the " +
        "same bytes",
    )
    .argument("<id>", "what the campaign printed")
    .option(
      "--board <board>",
      `the engine: sim is Node, host is XS on Linux, the others are XS on bare metal; one of ` +
        `${PLACES.join(", ")}`,
      wordOption(PLACES),
      "sim",
    )
    .option("--operations", "print each operation, not only those in which power fails")
    .addHelpText(
      "after",
      "\nFlash, network and server are simulated in the same program on each engine, around the " +
        "boot selector in C; the\n" +
        "digests at the end are of all that happened, and are the same everywhere.\n\nExamples:\n" +
        "  xs-fumo replay 'download,good,small/17.tornBits.3/4.before.0'\n" +
        "  xs-fumo replay --board qemu 'replace,crash,bytes/31.tornNear.1'",
    )
    .action(replay);
}

function replay(id: string, options: ReplayOptions): void {
  const order = orderOf(id);
  const every = options.operations === true;
  const ending = options.board === "sim" ? here(order, every) : there(options.board, order, every);
  const { problem, operations, boots, cuts, told, durable } = ending;
  const counts = `${operations} operations, ${boots} boots, ${cuts} cuts`;
  const digests = `${counts}; told ${told}, durable ${durable}`;
  if (problem !== undefined) throw new RigError(Exit.failed, `${problem}\n${digests}`);
  process.stdout.write(`Every property held: ${digests}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function here({ setting, cuts }: Order, every: boolean): Ending {
  setUp("sim", say);
  return chronicle(new Site(setting, cuts), (line, detail) => {
    if (every || detail === "event") process.stdout.write(`${line}\n`);
  });
}

function there(board: EngineName, order: Order, every: boolean): Ending {
  setUp(board, say);
  try {
    const {
      lines,
      endings: [ending],
    } = replayElsewhere(board, [order], every);
    for (const line of lines) process.stdout.write(`${line}\n`);
    if (ending !== undefined) return ending;
  } catch (error) {
    if (error instanceof BuildError) throw new RigError(Exit.failed, error.message);
    throw error;
  }
  throw new RigError(Exit.failed, "the run did not come to its end");
}

function orderOf(id: string): Order {
  try {
    const { variant, cuts } = parseReplayId(id);
    return { setting: settingOf(variant), cuts };
  } catch (error) {
    throw new RigError(
      Exit.usage,
      `not a replay id: ${error instanceof Error ? error.message : id}`,
    );
  }
}
