/**
 * The answers to Gets: the Status of each, and behind it the Results (OMA-TS-DM-Protocol §2.2,
 * §4.1.6.12), one at a time. Those that do not fit go with the next message, and an item that no
 * message can take goes in chunks with MoreData.
 *
 * A Get whose answer has no room is asked when there is some, so it gives what the node holds then:
 * outside Sequence and Atomic commands are executed in any order.
 */
import { base64Length } from "../base/base64.ts";
import { Cost } from "../base/budget.ts";
import type { Item, Meta, ObjectCommand } from "../syncml/command.ts";
import type { ResultsHead } from "../syncml/encode.ts";
import { Status } from "../syncml/status.ts";
import type { GetAnswer } from "../tree/get.ts";
import type { Value } from "../tree/value.ts";
import type { Context } from "./commands.ts";
import type { Encoding } from "./encoding.ts";
import type { Draft, Sending } from "./outgoing.ts";
import { Statuses } from "./statuses.ts";
import { subtreeItem } from "./subtrees.ts";

/**
 * Bytes that the elements around a chunk take, roughly; a chunk that still does not fit is made
 * smaller.
 */
const CHUNK_FRAME_BYTES = 400;
const CHUNK_BYTES_MIN = 16;
const NOTHING = new Uint8Array(0);

/** Bytes of an object as it is sent, which is what Size and MaxObjSize count (§8.3.7.4). */
function sentLength(item: Item): number {
  const length = item.data?.length ?? 0;
  return item.binary && item.meta?.format === "b64" ? base64Length(length) : length;
}

export class Results implements Sending {
  readonly #commands: ObjectCommand[];
  readonly #context: Context;
  readonly #msgRef: string;
  /** The command that is being answered. */
  #current = 0;
  #statuses: Statuses | undefined;
  /** The item of the command whose results come next, and whether it has been asked for. */
  #index = 0;
  #asked = false;
  /** Gives the results of that item. */
  #next: GetAnswer["next"];
  /** A result that has been made and not been written whole; bytes of it that were sent. */
  #item: Item | undefined;
  #sent = 0;
  /** What the result has been charged. */
  #charged = 0;

  constructor(command: ObjectCommand, context: Context) {
    this.#commands = [command];
    this.#context = context;
    this.#msgRef = context.msgRef;
  }

  get kind(): "results" {
    return "results";
  }

