/** `xs-fumo test`: the scenarios of the suite, on one board or several. */
import { type Command, InvalidArgumentError } from "commander";
import { BOARD_NAMES } from "../boards/boards.ts";
import { EventLog, ndjson } from "../events/log.ts";
import { ScenarioRun } from "../events/scenariorun.ts";
import { Exit, type ExitCode, RigError, told } from "../exit.ts";
import { writeJUnit } from "../junit.ts";
import { isLine } from "../line/line.ts";
import { countOption } from "../options.ts";
import { addPageOptions, interrupted, openPage, type PageFlags } from "../page/page.ts";
import { CONSOLE_BAUD } from "../serialboard.ts";
import { parseShard, type Shard, shardOf, WHOLE } from "../shard.ts";
import { chosen } from "../suite/choice.ts";
import { type Ended, runScenario } from "../suite/run.ts";
import { needsOf, type TestScenario } from "../suite/scenario.ts";
import {
  boardOfFile,
  emulated,
  isDeviceName,
  lackOf,
  onBench,
  type Subject,
} from "../suite/subject.ts";
import { SCENARIOS } from "../suite/table.ts";
import { endsOf, summaryOf } from "../suite/verdicts.ts";
import { terminal } from "../terminal.ts";

interface TestOptions extends PageFlags {
  readonly board: readonly string[];
  readonly rig?: string;
  readonly port?: string;
  readonly baud: number;
  readonly powerOn?: string;
  readonly powerOff?: string;
  readonly flash?: string;
  readonly provision?: string;
  readonly host?: string;
  readonly serverPort: number;
  readonly filter: readonly string[];
  readonly shard?: Shard;
  readonly seed?: number;
  readonly sample?: number;
  readonly repeat: number;
  readonly retry: number;
  readonly limit: number;
  readonly untilFailure?: true;
  readonly list?: true;
  readonly dryRun?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly log?: string;
  readonly junit?: string;
}

const DEFAULT_BOARDS: readonly string[] = ["sim"];

export function addTest(program: Command): void {
  const command = program
    .command("test")
    .description(
      "run the scenarios of the suite: updates, bad packages and images, faults of network, " +
        "servers and power",
    )
    .option(
      "--board <board>",
      `${BOARD_NAMES.join(", ")}, or one of --rig; may be repeated`,
      boardOption,
      DEFAULT_BOARDS,
    )
    .option("--rig <file>", "the boards of a bench: rig.yaml")
    .option(
      "--port <line>",
      "a board of the kind --board instead: /dev/ttyUSB0, tcp://HOST:PORT, rfc2217://HOST:PORT",
      lineOption,
    )
    .option("--baud <rate>", "of its console", countOption, CONSOLE_BAUD)
    .option("--power-on <command>", "shell command that switches it on (default: the RTS line)")
    .option("--power-off <command>", "shell command that cuts its power")
    .option("--flash <command>", "shell command that makes it new: {image}, {keys}")
    .option("--provision <command>", "shell command that gives it the provisioning {file}")
    .option("--host <name>", "what boards call this machine")
    .option("--server-port <number>", "of DM server and package host; 0: any", countOption, 0)
    .option(
      "--filter <pattern>",
      "scenarios of that name, with * for any characters; may be repeated",
      together,
      [],
    )
    .option("--list", "name the scenarios, and run none (with --json: as JSON)")
    .option("--dry-run", "look whether the boards can be built here, and run nothing")
    .option(
      "--shard <i/n>",
      "this machine's part (default: what Slurm, GitLab, Kubernetes, Buildkite or Circle say)",
      shardOption,
    )
    .option("--seed <number>", "shuffle them: the same number gives the same order", countOption)
    .option(
      "--sample <count>",
      "so many of them at most; with --seed others each time",
      countOption,
    )
    .option("--repeat <times>", "run each so often", countOption, 1)
    .option("--until-failure", "repeat all until one fails")
    .option(
      "--retry <times>",
      "after an error of the bench try again so often; a failure of the firmware stays one",
      countOption,
      0,
    )
    .option(
      "--limit <seconds>",
      "a scenario without a result within this has failed",
      countOption,
      240,
    )
    .option("--verbose", "show the serial console and every message of both sides")
    .option("--json", "print events as NDJSON")
    .option("--quiet", "print verdicts and results only")
    .option("--log <file>", "write all events to a file, as NDJSON")
    .option("--junit <file>", "write a JUnit report, one test suite a board");
  addPageOptions(command)
    .addHelpText(
      "after",
      `
The server decides whether a scenario has passed; what the device's console says must agree with it.
Exit status: 0 all passed, 1 a property did not hold, 2 no such scenario, 3 the bench is to
blame for one or more (the report says whether others failed). A board that cannot be had, or that
somebody else has, is an error of each of its scenarios; other boards go on.
Kubernetes does not say how many parts there are: XS_FUMO_SHARDS does.

Examples:
  xs-fumo test                                    every scenario on board sim
  xs-fumo test --list
  xs-fumo test --board qemu --filter 'network.*' --junit report.xml
  xs-fumo test --board sim --board host --sample 10 --seed 7
  xs-fumo test --board sim --filter 'network.*' --page --report network.html
  xs-fumo test --board cortexm --shard 2/8 --log shard-2.ndjson`,
    )
    .action(run);
}

