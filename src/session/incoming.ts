/**
 * The commands of a message that nobody executes: which want a Status, and how all are refused at
 * once (OMA-TS-DM-RepPro §4.1.6).
 */
import type { Command } from "../syncml/command.ts";
import type { Context } from "./commands.ts";
import { Statuses } from "./statuses.ts";

/** True for what a server may expect a Status for: while there is one, the session goes on. */
export function asksForAnswer(command: Command): boolean {
  return command.name !== "Status" && command.name !== "Results";
}

/**
 * Answers every command, those inside Atomic and Sequence too, with one code; nothing is executed.
 */
export function refuse(commands: readonly Command[], status: number, context: Context): void {
  eachAnswered(commands, (command) => {
    refuseOne(command, status, context);
  });
}

/** Visits what wants a Status, members of containers behind their container, however deep. */
export function eachAnswered(
  commands: readonly Command[],
  visit: (command: Command) => void,
): void {
  const open = [{ commands, index: 0 }];
  for (let top = open[0]; top !== undefined; top = open[open.length - 1]) {
    const command = top.commands[top.index++];
    if (command === undefined) open.pop();
    else if (asksForAnswer(command) && command.cmdID !== "") {
      visit(command);
      if (command.name === "Atomic" || command.name === "Sequence")
        open.push({ commands: command.commands, index: 0 });
    }
  }
}

/** The code names no item: it is about all of them. */
function refuseOne(command: Command, status: number, context: Context): void {
  const element = command.name === "Unknown" ? command.element : command.name;
  const { cmdID } = command;
  context.outgoing.send(new Statuses(context, { name: "Unknown", cmdID, element }, [status]));
}
