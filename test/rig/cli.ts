#!/usr/bin/env node
/**
 * The command `xs-fumo`: reads the command line, runs one command, ends with an exit status that a
 * CI system can tell apart.
 */
import { Command, CommanderError } from "commander";
import { addConformance } from "./commands/conformance.ts";
import { addBoard } from "./commands/board.ts";
import { addBootstrap } from "./commands/bootstrap.ts";
import { addBuild } from "./commands/build.ts";
import { addDecode, addEncode } from "./commands/convert.ts";
import { addDdf } from "./commands/ddf.ts";
import { addDemo } from "./commands/demo.ts";
import { addDevice } from "./commands/device.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addFlash } from "./commands/flash.ts";
import { addInspect } from "./commands/inspect.ts";
import { addKeygen } from "./commands/keygen.ts";
import { addManifest } from "./commands/manifest.ts";
import { addMerge } from "./commands/merge.ts";
import { addNotify } from "./commands/notify.ts";
import { addPack } from "./commands/pack.ts";
import { addProvision } from "./commands/provision.ts";
import { addReplay } from "./commands/replay.ts";
import { addServe } from "./commands/serve.ts";
import { addTest } from "./commands/test.ts";
import { addWatch } from "./commands/watch.ts";
import { Exit, RigError, told } from "./exit.ts";

const STATUSES = `
Exit status: 0 ok, 1 the test or update failed, 2 wrong usage, 3 no board or tool, 4 flash,
5 protocol, 6 the device crashed, 42 a limit on a wait was reached, 130 interrupted.`;

function program(): Command {
  const command = new Command("xs-fumo")
    .description(
      "Firmware updates over OMA DM 1.2 / FUMO 1.0: a device, a server to test it, packages, keys.",
    )
    .showHelpAfterError("(xs-fumo help shows the commands)")
    .addHelpText(
      "after",
      `${STATUSES}

Examples:
  xs-fumo demo                                   a whole update on this machine
  xs-fumo test --board sim --filter 'network.*'  a device against a network that misbehaves
  xs-fumo build --board host --version 2.0.0 -o v2.img
  xs-fumo serve --port 8080 --package v2.img --scenario download-and-update
  xs-fumo device --board host --state dev --server http://127.0.0.1:8080/dm --server-id rig --once`,
    );
  const commands = [
    addDemo,
    addTest,
    addMerge,
    addBoard,
    addServe,
    addDevice,
    addNotify,
    addBootstrap,
    addBuild,
    addKeygen,
    addPack,
    addInspect,
    addDecode,
    addEncode,
    addDdf,
    addManifest,
    addConformance,
    addFlash,
    addProvision,
    addWatch,
    addReplay,
    addDoctor,
  ];
  for (const add of commands) add(command);
  return command;
}

async function main(words: readonly string[]): Promise<void> {
  const command = program();
  overrideExits(command);
  try {
    await command.parseAsync(words);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Ends of a command, and of those within it, come to `report`. */
function overrideExits(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) overrideExits(each);
}

/** A synchronous write to a reader that has had enough. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/** Says what went wrong and what to do: the exit status. Commander has said its own already. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
  if (isBrokenPipe(error)) return Exit.ok;
  if (error instanceof RigError) {
    process.stderr.write(told(error));
    return error.code;
  }
  process.stderr.write(
    `xs-fumo: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return Exit.failed;
}

process.on("SIGINT", () => {
  // A command with something to put in order first has a listener of its own.
  if (process.listenerCount("SIGINT") === 1) process.exit(Exit.interrupted);
});
// Whoever reads has had enough, as `head` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(Exit.ok);
});
await main(process.argv);