function together(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** The first board that is named takes the place of the default. */
function boardOption(text: string, before: readonly string[]): readonly string[] {
  return before === DEFAULT_BOARDS ? [text] : [...before, text];
}

function lineOption(text: string): string {
  if (!isLine(text))
    throw new InvalidArgumentError("A line is /dev/…, tcp://HOST:PORT or rfc2217://HOST:PORT.");
  return text;
}

/** The boards that the options name. Throws a RigError for one that is not known. */
function subjectsOf(options: TestOptions): readonly Subject[] {
  const { rig, port, board: names } = options;
  if (port !== undefined) return [boardAt(port, options)];
  return names.map((name) => {
    if (rig !== undefined) return boardOfFile(rig, name);
    if (isDeviceName(name)) return emulated(name);
    throw new RigError(
      Exit.usage,
      `no board is named ${name}: ${BOARD_NAMES.join(", ")}`,
      "--rig names the file of a bench",
    );
  });
}

/** The board that --port and what belongs to it describe. */
function boardAt(line: string, options: TestOptions): Subject {
  const { baud, powerOn, powerOff, flash, provision, host, serverPort } = options;
  const [kind = "", ...more] = options.board;
  if (!isDeviceName(kind) || more.length > 0)
    throw new RigError(
      Exit.usage,
      `--port wants one --board, whose kind says what its firmware is: ${BOARD_NAMES.join(", ")}`,
      "an ESP32 is described by --rig",
    );
  if ((powerOn === undefined) !== (powerOff === undefined))
    throw new RigError(Exit.usage, "--power-on and --power-off go together");
  const power = powerOn !== undefined && powerOff !== undefined;
  const entry = {
    ...{ kind, console: line, baud },
    ...(power ? { power: { on: powerOn, off: powerOff } } : {}),
    ...(flash === undefined ? {} : { flash }),
    ...(provision === undefined ? {} : { provision }),
  };
  return onBench(kind, entry, { ...(host === undefined ? {} : { host }), port: serverPort });
}

function shardOption(text: string): Shard {
  try {
    return parseShard(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : "A shard is 1/4.");
  }
}

async function run(options: TestOptions): Promise<void> {
  const { filter: filters, seed, sample } = options;
  const shard = options.shard ?? shardOf(process.env);
  const choice = {
    filters,
    ...(seed === undefined ? {} : { seed }),
    ...(sample === undefined ? {} : { sample }),
  };
  const scenarios = chosen(SCENARIOS, { ...choice, shard });
  const subjects = subjectsOf(options);
  if (options.list === true) {
    list(scenarios, subjects, options);
    return;
  }
  if (chosen(SCENARIOS, { filters, shard: WHOLE }).length === 0)
    throw new RigError(
      Exit.usage,
      `no scenario is named ${filters.join(" or ")}`,
      "--list names them",
    );
  if (options.dryRun === true) {
    dryRun(scenarios, subjects);
    return;
  }
  const whole = chosen(SCENARIOS, { ...choice, shard: WHOLE }).map(({ name }) => name);
  const suite = new Suite(options, { shard, whole });
  const page = await openPage(options, suite.log);
  for (const subject of subjects) await suite.run(subject, scenarios);
  process.exitCode = suite.end();
  if (page !== undefined) await interrupted();
  await page?.close();
}

function list(
  scenarios: readonly TestScenario[],
  subjects: readonly Subject[],
  { json }: TestOptions,
): void {
  if (json === true) {
    const rows = scenarios.map((scenario) => {
      const { name, about, seconds } = scenario;
      return { name, about, needs: needsOf(scenario), seconds };
    });
    process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    return;
  }
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const scenario of scenarios) {
    const lacks = subjects.flatMap((each) => {
      const why = lackOf(each, scenario);
      return why === undefined ? [] : [`${each.name} ${why}`];
    });
    const note = lacks.length === 0 ? "" : ` (not here: ${lacks.join(", ")})`;
    process.stdout.write(`${scenario.name.padEnd(width)}  ${scenario.about}${note}\n`);
  }
}

function dryRun(scenarios: readonly TestScenario[], subjects: readonly Subject[]): void {
  for (const each of subjects) {
    const missing = each.missing();
    const able = scenarios.filter((scenario) => lackOf(each, scenario) === undefined);
    const state = missing.length === 0 ? "ready" : `missing ${missing.join(", ")}`;
    process.stdout.write(`board ${each.name}: ${state}; ${able.length} scenarios\n`);
    if (missing.length > 0) process.exitCode = Exit.noBoard;
  }
}

