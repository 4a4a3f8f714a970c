/** What a board of a rig file needs of this machine. Nothing on the bench is touched. */
import { accessSync, constants } from "node:fs";
import { BOARDS } from "../boards/boards.ts";
import { check, onPath } from "../setup.ts";
import { portNamed } from "../serialports.ts";
import { type BoardEntry, ESP32, powerCommands, secretOf } from "./rigfile.ts";

export interface BenchCheck {
  readonly present: boolean;
  readonly text: string;
}

/** Returns what was looked at, one sentence each. */
export function checksOf(entry: BoardEntry): readonly BenchCheck[] {
  const { kind, power, account = {}, firmware } = entry;
  const secrets = [account.password, account.serverPassword].filter((each) => each !== undefined);
  const isBuilt = kind === ESP32 || firmware !== undefined;
  const tools = isBuilt || !(kind in BOARDS) ? [] : check(kind);
  return [
    consoleCheck(entry.console),
    ...(power === undefined
      ? [{ present: true, text: "power by RTS, which resets and does not cut: no power.*" }]
      : [programCheck(powerCommands(power).powerOn)]),
    ...secrets.map((reference) => attempt(`secret ${reference}`, () => secretOf(reference))),
    ...tools.map(({ what, present, debian }) => ({
      present,
      text: `${what}${present ? "" : ` (Debian package ${debian})`}`,
    })),
  ];
}

function consoleCheck(console: BoardEntry["console"]): BenchCheck {
  if (typeof console !== "string" && "labgrid" in console)
    return { present: onPath("labgrid-client"), text: `console by labgrid-client` };
  if (typeof console !== "string")
    return attempt(`console by USB serial number ${console.usb}`, () => portNamed(console.usb));
  if (console.includes("://")) return { present: true, text: `console ${console} (not tried)` };
  return attempt(`console ${console}`, () => {
    accessSync(console, constants.R_OK | constants.W_OK);
  });
}

/** The program that a command begins with. */
function programCheck(command: string): BenchCheck {
  const program = command.split(" ")[0] ?? "";
  return { present: onPath(program), text: `power by ${program}` };
}

function attempt(text: string, action: () => unknown): BenchCheck {
  try {
    action();
    return { present: true, text };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { present: false, text: `${text}: ${why}` };
  }
}
