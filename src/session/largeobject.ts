/**
 * A large object on its way in (OMA-TS-DM-Protocol §2.2): chunks with MoreData, one after the
 * other, go to a sink of the tree as they come. Committed only when the last one is there and the
 * Size of the first was right.
 */
import { type Budget, Cost } from "../base/budget.ts";
import { isBase64, type Item, type Meta } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import type { Sink, StreamMeta } from "../tree/stream.ts";
import { isTnds } from "../syncml/tnds.ts";
import { after, type Work } from "../base/work.ts";
import { Base64Chunks } from "./base64chunks.ts";
import type { TreeAccess } from "./ports.ts";
import { documentSink } from "./subtrees.ts";

const NOTHING = new Uint8Array(0);
const BASE64_LINE = 66;
const BASE64_LINE_BYTES = 48;

/**
 * Format and Type that hold for an item: its own, or its command's. Empty when neither says it: the
 * tree knows its nodes.
 */
export function formatOf(item: Item, meta: Meta | undefined): string {
  return item.meta?.format ?? meta?.format ?? "";
}

export function typeOf(item: Item, meta: Meta | undefined): string {
  return item.meta?.type ?? meta?.type ?? "";
}

/**
 * An item whose Data goes on in pieces while its message arrives (longmessage.ts). It is answered
 * when the message is whole and the item's turn comes.
 */
interface Early {
  /** 200 as long as its bytes are taken. */
  status: number;
  /** The object has begun with it. */
  readonly begins: boolean;
  item: Item | undefined;
}

type Target = TreeAccess & { readonly objectSizeMax: number };

/**
 * The fewest bytes that base64 of such a Size can hold: lines of 64 characters, each with CR LF.
 * The bytes themselves are counted as they come.
 */
function leastBytes(size: number): number {
  return Math.floor(size / BASE64_LINE) * BASE64_LINE_BYTES - 2;
}

export class LargeObject {
  #early: Early | undefined;
  #sink: Sink | undefined;
  #budget: Budget | undefined;
  #command: "Add" | "Replace" = "Add";
  #uri = "";
  #size = 0;
  #sizeMax = Infinity;
  #bytes = 0;
  #base64: Base64Chunks | undefined;

  /**
   * The URI of the object that is not whole yet, or undefined. One whose first item is still to be
   * answered does not count: nothing can come between.
   */
  get pending(): string | undefined {
    return this.#sink === undefined || this.#early?.begins === true ? undefined : this.#uri;
  }

  /** Bytes of memory that it keeps. */
  get keeps(): number {
    return this.#sink === undefined ? 0 : Cost.bytes + this.#sink.keeps;
  }