/** What a run is part of. */
interface Plan {
  readonly shard: Shard;
  /** Names of the scenarios of all parts. */
  readonly whole: readonly string[];
}

/** One run of the suite over its boards. */
class Suite {
  readonly #options: TestOptions;
  readonly #plan: Plan;
  readonly log = new EventLog("bench");
  /** A board was not there, or could not be given back. */
  #isBroken = false;

  constructor(options: TestOptions, plan: Plan) {
    this.#options = options;
    this.#plan = plan;
    this.log.view(
      terminal({
        quiet: options.quiet === true,
        json: options.json === true,
        verbose: options.verbose === true,
        calm: true,
      }),
    );
    if (options.log !== undefined) this.log.view(ndjson(options.log));
  }

  /**
   * Runs the scenarios on a board. What keeps the board from its part, before the first of them or
   * later, is an error of each that has not ended: the report has them all. Other boards go on.
   */
  async run(subject: Subject, scenarios: readonly TestScenario[]): Promise<void> {
    const log = new EventLog(subject.name);
    log.view((event) => {
      this.log.record(event);
    });
    const { shard, whole } = this.#plan;
    log.emit({ kind: "plan", shard: `${shard.index}/${shard.count}`, scenarios: whole });
    try {
      await this.#held(subject, async () => this.#rounds(subject, scenarios, log));
    } catch (error) {
      this.#blame(error, subject, scenarios, log);
    }
  }

  /** Does `work` while nobody else has the board. */
  async #held(subject: Subject, work: () => Promise<void>): Promise<void> {
    const hold = subject.hold?.();
    try {
      await work();
    } finally {
      hold?.release();
    }
  }

  async #rounds(
    subject: Subject,
    scenarios: readonly TestScenario[],
    log: EventLog,
  ): Promise<void> {
    const { board, place, account } = subject;
    const ladder = await subject.prepare((text) => {
      log.emit({ kind: "note", text });
    });
    const options = {
      limitMs: this.#options.limit * 1000,
      ...(place === undefined ? {} : { place }),
      ...(account === undefined ? {} : { account }),
      ...(ladder === undefined ? {} : { ladder }),
    };
    const { repeat, untilFailure } = this.#options;
    for (let round = 0; untilFailure === true || round < repeat; round++)
      for (const scenario of scenarios) {
        if (isSkipped(subject, scenario, log)) continue;
        const { verdict } = await this.#attempts((attempt) =>
          runScenario(board, scenario, log, { attempt, ...options }),
        );
        if (verdict !== "passed" && untilFailure === true) return;
      }
  }

  /** Ends each scenario that has not ended by what the bench could not do. */
  #blame(
    error: unknown,
    subject: Subject,
    scenarios: readonly TestScenario[],
    log: EventLog,
  ): void {
    if (error instanceof RigError) process.stderr.write(told(error));
    this.#isBroken = true;
    const ended = new Set(endsOf(log.events).map(({ name }) => name));
    const message = error instanceof Error ? error.message : String(error);
    for (const scenario of scenarios) {
      if (ended.has(scenario.name) || isSkipped(subject, scenario, log)) continue;
      new ScenarioRun(log, scenario.name).end("error", [message]);
    }
  }

  /** Tries again what the bench is to blame for. */
  async #attempts(once: (attempt: number) => Promise<Ended>): Promise<Ended> {
    for (let attempt = 1; ; attempt++) {
      const ended = await once(attempt);
      if (ended.verdict !== "error" || attempt > this.#options.retry) return ended;
    }
  }

  /** Writes the report: the exit status. */
  end(): ExitCode {
    const { status: verdict, text } = summaryOf(endsOf(this.log.events));
    const status = this.#isBroken ? Exit.noBoard : verdict;
    this.log.emit({ kind: "end", status, text });
    const { junit } = this.#options;
    const boards = [...new Set(this.log.events.map(({ board }) => board))].filter(
      (board) => board !== this.log.board,
    );
    if (junit !== undefined)
      writeJUnit(
        junit,
        boards.map((board) => ({
          name: `xs-fumo.${board}`,
          properties: { board, seed: `${this.#options.seed ?? "none"}` },
          events: this.log.events.filter((event) => event.board === board),
        })),
      );
    return status;
  }
}

/** Says that the board cannot bear the scenario, where that is so. */
function isSkipped(subject: Subject, scenario: TestScenario, log: EventLog): boolean {
  const why = lackOf(subject, scenario);
  if (why === undefined) return false;
  new ScenarioRun(log, scenario.name).end("skipped", [why]);
  return true;
}
