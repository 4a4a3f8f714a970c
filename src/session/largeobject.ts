/**
 * A large object on its way in (OMA-TS-DM-Protocol §2.2): chunks with MoreData, one after the
 * other, go to a sink of the tree as they come. Committed only when the last one is there and the
 * Size of the first was right.
 */
import { assert } from "../base/assert.ts";
import { type Budget, Cost } from "../base/budget.ts";
import { isBase64, type Item, type Meta } from "../syncml/command.ts";
import { Status } from "../syncml/status.ts";
import type { Sink, StreamMeta } from "../tree/stream.ts";
import { isTnds } from "../syncml/tnds.ts";
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
 * The fewest bytes that base64 of such a Size can hold: lines of 64 characters, each with CR LF.
 * The bytes themselves are counted as they come.
 */
function leastBytes(size: number): number {
  return Math.floor(size / BASE64_LINE) * BASE64_LINE_BYTES - 2;
}

export class LargeObject {
  #sink: Sink | undefined;
  #budget: Budget | undefined;
  #command: "Add" | "Replace" = "Add";
  #uri = "";
  #size = 0;
  #sizeMax = Infinity;
  #bytes = 0;
  #base64: Base64Chunks | undefined;

  /** The URI of the object that is not whole yet, or undefined. */
  get pending(): string | undefined {
    return this.#sink === undefined ? undefined : this.#uri;
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
    if (this.#sink === undefined || command !== this.#command || item.target !== this.#uri)
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
    context: TreeAccess & { readonly objectSizeMax: number },
  ): number {
    const { tree, server, budget, objectSizeMax: sizeMax } = context;
    assert(this.#sink === undefined, "one large object at a time");
    const size = item.meta?.size ?? meta?.size;
    const uri = item.target;
    if (uri === undefined) return Status.badRequest;
    if (size === undefined) return Status.incomplete;
    const characters = isBase64(item, meta);
    if (sizeMax > 0 && (characters ? leastBytes(size) : size) > sizeMax) return Status.tooLarge;
    const about: StreamMeta = { format: formatOf(item, meta), type: typeOf(item, meta) };
    const known = characters ? about : { ...about, size };
    const sink = isTnds(about.type)
      ? documentSink(command, uri, known.size, context)
      : tree.stream(command, uri, known, server);
    if (typeof sink === "number") return sink;
    if (!budget.charge(Cost.bytes + sink.keeps)) {
      sink.abort();
      return Status.tooLarge;
    }
    this.#budget = budget;
    this.#sink = sink;
    this.#command = command;
    this.#uri = uri;
    this.#size = size;
    this.#sizeMax = sizeMax > 0 ? sizeMax : Infinity;
    this.#bytes = 0;
    this.#base64 = characters ? new Base64Chunks() : undefined;
    return this.add(item);
  }

  /**
   * Takes a chunk: 213, the status of the command after the last one, or why the object is given
   * up.
   */
  add(item: Item): number {
    const status = this.#take(item.data ?? NOTHING);
    if (status !== Status.ok) {
      this.abort();
      return status;
    }
    return item.moreData ? Status.chunkAccepted : this.#end();
  }

  /** Gives the pending object up. Nothing of it is committed. */
  abort(): void {
    this.#sink?.abort();
    this.#over();
  }

  #over(): void {
    this.#budget?.release(this.keeps);
    this.#sink = undefined;
  }

  #take(data: Uint8Array): number {
    if (this.#base64 === undefined) return this.#write(data);
    const runs = this.#base64.decode(data);
    if (runs === undefined) return Status.badRequest;
    const status = this.#write(runs[0]);
    return status === Status.ok ? this.#write(runs[1]) : status;
  }

  #write(bytes: Uint8Array): number {
    if (bytes.length === 0 || this.#sink === undefined) return Status.ok;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#sizeMax) return Status.tooLarge;
    return this.#bytes > this.#size ? Status.sizeMismatch : this.#sink.write(bytes);
  }

  #end(): number {
    const rest = this.#base64 === undefined ? NOTHING : this.#base64.end();
    let status: number = rest === undefined ? Status.badRequest : this.#write(rest);
    // Size counts what is sent, so base64 characters in XML (§8.3.7.4); servers that count decoded
    // bytes, or the line breaks between the characters, are understood too.
    const right = this.#bytes === this.#size || this.#base64?.counts(this.#size) === true;
    if (status === Status.ok && !right) status = Status.sizeMismatch;
    const sink = this.#sink;
    if (status !== Status.ok || sink === undefined) {
      this.abort();
      return status;
    }
    const closed = sink.close();
    this.#over();
    return closed;
  }
}
