/**
 * The Status of a command: one when all its items agree, else one an item (OMA-TS-DM-RepPro
 * §4.1.6). It is made when it is written; what waits is the command and its codes.
 */
import { frozen } from "../base/frozen.ts";
import type { Command, Item } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import type { Context } from "./commands.ts";
import { type Draft, type Sending, statusOf } from "./outgoing.ts";

const NONE: readonly never[] = frozen([]);

/** What an Add can be answered because of a node above its target. */
const ABOVE: readonly number[] = frozen([
  Status.notFound,
  Status.commandNotAllowed,
  Status.permissionDenied,
]);

export class Statuses implements Sending {
  readonly #context: Context;
  readonly #command: Command;
  /** One, or one for each item. */
  readonly #codes: readonly number[];
  readonly #msgRef: string;
  /** What the Status holds. */
  readonly #items: readonly Item[];
  #written = 0;

  constructor(
    context: Context,
    command: Command,
    codes: readonly number[],
    items: readonly Item[] = NONE,
    msgRef = context.msgRef,
  ) {
    const first = codes[0];
    this.#context = context;
    this.#command = command;
    this.#codes = codes.length > 1 && codes.every((code) => code === first) ? [first ?? 0] : codes;
    this.#msgRef = msgRef;
    this.#items = items;
  }

  get kind(): "status" {
    return "status";
  }

  write(draft: Draft): boolean {
    for (let code = this.#codes[this.#written]; code !== undefined; ) {
      if (!this.#writeOne(draft, code)) return false;
      code = this.#codes[++this.#written];
    }
    return true;
  }

  /**
   * The Status of a chunk names nothing: a large object has thousands, and one is under way at a
   * time. That of an Add that failed above its target names the node that could not be made.
   */
  #writeOne(draft: Draft, code: number): boolean {
    const command = this.#command;
    if (command.name === "Unknown")
      return draft.command(
        statusOf(this.#msgRef, { cmdID: command.cmdID, name: command.element }, code),
      );
    const item = this.#item(code);
    const above = command.name === "Add" && item?.target !== undefined && ABOVE.includes(code);
    const obstacle = above ? this.#context.tree.obstacle(item.target) : undefined;
    return draft.command(
      statusOf(
        this.#msgRef,
        command,
        code,
        refs(item?.target),
        refs(item?.source),
        obstacle === undefined
          ? this.#items
          : [{ target: obstacle, binary: false, moreData: false }],
      ),
    );
  }

  /** The item that this Status names. */
  #item(code: number): Item | undefined {
    const command = this.#command;
    if (!("items" in command) || command.name === "Alert" || command.name === "Status")
      return undefined;
    if (this.#codes.length > 1) return command.items[this.#written];
    return command.items.length === 1 && code !== Status.chunkAccepted
      ? command.items[0]
      : undefined;
  }
}

function refs(uri: string | undefined): readonly string[] {
  return uri === undefined ? NONE : [uri];
}
