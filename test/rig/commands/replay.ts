/** `xs-fumo replay`: one run of the power-cut campaign again, with everything that was said. */
import type { Command } from "commander";
import { parseReplayId } from "../../simulation/campaign/id.ts";
import { settingOf, Site } from "../../simulation/campaign/site.ts";
import { Exit, RigError } from "../exit.ts";

export function addReplay(program: Command): void {
  program.command("replay")
    .description("runs one scenario of the power-cut campaign again: the same variant, the same cuts, the same bytes")
    .argument("<id>", "what the campaign printed")
    .addHelpText("after", "\nExample:\n  xs-fumo replay 'download,good,small/17.tornBits.3/4.before.0'")
    .action((id: string) => { replay(id); });
}

function replay(id: string): void {
  const site = siteOf(id), { witness } = site;
  witness.onLine = (text) => { process.stdout.write(`  ${text}\n`); };
  witness.onEvent = (event) => { if (event.kind !== "message") process.stdout.write(`    server: ${JSON.stringify(event)}\n`); };
  witness.onBoot = () => {
    const { slot, state } = site.board.boot.log;
    process.stdout.write(`boot ${witness.boots}, after operation ${site.power.operations}: slot ${slot} is confirmed, ${state}\n`);
  };
  try {
    site.run();
  } catch (error) {
    throw new RigError(Exit.failed, error instanceof Error ? error.stack ?? error.message : String(error));
  }
  process.stdout.write(`Every property held, over ${witness.boots} boots and ${witness.cuts} cuts; ${site.digest()}\n`);
}

function siteOf(id: string): Site {
  try {
    const { variant, cuts } = parseReplayId(id);
    return new Site(settingOf(variant), cuts);
  } catch (error) {
    throw new RigError(Exit.usage, `not a replay id: ${error instanceof Error ? error.message : id}`);
  }
}
