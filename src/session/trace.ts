/**
 * A message in one line of log. Nothing of its content: values and credentials stay out of logs.
 */
import type { Command } from "../syncml/command.ts";

/** Such as "Status 200 SyncHdr, Get ×3". */
export function summary(commands: readonly Command[]): string {
  const parts: string[] = [];
  let last = "";
  let times = 0;
  for (const command of commands) {
    const label = labelOf(command);
    if (label === last) {
      times++;
      parts[parts.length - 1] = `${label} ×${times}`;
    } else {
      parts.push(label);
      last = label;
      times = 1;
    }
  }
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** Longer than the name of any command. */
const NAME_LENGTH_MAX = 16;

/** A name that somebody else has written. */
function short(name: string): string {
  return name.length > NAME_LENGTH_MAX ? "…" : name;
}

function labelOf(command: Command): string {
  switch (command.name) {
    case "Status":
      return `Status ${command.data} ${short(command.cmd)}`;
    case "Alert":
      return `Alert ${command.data}`;
    case "Atomic":
    case "Sequence":
      return `${command.name} (${summaryOfNames(command.commands)})`;
    case "Unknown":
      return `unknown ${short(command.element)}`;
    default:
      return command.name;
  }
}

function summaryOfNames(commands: readonly Command[]): string {
  return commands.map((command) => command.name).join(", ");
}
