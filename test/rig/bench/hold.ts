/** A board of a bench for one run alone: nobody else takes it until it is given back. */
import { Exit, RigError } from "../exit.ts";
import { portNamed } from "../serialports.ts";
import { lock } from "./boardlock.ts";
import { acquire, consoleOf, release } from "./labgrid.ts";
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
export function holdBoard(name: string, { console, power }: BoardEntry): Hold {
  const undo: (() => void)[] = [];
  const giveBack = (): void => {
    process.off("exit", giveBack);
    process.off("SIGTERM", end);
    for (let next = undo.pop(); next !== undefined; next = undo.pop()) next();
  };
  process.on("exit", giveBack);
  process.on("SIGTERM", end);
  try {
    for (const place of placesOf({ console, power })) {
      acquire(place);
      undo.push(() => release(place));
    }
    const line = lineOf(console);
    if (!isPlace(console)) undo.push(lock(name, line));
    return { line, release: giveBack };
  } catch (error) {
    giveBack();
    throw error;
  }
}

function end(): void {
  process.exit(Exit.interrupted);
}

/** The places of labgrid that a board is made of. */
function placesOf({
  console,
  power,
}: Pick<BoardEntry, "console"> & {
  readonly power: BoardEntry["power"] | undefined;
}): readonly string[] {
  const places = [
    ...(isPlace(console) ? [console.labgrid] : []),
    ...(power !== undefined && "labgrid" in power ? [power.labgrid] : []),
  ];
  return [...new Set(places)];
}

function isPlace(console: BoardEntry["console"]): console is { readonly labgrid: string } {
  return typeof console !== "string" && "labgrid" in console;
}

/** The line to a console, whose place is acquired where it has one. Throws a RigError. */
function lineOf(console: BoardEntry["console"]): string {
  if (typeof console === "string") return console;
  return "labgrid" in console ? consoleOf(console.labgrid) : portNamed(console.usb);
}

/** A line that nobody has taken is not known yet. */
export function notHeld(name: string): RigError {
  return new RigError(Exit.noBoard, `board ${name} was not taken`);
}
