/**
 * `xs-fumo watch`: the console of a real board on a serial port, understood as the rig understands
 * its own devices.
 */
import { type Command, InvalidArgumentError } from "commander";
import { FumoState } from "../../../src/objects/fumostate.ts";
import { holdLine } from "../bench/hold.ts";
import { EventLog, ndjson } from "../events/log.ts";
import { Exit, type ExitCode } from "../exit.ts";
import { countOption } from "../options.ts";
import { within } from "../device.ts";
import { ordersOf, type Switch } from "../page/orders.ts";
import { addPageOptions, interrupted, openPage, type PageFlags } from "../page/page.ts";
import { parseSerial } from "../serial.ts";
import { CONSOLE_BAUD, SerialBoard } from "../serialboard.ts";
import { terminal } from "../terminal.ts";

interface WatchOptions extends PageFlags {
  readonly port: string;
  readonly baud: number;
  readonly powerOn?: string;
  readonly powerOff?: string;
  readonly until?: number | "reported";
  readonly limit: number;
  readonly json?: true;
  readonly verbose?: true;
  readonly log?: string;
}

const FAILED: readonly number[] = [
  FumoState.downloadFailed,
  FumoState.updateFailedHaveData,
  FumoState.updateFailedNoData,
];

export function addWatch(program: Command): void {
  const command = program
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
      "--until <what>",
      "end once the FUMO State is this, such as 100; or, for the word reported, once the server " +
        "knows how an update ended",
      untilOption,
    )
    .option("--limit <seconds>", "give up after so long, with status 42; 0: never", countOption, 0)
    .option("--verbose", "show every line of the console")
    .option("--json", "print events as NDJSON")
    .option("--log <file>", "write all events to a file, as NDJSON");
  addPageOptions(command)
    .addHelpText(
      "after",
      `
The board is reset, or switched on, when the watch begins. --power-on and --power-off go together.
With xs-fumo serve in another terminal this is a whole update of a real board.

With --power-off, --until 30 cuts the power in the download. A board whose power is cut at State 100
has not reported yet, and does so when it is on again: --until reported waits for it, and ends with
status 1 when the update has failed. A port that goes away is opened again when it is back.

Example:
  xs-fumo watch --port /dev/ttyUSB0 --until reported --limit 600 --report update.html`,
    )
    .action(watch);
}

function untilOption(text: string): number | "reported" {
  if (text === "reported") return text;
  if (!/^\d+$/.test(text))
    throw new InvalidArgumentError("A State such as 100 is needed, or the word reported.");
  return Number(text);
}

async function watch(options: WatchOptions): Promise<void> {
  const { until, port: path } = options;
  const log = new EventLog("serial");
  log.view(
    terminal({ quiet: false, json: options.json === true, verbose: options.verbose === true }),
  );
  if (options.log !== undefined) log.view(ndjson(options.log));
  const hold = holdLine(path);
  const board = new SerialBoard(
    options,
    (line) => {
      for (const event of parseSerial(line)) log.emit(event, "device");
    },
    (line) => {
      log.emit({ kind: "console", line, path });
    },
  );
  const power = switchOf(board, options, log);
  const page = await openPage(options, log, ordersOf({ log, power }));
  const stop = page === undefined ? undefined : interrupted();
  const reached = new Promise<ExitCode>((resolve) => {
    log.view((event) => {
      if (event.kind === "state" && event.state === until) resolve(Exit.ok);
      if (event.kind === "turn" && event.what === until)
        resolve(hasFailed(log) ? Exit.failed : Exit.ok);
    });
    process.once("SIGTERM", () => {
      resolve(Exit.ok);
    });
    void stop?.then(() => {
      resolve(Exit.ok);
    });
  });
  try {
    await power.on();
    process.exitCode = await (options.limit > 0
      ? within(options.limit * 1000, "what is waited for", reached)
      : reached);
    await stop;
  } finally {
    if (options.powerOff !== undefined) await power.off();
    await board.close();
    hold.release();
    await page?.close();
  }
}

/** The switch of the board; the log says what it does. */
function switchOf(board: SerialBoard, { powerOn }: WatchOptions, log: EventLog): Switch {
  const by = powerOn === undefined ? "rts" : "command";
  return {
    on: async () => {
      log.emit({ kind: "power", on: true, by });
      await board.on();
    },
    off: async () => {
      await board.off();
      log.emit({ kind: "power", on: false, by });
    },
  };
}

/** Whether the update that was reported has failed, by the last State but Idle. */
function hasFailed(log: EventLog): boolean {
  const ended = log.all("state").findLast(({ state }) => state !== FumoState.idle);
  return ended !== undefined && FAILED.includes(ended.state);
}
