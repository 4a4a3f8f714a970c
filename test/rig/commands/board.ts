/** `xs-fumo board`: the boards of a rig file by hand. */
import type { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { holderOf, lock, told, unlock } from "../bench/boardlock.ts";
import { holdByHand, lineOf, placesOf } from "../bench/hold.ts";
import { acquire, release, userOf } from "../bench/labgrid.ts";
import { type BoardEntry, entryIn, powerCommands, readRigFile } from "../bench/rigfile.ts";
import { within } from "../device.ts";
import { Exit, RigError } from "../exit.ts";
import { countOption } from "../options.ts";
import { CONSOLE_BAUD, relay, SerialBoard } from "../serialboard.ts";

/** How long a board is without power in a cycle: what it has in capacitors is gone by then. */
const CYCLE_MS = 2000;

interface RigOptions {
  readonly rig: string;
}

interface ConsoleOptions extends RigOptions {
  readonly until?: string;
  readonly limit: number;
}

export function addBoard(program: Command): void {
  const board = program
    .command("board")
    .description("list, switch, read and lock the boards of a rig file by hand")
    .addHelpText(
      "after",
      `
A board that a run has is left alone: status 3, and the process and command that have it. A board
that you have locked is yours: you may switch and read it, and nobody's run takes it.
Exit status: 0 done, 2 no such board, 3 somebody else has it, or the bench does not do its part.

Examples:
  xs-fumo board list --rig rig.yaml
  xs-fumo board lock door-1
  xs-fumo board power door-1 cycle
  xs-fumo board console door-1 --until 'runs version' --limit 60
  xs-fumo board unlock door-1`,
    );
  const add = (words: string, description: string): Command =>
    board
      .command(words)
      .description(description)
      .option("--rig <file>", "the boards of the bench", "rig.yaml");
  add("list", "name the boards: kind, console, power, and who has each").action(list);
  add("status <board>", "say who has a board: status 0 nobody, 3 somebody").action(status);
  add("power <board> <on|off|cycle>", "switch the power of a board; without a switch, cycle resets")
    .addHelpText("after", "\nExample:\n  xs-fumo board power door-1 cycle")
    .action(power);
  add("console <board>", "show what a board says, without a reset, until interrupted")
    .option("--until <text>", "end once a line has this text")
    .option("--limit <seconds>", "give up after so long, with status 42; 0: never", countOption, 0)
    .addHelpText("after", "\nExample:\n  xs-fumo board console door-1 --until 'runs version'")
    .action(readConsole);
  add("lock <board>", "keep a board for yourself until unlock; labgrid's are acquired").action(
    lockBoard,
  );
  add("unlock <board>", "give back what lock took; labgrid's are released").action(unlockBoard);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function list({ rig }: RigOptions): void {
  for (const [name, entry] of Object.entries(readRigFile(rig).boards)) {
    const { console, kind } = entry;
    const at = typeof console === "string" ? console : JSON.stringify(console);
    const switched = Object.keys(entry.power ?? { rts: true }).join(" and ");
    say(`${name.padEnd(16)} ${kind.padEnd(10)} ${at}  power by ${switched}  ${whoHas(entry)}`);
  }
}

function status(name: string, { rig }: RigOptions): void {
  const who = whoHas(entryIn(rig, name));
  say(`board ${name}: ${who}`);
  process.exitCode = who === FREE ? Exit.ok : Exit.noBoard;
}

const FREE = "free";

/** Says who has a board; FREE when nobody has. */
function whoHas(entry: BoardEntry): string {
  try {
    for (const place of placesOf(entry)) {
      const user = userOf(place);
      if (user !== undefined) return `taken by ${user}, by labgrid's place ${place}`;
    }
    const line = lineOf(entry.console);
    const holder = line === undefined ? undefined : holderOf(line);
    return holder === undefined ? FREE : `taken by ${told(holder)}`;
  } catch (error) {
    if (error instanceof RigError) return `away: ${error.message}`;
    throw error;
  }
}

async function power(name: string, what: string, { rig }: RigOptions): Promise<void> {
  if (!["on", "off", "cycle"].includes(what))
    throw new RigError(Exit.usage, `power is on, off or cycle, not ${what}`);
  const entry = entryIn(rig, name);
  const hold = holdByHand(name, entry);
  try {
    if (entry.power === undefined) await reset(name, entry, what, hold.line);
    else {
      const { powerOn, powerOff } = powerCommands(entry.power);
      if (what !== "on") relay(powerOff);
      if (what === "cycle") await sleep(CYCLE_MS);
      if (what !== "off") relay(powerOn);
    }
    say(`board ${name}: power ${what}`);
  } finally {
    hold.release();
  }
}

/** What the RTS line can do for a board without a switch. */
async function reset(name: string, entry: BoardEntry, what: string, line: string): Promise<void> {
  if (what !== "cycle")
    throw new RigError(
      Exit.noBoard,
      `board ${name} has no switch: its power cannot be ${what}`,
      "cycle resets it by RTS; a switch is power in the rig file",
    );
  const board = new SerialBoard({ port: line, baud: entry.baud ?? CONSOLE_BAUD }, () => undefined);
  try {
    await board.on();
  } finally {
    await board.close();
  }
}

async function readConsole(name: string, options: ConsoleOptions): Promise<void> {
  const { rig, until, limit } = options;
  const entry = entryIn(rig, name);
  const hold = holdByHand(name, entry);
  let found: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => {
    found = resolve;
  });
  const board = new SerialBoard(
    { port: hold.line, baud: entry.baud ?? CONSOLE_BAUD },
    (line) => {
      say(line);
      if (until !== undefined && line.includes(until)) found();
    },
    (state) => {
      process.stderr.write(`console: ${state} ${hold.line}\n`);
    },
  );
  try {
    await board.attach();
    await (limit > 0 ? within(limit * 1000, `"${until}" on the console`, reached) : reached);
  } finally {
    await board.close();
    hold.release();
  }
}

function lockBoard(name: string, { rig }: RigOptions): void {
  const entry = entryIn(rig, name);
  const line = lineOf(entry.console);
  const places: string[] = [];
  try {
    for (const place of placesOf(entry)) {
      acquire(place);
      places.push(place);
    }
    if (line !== undefined) lock(name, line, true);
  } catch (error) {
    // A board is locked whole, or not at all.
    for (const place of places) release(place);
    throw error;
  }
  say(`board ${name}: locked`);
}

function unlockBoard(name: string, { rig }: RigOptions): void {
  const entry = entryIn(rig, name);
  const line = lineOf(entry.console);
  if (line !== undefined) unlock(name, line);
  for (const place of placesOf(entry)) release(place);
  say(`board ${name}: free`);
}
