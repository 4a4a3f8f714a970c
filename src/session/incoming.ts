/**
 * The commands of a message that nobody executes: which want a Status, and how all are refused at
 * once (OMA-TS-DM-RepPro §4.1.6).
 */
import type { Command } from "../syncml/command.ts";
import type { Context } from "./commands.ts";
import { statusOf } from "./outgoing.ts";

/** True for what a server may expect a Status for: while there is one, the session goes on. */
export function asksForAnswer(command: Command): boolean {
  return command.name !== "Status" && command.name !== "Results";
}

/**
 * Answers every command, those inside Atomic and Sequence too, with one code; nothing is executed.
 */
export function refuse(commands: readonly Command[], status: number, context: Context): void {
  for (const command of commands) {
    if (!asksForAnswer(command) || command.cmdID === "") continue;
    const cmd =
      command.name === "Unknown" ? { name: command.element, cmdID: command.cmdID } : command;
    context.outgoing.status(statusOf(context.msgRef, cmd, status));
    if (command.name === "Atomic" || command.name === "Sequence") {
      for (const inner of command.commands)
        context.outgoing.status(statusOf(context.msgRef, inner, status));
    }
  }
}
