/**
 * `xs-fumo watch`: the console of a real board on a serial port, understood as the rig understands
 * its own devices.
 */
import type { Command } from "commander";
import { EventLog, ndjson } from "../events.ts";
import { Exit } from "../exit.ts";
import { countOption } from "../options.ts";
import { within } from "../device.ts";
import { parseSerial } from "../serial.ts";
import { CONSOLE_BAUD, SerialBoard } from "../serialboard.ts";
import { terminal } from "../terminal.ts";

interface WatchOptions {
  readonly port: string;
  readonly baud: number;
  readonly powerOn?: string;
  readonly powerOff?: string;
  readonly until?: number;
  readonly limit: number;
  readonly json?: true;
  readonly verbose?: true;
  readonly log?: string;
}

export function addWatch(program: Command): void {
  program
    .command("watch")
    .description(
      "start a real board and show what it says on its serial port: versions, State, progress, " +
        "sessions",
    )
    .requiredOption("--port <device>", "the serial port, such as /dev/ttyUSB0")
    .option("--baud <rate>", "its speed", countOption, CONSOLE_BAUD)
    .option(
      "--power-on <command>",
      "shell command that switches the board on (default: the port's RTS line resets it)",
    )
    .option("--power-off <command>", "shell command that cuts its power, when the watch ends")
    .option(
      "--until <state>",
      "end with status 0 once the FUMO State is this, e.g. 100",
      countOption,
    )
    .option("--limit <seconds>", "give up after so long, with status 42; 0: never", countOption, 0)
    .option("--verbose", "show every line of the console")
    .option("--json", "print events as NDJSON")
    .option("--log <file>", "write all events to a file, as NDJSON")
    .addHelpText(
      "after",
      `
With xs-fumo serve in another terminal this is a whole update of a real board.

Example:
  xs-fumo watch --port /dev/ttyUSB0 --until 100 --limit 600`,
    )
    .action(watch);
}

async function watch(options: WatchOptions): Promise<void> {
  const log = new EventLog("serial");
  log.view(
    terminal({ quiet: false, json: options.json === true, verbose: options.verbose === true }),
  );
  if (options.log !== undefined) log.view(ndjson(options.log));
  const board = new SerialBoard(options, (line) => {
    for (const event of parseSerial(line)) log.emit(event);
  });
  const reached = new Promise<void>((resolve) => {
    log.view((event) => {
      if (event.kind === "state" && event.state === options.until) resolve();
    });
    process.once("SIGTERM", resolve);
  });
  try {
    await board.on();
    await (options.limit > 0
      ? within(options.limit * 1000, "what is waited for", reached)
      : reached);
    process.exitCode = Exit.ok;
  } finally {
    if (options.powerOff !== undefined) await board.off();
    await board.close();
  }
}
