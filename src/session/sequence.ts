/**
 * Sequence (OMA-TS-DM-RepPro §4.1.6.14): in the given order, and 200 once begun. A command that fails does not stop the others
 * (an Add that finds its node is followed by a Replace in many servers' scripts), but an Alert does: it asked for a consent
 * that was not given (OMA-TS-DM-Protocol §2.5).
 */
import type { ContainerCommand } from "../syncml/command.ts";
import { Status, succeeded } from "../syncml/status.ts";
import { alertStatus } from "./alerts.ts";
import { answer, type Context, execute } from "./commands.ts";
import { statusOf } from "./outgoing.ts";

/** Executes and answers it. Atomic and Sequence may not stand inside: 500. */
export function runSequence(sequence: ContainerCommand, context: Context): void {
  const { outgoing, msgRef } = context;
  outgoing.status(statusOf(msgRef, sequence, Status.ok));
  let aborted = false;
  for (const command of sequence.commands) {
    if (aborted) {
      outgoing.status(statusOf(msgRef, command, Status.notExecuted));
      continue;
    }
    switch (command.name) {
      case "Add": case "Copy": case "Delete": case "Exec": case "Get": case "Replace":
        answer(command, execute(command, context, true), context);
        break;
      case "Alert":
        outgoing.status(statusOf(msgRef, command, alertStatus(command.data)));
        aborted = !succeeded(alertStatus(command.data));
        break;
      default:
        outgoing.status(statusOf(msgRef, command, Status.commandFailed));
    }
  }
}