  /**
   * Takes another Get of the same message, to be answered behind those that wait. False when none
   * does.
   */
  add(command: ObjectCommand): boolean {
    if (this.#current === this.#commands.length) return false;
    const { budget, outgoing } = this.#context;
    if (budget.charge(Cost.entry)) this.#commands.push(command);
    else outgoing.exhausted = true;
    return true;
  }

  write(draft: Draft): boolean {
    for (; ; this.#current++) {
      const command = this.#commands[this.#current];
      if (command === undefined) return true;
      if (!this.#write(command, draft)) return false;
      this.#statuses = undefined;
      this.#index = 0;
    }
  }

  #write(command: ObjectCommand, draft: Draft): boolean {
    this.#statuses ??= this.#ask(command, draft);
    if (this.#statuses?.write(draft) !== true) return false;
    for (;;) {
      const there = this.#pull(command, draft);
      if (there === false) return true;
      if (there === undefined || !this.#put(command, draft)) return false;
    }
  }

  /** Gives up the result of which a part has been sent. */
  drop(): boolean {
    const dropped = this.#sent > 0;
    this.#done();
    return dropped;
  }

  /** The Status of every item; undefined when a result needs the room of a whole message. */
  #ask(command: ObjectCommand, draft: Draft): Statuses | undefined {
    const { items } = command;
    const codes: number[] = [];
    for (const item of items) {
      const code = this.#answer(item, draft);
      if (code === undefined) return undefined;
      codes.push(code);
    }
    // Of more items than one, each is asked for again when its turn comes.
    this.#asked = items.length === 1;
    if (!this.#asked) this.#done();
    return new Statuses(this.#context, command, codes, [], this.#msgRef);
  }

  /** Asks for one item: its Status, or undefined when its result needs a whole message's room. */
  #answer({ target }: Item, draft: Draft): number | undefined {
    const { tree, server, encoding, budget, serverObjectSizeMax } = this.#context;
    this.#done();
    this.#next = undefined;
    if (target === undefined) return Status.badRequest;
    const { status, next, subtree } = tree.get(target, server);
    if (subtree !== undefined) {
      const described = subtreeItem(target, subtree, encoding, draft.scratch, budget);
      if (described === "later") return draft.fresh ? Status.tooLarge : undefined;
      if (typeof described === "number") return described;
      this.#item = described;
      this.#charged = Cost.bytes + (described.data?.length ?? 0);
    }
    this.#next = next;
    if (serverObjectSizeMax === 0 || this.#fits(target, serverObjectSizeMax)) return status;
    this.#done();
    this.#next = undefined;
    return Status.tooLarge;
  }

  /** True when no result is larger than the server takes. */
  #fits(target: string, sizeMax: number): boolean {
    const { tree, server, encoding } = this.#context;
    if (this.#item !== undefined) return sentLength(this.#item) <= sizeMax;
    if (this.#next === undefined) return true;
    const { next } = tree.get(target, server);
    for (let result = next?.(); result !== undefined; result = next?.())
      if (sentLength(resultItem(result.uri, result.value, encoding)) > sizeMax) return false;
    return true;
  }

  /**
   * Makes the next result, unless there is one: false behind the last, undefined when it needs the
   * room of a whole message.
   */
  #pull(command: ObjectCommand, draft: Draft): boolean | undefined {
    while (this.#item === undefined) {
      if (this.#asked && this.#pullItem()) return true;
      if (this.#asked) {
        this.#asked = false;
        this.#index++;
      }
      const item = command.items[this.#index];
      if (item === undefined) return false;
      if (this.#answer(item, draft) === undefined) return undefined;
      this.#asked = true;
    }
    return true;
  }

  /** Takes the next result of the item that was asked for: false when there is no more. */
  #pullItem(): boolean {
    const result = this.#next?.();
    if (result === undefined) return false;
    this.#item = resultItem(result.uri, result.value, this.#context.encoding);
    return true;
  }

  /** Writes results of one item, as many as fit. False when there is no more room. */
  #put(command: ObjectCommand, draft: Draft): boolean {
    const head = this.#head(command);
    let item = this.#item;
    if (this.#sent > 0) return this.#chunk(head, draft);
    if (item === undefined || !draft.openResults(head, item, false))
      return draft.fresh && this.#chunk(head, draft);
    do {
      this.#done();
      this.#pullItem();
      item = this.#item;
    } while (item !== undefined && draft.item(item));
    draft.closeResults();
    return item === undefined;
  }

  /** Writes the next chunk of the result: true when it was the last. */
  #chunk(head: ResultsHead, draft: Draft): boolean {
    const item = this.#item;
    const data = item?.data ?? NOTHING;
    if (item === undefined) return true;
    let length = Math.min(data.length - this.#sent, draft.room - CHUNK_FRAME_BYTES);
    while (length >= Math.min(CHUNK_BYTES_MIN, data.length - this.#sent) && length > 0) {
      const to =
        this.#sent + length === data.length
          ? data.length
          : boundary(data, this.#sent + length, this.#sent, item.binary);
      const moreData = to < data.length;
      const { size: _, ...meta } = item.meta ?? {};
      const first = this.#sent === 0 ? { ...meta, size: sentLength(item) } : meta;
      const chunk: Item = { ...item, meta: first, data: data.subarray(this.#sent, to), moreData };
      if (draft.openResults(head, chunk, true)) {
        draft.closeResults();
        this.#keep(data.length);
        this.#sent = to;
        if (!moreData) this.#done();
        return !moreData;
      }
      length -= Math.max(length >> 3, CHUNK_BYTES_MIN);
    }
    return false;
  }

  #head({ cmdID, items }: ObjectCommand): ResultsHead {
    return { msgRef: this.#msgRef, cmdRef: cmdID, targetRef: items[this.#index]?.target ?? "" };
  }

  /** The result stays in memory until it has all been sent. There is room: it is there already. */
  #keep(length: number): void {
    if (this.#charged > 0 || !this.#context.budget.charge(Cost.bytes + length)) return;
    this.#charged = Cost.bytes + length;
  }

  #done(): void {
    this.#context.budget.release(this.#charged);
    this.#charged = 0;
    this.#item = undefined;
    this.#sent = 0;
  }
}

/**
 * Where to cut at or before `to`: no UTF-8 sequence in two, and no base64 padding before the last
 * chunk.
 */
function boundary(data: Uint8Array, to: number, from: number, binary: boolean): number {
  if (binary) return to - from > 3 ? to - ((to - from) % 3) : to;
  let at = to;
  while (at > from + 1 && ((data[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

/** The Item of one result. Binary values are base64 in XML and opaque in WBXML, and say so. */
function resultItem(uri: string, value: Value, encoding: Encoding): Item {
  const binary = value.format === "bin";
  const meta: Meta = {
    format: binary && encoding === "xml" ? "b64" : value.format,
    type: value.type,
  };
  return { source: uri, meta, data: value.data, binary, moreData: false };
}