  /**
   * True when this item is the next chunk of the pending object. A Size that differs begins another
   * one.
   */
  continuedBy(command: string, item: Item, meta: Meta | undefined): boolean {
    const size = item.meta?.size ?? meta?.size;
    if (this.pending === undefined || command !== this.#command || item.target !== this.#uri)
      return false;
    return size === undefined || size === this.#size;
  }

  /**
   * Takes the first chunk: 213, or why the object is not wanted. 412: it has no Size. 413: it, or
   * what there is memory for, is too large.
   */
  begin(
    command: "Add" | "Replace",
    item: Item,
    meta: Meta | undefined,
    context: Target,
  ): Work<number> {
    const size = item.meta?.size ?? meta?.size;
    if (item.target !== undefined && size === undefined) return Status.incomplete;
    const status = this.#begin({ command, item, meta, size, early: false }, context);
    return status === Status.ok ? this.add(item) : status;
  }

  /**
   * Data of this item is about to come, in a message that is not whole: it is the next chunk of the
   * pending object, or begins one, of `size` bytes as they are encoded, if that is known. `feed`
   * takes the bytes, `arrived` the item, `settle` its turn; an item that never has one is `lapse`d.
   */
  early(item: Item, meta: Meta | undefined, size: number | undefined, context: Target): void {
    const continues = this.continuedBy("Replace", item, meta);
    const known = item.meta?.size ?? meta?.size ?? size;
    const about = { command: "Replace", item, meta, size: known, early: true } as const;
    const status = continues ? Status.ok : this.#begin(about, context);
    this.#early = { status, begins: !continues && status === Status.ok, item: undefined };
  }

  /** Data of an item will come that the device does not want: it is answered with `status`. */
  refuse(status: number): void {
    this.#early = { status, begins: false, item: undefined };
  }

  /** Takes bytes of the item that comes, and may rewrite them: 200, or why they are dropped. */
  feed(bytes: Uint8Array): Work<number> {
    const status = this.#early?.status ?? Status.ok;
    if (this.#early === undefined || status !== Status.ok) return status;
    return after(this.#take(bytes), (taken) => {
      if (taken === Status.ok) return taken;
      this.abort();
      this.refuse(taken);
      return taken;
    });
  }

  /** The message is whole, and this is the item. */
  arrived(item: Item | undefined): void {
    if (this.#early !== undefined) this.#early.item = item;
  }

  /** True when Data of this item has been fed. */
  wasFed(item: Item): boolean {
    return this.#early?.item === item;
  }

  /** The turn of the item that was fed: its status, as that of `add`. */
  settle(item: Item): Work<number> {
    const status = this.#early?.status ?? Status.commandFailed;
    this.#early = undefined;
    if (status !== Status.ok) return status;
    const odd = item.markup === true || item.tree !== undefined || (item.data?.length ?? 0) > 0;
    const unsized = item.moreData && this.#size === Infinity;
    if (!odd && !unsized && this.#sink !== undefined) return this.add(item);
    this.abort();
    return odd ? Status.badRequest : Status.incomplete;
  }

  /** Gives an item up that was fed and never had its turn. */
  lapse(): void {
    if (this.#early !== undefined) this.abort();
  }

  #begin(
    about: {
      readonly command: "Add" | "Replace";
      readonly item: Item;
      readonly meta: Meta | undefined;
      readonly size: number | undefined;
      readonly early: boolean;
    },
    { tree, server, budget, objectSizeMax: sizeMax }: Target,
  ): number {
    const { command, item, meta, size, early } = about;
    const uri = item.target;
    // One at a time: there is one only if it comes early, or with other chunks before it.
    if (this.#sink !== undefined) return Status.tooLarge;
    if (uri === undefined) return Status.badRequest;
    const format = formatOf(item, meta);
    const type = typeOf(item, meta);
    const characters = isBase64(item, meta);
    const least = characters ? leastBytes(size ?? 0) : (size ?? 0);
    if (sizeMax > 0 && least > sizeMax) return Status.tooLarge;
    const known: StreamMeta =
      characters || size === undefined ? { format, type } : { format, type, size };
    if (early && isTnds(type)) return Status.tooLarge;
    const sink = isTnds(type)
      ? documentSink(command, uri, known.size, { tree, server, budget })
      : tree.stream(command, uri, early ? { ...known, early } : known, server);
    if (typeof sink === "number") return sink;
    if (!budget.charge(Cost.bytes + sink.keeps)) {
      sink.abort();
      return Status.tooLarge;
    }
    this.#budget = budget;
    this.#sink = sink;
    this.#command = command;
    this.#uri = uri;
    this.#size = size ?? Infinity;
    this.#sizeMax = sizeMax > 0 ? sizeMax : Infinity;
    this.#bytes = 0;
    this.#base64 = characters ? new Base64Chunks() : undefined;
    return Status.ok;
  }

  /**
   * Takes a chunk: 213, the status of the command after the last one, or why the object is given
   * up.
   */
  add(item: Item): Work<number> {
    return after(this.#take(item.data ?? NOTHING), (status) => {
      if (status === Status.ok) return item.moreData ? Status.chunkAccepted : this.#end();
      this.abort();
      return status;
    });
  }

  /** Gives the pending object up. Nothing of it is committed. */
  abort(): void {
    this.#sink?.abort();
    this.#over();
  }

  #over(): void {
    this.#early = undefined;
    this.#budget?.release(this.keeps);
    this.#sink = undefined;
  }

  #take(data: Uint8Array): Work<number> {
    if (this.#base64 === undefined) return this.#write(data);
    const runs = this.#base64.decode(data);
    if (runs === undefined) return Status.badRequest;
    return after(this.#write(runs[0]), (status) =>
      status === Status.ok ? this.#write(runs[1]) : status,
    );
  }

  #write(bytes: Uint8Array): Work<number> {
    if (bytes.length === 0 || this.#sink === undefined) return Status.ok;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#sizeMax) return Status.tooLarge;
    return this.#bytes > this.#size ? Status.sizeMismatch : this.#sink.write(bytes);
  }

  #end(): Work<number> {
    const rest = this.#base64 === undefined ? NOTHING : this.#base64.end();
    if (rest === undefined) {
      this.abort();
      return Status.badRequest;
    }
    return after(this.#write(rest), (status) => this.#close(status));
  }

  /** `status`: of the last bytes. */
  #close(status: number): Work<number> {
    // Size counts what is sent, so base64 characters in XML (§8.3.7.4); servers that count decoded
    // bytes, or the line breaks between the characters, are understood too.
    const unknown = this.#size === Infinity;
    const right =
      unknown || this.#bytes === this.#size || this.#base64?.counts(this.#size) === true;
    const sink = this.#sink;
    if (status !== Status.ok || !right || sink === undefined) {
      this.abort();
      return status === Status.ok && !right ? Status.sizeMismatch : status;
    }
    return after(sink.close(), (closed) => {
      this.#over();
      return closed;
    });
  }
}
