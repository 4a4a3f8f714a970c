/** The commands of a message from the server: which are executed, and what each is answered (OMA-TS-DM-RepPro §4.1.6). */
import { AlertCode } from "../syncml/alert.ts";
import type { Command } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import { alertStatus } from "./alerts.ts";
import { runAtomic } from "./atomic.ts";
import { answer, type Context, execute, interrupt } from "./commands.ts";
import { statusOf } from "./outgoing.ts";
import type { SessionPorts } from "./ports.ts";
import { runSequence } from "./sequence.ts";

/** True for what a server may expect a Status for: while there is one, the session goes on. */
export function asksForAnswer(command: Command): boolean {
  return command.name !== "Status" && command.name !== "Results";
}

/** Executes the commands of a message in their order, and queues Status and Results. */
export function run(commands: readonly Command[], context: Context, ports: SessionPorts): void {
  for (const command of commands) {
    switch (command.name) {
      case "Add":
      case "Replace":
        answer(command, execute(command, context, false), context);
        break;
      case "Copy":
      case "Delete":
      case "Exec":
      case "Get":
        interrupt(context);
        answer(command, execute(command, context, false), context);
        break;
      case "Atomic":
        interrupt(context);
        runAtomic(command, context);
        break;
      case "Sequence":
        interrupt(context);
        runSequence(command, context);
        break;
      case "Alert":
        if (command.data === AlertCode.noEndOfData) context.outgoing.results.drop();
        context.outgoing.status(statusOf(context.msgRef, command, alertStatus(command.data)));
        break;
      case "Unknown":
        ports.log("warning", `${command.element} is not a command of OMA DM`);
        refuse([command], Status.notSupported, context);
        break;
      case "Status":
      case "Results":
        break;
    }
  }
}

/** Answers every command, those inside Atomic and Sequence too, with one code; nothing is executed. */
export function refuse(commands: readonly Command[], status: number, context: Context): void {
  for (const command of commands) {
    if (!asksForAnswer(command) || command.cmdID === "") continue;
    const cmd = command.name === "Unknown" ? { name: command.element, cmdID: command.cmdID } : command;
    context.outgoing.status(statusOf(context.msgRef, cmd, status));
    if (command.name === "Atomic" || command.name === "Sequence") {
      for (const inner of command.commands) context.outgoing.status(statusOf(context.msgRef, inner, status));
    }
  }
}
