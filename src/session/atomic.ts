/** Atomic (OMA-TS-DM-RepPro §4.1.6.3): everything inside is done, or nothing is. */
import type { Command, ContainerCommand } from "../syncml/command.ts";
import { Status, succeeded } from "../syncml/status.ts";
import { alertStatus } from "./alerts.ts";
import { answer, type Context, execute } from "./commands.ts";
import { statusOf } from "./outgoing.ts";

/** Executes and answers it: 200, or 507 with 216 (516) for what was undone and 215 for what was not begun. */
export function runAtomic(atomic: ContainerCommand, context: Context): void {
  const { tree, outgoing, msgRef } = context;
  tree.begin();
  const codes: (readonly number[])[] = [];
  let failed = false;
  for (const command of atomic.commands) {
    const result: readonly number[] = failed ? [Status.notExecuted] : member(command, context);
    codes.push(result);
    failed ||= !result.every(succeeded);
  }
  // A full store shows only here: then nothing was done either, and the tree has rolled back by itself.
  const undone = failed ? tree.rollback() : succeeded(tree.commit()) ? undefined : Status.rolledBack;
  if (undone !== undefined) {
    outgoing.status(statusOf(msgRef, atomic, Status.atomicFailed));
    atomic.commands.forEach((command, index) => {
      const after = (codes[index] ?? []).map((code) => succeeded(code) && code !== Status.notExecuted ? undone : code);
      report(command, after, context);
    });
    return;
  }
  outgoing.status(statusOf(msgRef, atomic, Status.ok));
  atomic.commands.forEach((command, index) => { report(command, codes[index] ?? [], context); });
}

/** Executes what may stand inside: Add, Alert, Copy, Delete and Replace. Anything else fails (500), and so does the Atomic. */
function member(command: Command, context: Context): readonly number[] {
  switch (command.name) {
    case "Add":
    case "Copy":
    case "Delete":
    case "Replace": return execute(command, context, true);
    case "Alert": return [alertStatus(command.data)];
    default: return [Status.commandFailed];
  }
}

function report(command: Command, codes: readonly number[], context: Context): void {
  switch (command.name) {
    case "Add":
    case "Copy":
    case "Delete":
    case "Replace": answer(command, codes, context); break;
    default: context.outgoing.status(statusOf(context.msgRef, command, codes[0] ?? Status.commandFailed));
  }
}
