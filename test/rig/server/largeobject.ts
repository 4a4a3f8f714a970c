/**
 * Large objects in both directions (OMA-TS-DM-Protocol §7.3): cut into chunks, and put together
 * again.
 */
import { base64 } from "../../../src/base/base64.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { type Command, content, type Item, type Meta } from "../../../src/syncml/command.ts";
import type { MessageWriter } from "../../../src/syncml/encode.ts";
import { numberLength } from "../../../src/wbxml/number.ts";
import { concatenation } from "../decode/concatenation.ts";
import type { Operation } from "./scenario.ts";

/** The value of one operation on its way out, in the form that the encoding carries. */
export class Outgoing {
  readonly operation: Operation;
  sent = 0;
  readonly #data: Uint8Array;
  readonly #meta: Meta;
  readonly #binary: boolean;

  constructor(operation: Operation, binary: boolean) {
    const { data, format, type } = operation;
    this.operation = operation;
    this.#binary = binary && typeof data !== "string" && data !== undefined;
    this.#data =
      data === undefined || typeof data === "string"
        ? utf8(data ?? "")
        : binary
          ? data
          : utf8(base64(data));
    const given =
      format ??
      (data === undefined ? undefined : typeof data === "string" ? "chr" : binary ? "bin" : "b64");
    this.#meta = { format: given, type: type ?? (given === "chr" ? "text/plain" : undefined) };
  }

  get size(): number {
    return this.#data.length;
  }

  /** How much of the rest a command in that message can hold, to the byte. */
  countIn(out: MessageWriter, cmdID: string): number {
    const left = this.size - this.sent;
    const least = Math.min(left, 1);
    const room = out.room;
    const frame = out.lengthOf(this.command(cmdID, least)) - this.#lengthOf(least);
    let count = Math.min(left, Math.max(0, room - frame));
    while (count > 0 && frame + this.#lengthOf(count) > room) count--;
    return count;
  }

  /** Bytes that so much of the data takes: opaque, or characters that XML need not escape. */
  #lengthOf(count: number): number {
    return this.#binary ? 1 + numberLength(count) + count : count;
  }

  /**
   * The command with the next `count` characters or bytes; all at once when that is the whole
   * value.
   */
  command(cmdID: string, count: number): Command {
    const { name, uri, correlator, ask } = this.operation;
    if (name === "Alert")
      return { name, cmdID, data: ask?.code ?? 0, items: (ask?.items ?? []).map(textItem) };
    const first = this.sent === 0;
    const last = this.sent + count >= this.size;
    const whole = first && last;
    let item: Item = { target: uri, binary: false, moreData: !last };
    if (this.operation.data !== undefined) {
      item = {
        ...item,
        data: this.#data.subarray(this.sent, this.sent + count),
        binary: this.#binary,
      };
    }
    const plain = this.#meta.format === undefined && this.#meta.type === undefined;
    const meta: Meta | undefined =
      plain && whole
        ? undefined
        : first && !whole
          ? { ...this.#meta, size: this.size }
          : this.#meta;
    return {
      name,
      cmdID,
      items: [item],
      ...(meta === undefined ? {} : { meta }),
      ...(correlator === undefined ? {} : { correlator }),
    };
  }
}

function textItem(text: string): Item {
  return { data: utf8(text), binary: false, moreData: false };
}

/** Bytes of a value in chunks: what is longer is dropped. */
const INCOMING_MAX = 8 << 20;

/** Values of Results that come in chunks. */
export class Incoming {
  #parts: Uint8Array[] = [];
  #length = 0;
  #meta: Meta | undefined;

  /**
   * One item: its value once it is whole, undefined before that; a problem in words when its base64
   * is broken.
   */
  take(item: Item, meta: Meta | undefined): Uint8Array | string | undefined {
    this.#meta ??= { ...meta, ...item.meta };
    this.#length += item.data?.length ?? 0;
    if (this.#length <= INCOMING_MAX) this.#parts.push(Uint8Array.from(item.data ?? []));
    if (item.moreData) return undefined;
    const tooLong = this.#length > INCOMING_MAX;
    const data = concatenation(this.#parts);
    const { size } = this.#meta;
    const chunked = this.#parts.length > 1;
    const value = content({ data, binary: item.binary, moreData: false, meta: this.#meta });
    this.#parts = [];
    this.#meta = undefined;
    this.#length = 0;
    if (tooLong) return `more than ${INCOMING_MAX} bytes`;
    if (chunked && size !== undefined && size !== data.length)
      return `announced ${size}, received ${data.length}`;
    return value ?? "not base64";
  }
}
