/**
 * `xs-fumo demo`: a whole update on this machine, with nothing to configure. What `npm start` runs.
 */
import type { Command } from "commander";
import type { Encoding } from "../../../src/session/encoding.ts";
import { AUTH_KINDS, type AuthKind } from "../../../src/account/authkind.ts";
import { versionText } from "../../../src/image/version.ts";
import { fetchSources } from "../../../hal/bare/build.ts";
import { BOARD_NAMES, BOARDS, type DeviceName } from "../boards/boards.ts";
import { chooseBoard } from "../boards/choice.ts";
import { EventLog, ndjson } from "../events/log.ts";
import { ScenarioRun } from "../events/scenariorun.ts";
import { Exit, RigError, verdictOf } from "../exit.ts";
import { writeJUnit } from "../junit.ts";
import { countOption, ENCODINGS, faultOption, sizeOption, wordOption } from "../options.ts";
import { type Controls, ordersOf } from "../page/orders.ts";
import { addPageOptions, interrupted, openPage, type PageFlags } from "../page/page.ts";
import { mostHeap, PACKAGE_FORMS, type PackageForm, Rig, runsVersion } from "../rig.ts";
import { type FaultWord, faultsOf } from "../server/faultword.ts";
import { type ScenarioName, SCENARIOS } from "../server/scenario.ts";
import { check, setUp } from "../setup.ts";
import { heapText, terminal } from "../terminal.ts";
import { isClone } from "../../root.ts";
import { VERSION_2 } from "../workshop.ts";

interface DemoOptions extends PageFlags {
  readonly board?: DeviceName;
  readonly scenario: ScenarioName;
  readonly size: number;
  readonly form: PackageForm;
  readonly auth: AuthKind;
  readonly encoding: Encoding;
  readonly state?: string;
  readonly https?: true;
  readonly descriptor?: true;
  readonly limit?: number;
  readonly fault: readonly FaultWord[];
  readonly verbose?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly log?: string;
  readonly junit?: string;
}

/** Without `--limit` an update may take so long, unless somebody looks on and makes faults. */
const LIMIT_S = 240;

export function addDemo(program: Command): void {
  const demoCommand = program
    .command("demo")
    .description(
      "a whole update on this machine: build, sign, serve, download, verify, swap, reboot, report",
    )
    .option(
      "--board <board>",
      `one of ${BOARD_NAMES.join(", ")} (default: sim when installed from npm; in a clone qemu ` +
        `where it can be built, else host)`,
      wordOption(BOARD_NAMES),
    )
    .option(
      "--scenario <scenario>",
      `one of ${SCENARIOS.join(", ")}`,
      wordOption(SCENARIOS),
      "download-and-update",
    )
    .option("--size <bytes>", "pad version 2 to this size at least, e.g. 4MiB", sizeOption, 0)
    .option(
      "--form <form>",
      `${PACKAGE_FORMS.join(", ")}: what the server sends of version 2`,
      wordOption(PACKAGE_FORMS),
      "whole",
    )
    .option(
      "--auth <type>",
      "none, basic, md5 or mac, in both directions",
      wordOption(AUTH_KINDS),
      "md5",
    )
    .option("--encoding <encoding>", "xml or wbxml", wordOption(ENCODINGS), "xml")
    .option(
      "--descriptor",
      "the server names a download descriptor (OMA Download 1.0), not the package",
    )
    .option(
      "--https",
      "the servers speak TLS, and the device checks who they are (bare-metal boards, esp32-fake)",
    )
    .option("--state <directory>", "keep the device here (default: a temporary directory)")
    .option(
      "--fault <word>",
      "a fault of the servers, such as package:status:503@1x2 or dm:drop@3; may be repeated",
      faultOption,
      [],
    )
    .option(
      "--limit <seconds>",
      `give up after so long (default: ${LIMIT_S}; with --page: never)`,
      countOption,
    )
    .option("--verbose", "show the serial console and every message of both sides")
    .option("--json", "print events as NDJSON")
    .option("--quiet", "print the result and warnings only")
    .option("--log <file>", "write all events to a file, as NDJSON")
    .option("--junit <file>", "write a JUnit report");
  addPageOptions(demoCommand)
    .addHelpText(
      "after",
      `
Examples:
  xs-fumo demo
  xs-fumo demo --board sim --scenario replace --size 4MiB
  xs-fumo demo --board sim --size 500KiB --fault package:slow:64000x9 --page --report update.html`,
    )
    .action(demo);
}

/** An installed package has compiled nothing yet: board sim needs no more than Node.js. */
function boardOf({ board }: DemoOptions): {
  readonly board: DeviceName;
  readonly why?: string;
} {
  if (board !== undefined) return { board };
  return isClone ? chooseBoard(check("qemu"), fetchSources) : { board: "sim" };
}

async function demo(options: DemoOptions): Promise<void> {
  const { board, why } = boardOf(options);
  const log = new EventLog(board);
  log.view(
    terminal({
      quiet: options.quiet === true,
      json: options.json === true,
      verbose: options.verbose === true,
    }),
  );
  if (options.log !== undefined) log.view(ndjson(options.log));
  log.emit({ kind: "note", text: `xs-fumo demo: board ${board}, scenario ${options.scenario}` });
  if (why !== undefined) log.emit({ kind: "warning", text: why });
  setUp(board, (text) => {
    log.emit({ kind: "note", text });
  });
  const rig = await Rig.open({ ...options, ...faultsOf(options.fault), board: BOARDS[board], log });
  const page = await openPage(options, log, ordersOf({ log, ...controlsOf(rig) }));
  const scenario = new ScenarioRun(log, options.scenario);
  try {
    await update(rig, limitOf(options), log, page !== undefined);
    scenario.end("passed");
    const text = `Updated: the device runs version ${versionText(VERSION_2)} and has reported it.`;
    log.emit({ kind: "end", status: Exit.ok, text });
    if (page !== undefined) await interrupted();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    scenario.end(verdictOf(error), [text]);
    if (page !== undefined) {
      log.emit({ kind: "end", status: Exit.failed, text });
      await interrupted();
    }
    throw error;
  } finally {
    await rig.close();
    await page?.close();
    if (options.junit !== undefined) {
      const properties = { board, firmware: versionText(VERSION_2), package: rig.digest };
      writeJUnit(options.junit, [{ name: `demo.${board}`, properties, events: log.events }]);
    }
  }
}

function limitOf({ limit, page }: DemoOptions): number {
  if (limit !== undefined) return limit * 1000;
  return page === undefined ? LIMIT_S * 1000 : Infinity;
}

function controlsOf(rig: Rig): Omit<Controls, "log"> {
  const power = { on: () => void rig.start(), off: () => rig.cut() };
  return { server: rig.server, host: rig.host, power };
}

/**
 * Success is what the server was told and what the device says at its start; one without the other
 * is a failure. A device that `stays` is not turned off.
 */
async function update(rig: Rig, limitMs: number, log: EventLog, stays: boolean): Promise<void> {
  rig.start();
  const outcome = await rig.finished(limitMs);
  if (!outcome.ok)
    throw new RigError(
      Exit.failed,
      `the update failed with result ${outcome.code}: ${outcome.text}`,
    );
  if (!stays) await rig.switchOff();
  const heap = mostHeap(log);
  if (heap !== undefined)
    log.emit({ kind: "note", text: `peak of the XS heap over all boots: ${heapText(heap)}` });
  if (!runsVersion(log, VERSION_2))
    throw new RigError(Exit.failed, "the server was told of success, but version 2 does not run");
}
