/**
 * A message in one line of log. Nothing of its content: values and credentials stay out of logs.
 */
import type { Command } from "../syncml/command.ts";

/** Characters of a summary that more may be added to: it has to fit in a line of log. */
const SUMMARY_LENGTH_MAX = 96;
/** Longer than the name of any command. */
const NAME_LENGTH_MAX = 16;

/** Such as "Status 200 SyncHdr, Get ×3"; cut off when it gets long. */
export class Summary {
  #text = "";
  #last = "";
  #times = 0;

  add(label: string): void {
    const shown = this.#text.length < SUMMARY_LENGTH_MAX ? label : "…";
    if (shown === this.#last) {
      this.#times++;
      return;
    }
    if (this.#last !== "") this.#text = this.text;
    this.#last = shown;
    this.#times = 1;
  }

  get text(): string {
    if (this.#last === "") return "nothing";
    const last = this.#times > 1 ? `${this.#last} ×${this.#times}` : this.#last;
    return this.#text === "" ? last : `${this.#text}, ${last}`;
  }

  /** The same, which goes its own way from here. */
  copy(): Summary {
    const copy = new Summary();
    copy.#text = this.#text;
    copy.#last = this.#last;
    copy.#times = this.#times;
    return copy;
  }
}

export function summary(commands: readonly Command[]): string {
  const all = new Summary();
  for (const command of commands) all.add(labelOf(command));
  return all.text;
}

/** A name that somebody else has written. */
function short(name: string): string {
  return name.length > NAME_LENGTH_MAX ? "…" : name;
}

/** What a command is called in a summary. */
export function labelOf(command: Command): string {
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
  const all = new Summary();
  for (const { name } of commands) all.add(name);
  return all.text;
}
