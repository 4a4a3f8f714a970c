/** A board of a bench for one run alone: nobody else takes it until it is given back. */
import { Exit, RigError } from "../exit.ts";
import { portNamed } from "../serialports.ts";
import { holderOf, isOwn, lock } from "./boardlock.ts";
import { acquire, consoleOf, isOurs, release } from "./labgrid.ts";
import type { BoardEntry } from "./rigfile.ts";

export interface Hold {
  /** The line to its console: line/line.ts. */
  readonly line: string;
  /** Gives it back. Only the first call does. */
  release(): void;
}

/**
 * Takes a board: its places of labgrid, or its line on this machine. It is given back when the
 * process ends, too, unless that is killed. Throws a RigError that says who has it.
 */
export function holdBoard(name: string, entry: BoardEntry): Hold {
  return held(name, entry, false);
}

/** Takes a board for a command of a person, who may have locked it before. Throws a RigError. */
export function holdByHand(name: string, entry: BoardEntry): Hold {
  return held(name, entry, true);
}

/**
 * Takes whatever board is at that line, for a command that names no rig file. Throws a RigError
 * that says who has it.
 */
export function holdLine(line: string): Hold {
  return held(line, { console: line }, true);
}

/** Where a board is, and what else it is made of. */
type Site = Pick<BoardEntry, "console" | "power">;

function held(name: string, entry: Site, isByHand: boolean): Hold {
  const undo: (() => void)[] = [];
  const giveBack = (): void => {
    process.off("exit", giveBack);
    process.off("SIGTERM", end);
    for (let next = undo.pop(); next !== undefined; next = undo.pop()) next();
  };
  process.on("exit", giveBack);
  process.on("SIGTERM", end);
  try {
    for (const place of placesOf(entry)) {
      if (isByHand && isOurs(place)) continue;
      acquire(place);
      undo.push(() => release(place));
    }
    const own = lineOf(entry.console);
    if (own !== undefined && !(isByHand && isLockedByUs(own))) undo.push(lock(name, own));
    return { line: own ?? consoleAt(entry), release: giveBack };
  } catch (error) {
    giveBack();
    throw error;
  }
}

/** A command with something to put in order first has a listener of its own. */
function end(): void {
  if (process.listenerCount("SIGTERM") === 1) process.exit(Exit.interrupted);
}

function isLockedByUs(line: string): boolean {
  const holder = holderOf(line);
  return holder !== undefined && isOwn(holder);
}

/** The places of labgrid that a board is made of. */
export function placesOf({ console, power }: Site): readonly string[] {
  const places = [
    ...(typeof console !== "string" && "labgrid" in console ? [console.labgrid] : []),
    ...(power !== undefined && "labgrid" in power ? [power.labgrid] : []),
  ];
  return [...new Set(places)];
}

/** The line to a console of this machine; undefined where labgrid has it. Throws a RigError. */
export function lineOf(console: BoardEntry["console"]): string | undefined {
  if (typeof console === "string") return console;
  return "labgrid" in console ? undefined : portNamed(console.usb);
}

/** The line to a console that labgrid has, once its place is acquired. */
function consoleAt({ console }: Site): string {
  return typeof console !== "string" && "labgrid" in console ? consoleOf(console.labgrid) : "";
}

/** A line that nobody has taken is not known yet. */
export function notHeld(name: string): RigError {
  return new RigError(Exit.noBoard, `board ${name} was not taken`);
}
