/**
 * A message that is longer than the buffer for whole ones: all but the Data of one Replace, which
 * goes on in pieces while it arrives. What stays, with an empty Data, is an ordinary message.
 *
 * Everything before Data, its head, is closed by force and read as a message: so a reader of whole
 * documents judges it, and nothing else has to.
 */
import { copy, find } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";
import { LONG_HEAD_BYTES_MAX } from "../base/limits.ts";
import { Token } from "../base/token.ts";
import { text, utf8 } from "../base/utf8.ts";
import { Global } from "../wbxml/global.ts";
import { number } from "../wbxml/number.ts";
import { type Encoding, readerOf } from "./encoding.ts";

const LT = 0x3c;
const XML_DATA = "<Data>";
const XML_ENDS = "</Data></Item></Replace></SyncBody></SyncML>";
/** END of Data, Item, the command, SyncBody and SyncML. */
const WBXML_ENDS: readonly number[] = frozen([1, 1, 1, 1, 1]);
const NOT_COUNTED = -1;

/** Where Data lies in a buffer that holds the beginning of a message. */
interface Place {
  /** Bytes before Data that stay. */
  readonly kept: number;
  /** Where Data begins; what lies between is its length, which becomes `between`. */
  readonly from: number;
  readonly between: readonly number[];
  /** Bytes of Data, or NOT_COUNTED: it goes up to the byte `end`. */
  readonly count: number;
  readonly end: number;
  readonly closes: Uint8Array;
}

export class LongMessage {
  /** What comes before Data, as a whole document; whoever reads it may rewrite it. */
  readonly head: Uint8Array;
  /** Bytes at the beginning of the buffer that stay there. */
  readonly kept: number;
  /** Where Data begins in the buffer, once. */
  readonly from: number;
  /** Bytes of Data as they are encoded, where the message says it before them. */
  readonly count: number | undefined;
  /** True when Data is bytes, and not characters. */
  readonly opaque: boolean;
  #left: number;
  readonly #end: number;

  private constructor(bytes: Uint8Array, place: Place) {
    const { kept, from, between, closes } = place;
    this.kept = kept + between.length;
    this.from = from;
    this.opaque = place.count !== NOT_COUNTED;
    this.count = this.opaque ? place.count : undefined;
    this.#left = place.count;
    this.#end = place.end;
    bytes.set(between, kept);
    this.head = new Uint8Array(this.kept + closes.length);
    copy(this.head, 0, bytes, 0, this.kept);
    copy(this.head, this.kept, closes, 0, closes.length);
  }

  /**
   * The message whose first `length` bytes are in the buffer, which it fills; undefined: it is not
   * inside a Data that begins within LONG_HEAD_BYTES_MAX. Data gets the length 0 there.
   */
  static of(encoding: Encoding, bytes: Uint8Array, length: number): LongMessage | undefined {
    const place = encoding === "xml" ? xmlPlace(bytes, length) : wbxmlPlace(bytes, length);
    return place === undefined ? undefined : new LongMessage(bytes, place);
  }

  /** Takes the next bytes of the message: how many of them are Data. */
  take(bytes: Uint8Array): number {
    if (this.#left === NOT_COUNTED) {
      const end = find(bytes, 0, this.#end);
      if (end >= 0) this.#left = 0;
      return end < 0 ? bytes.length : end;
    }
    const count = Math.min(this.#left, bytes.length);
    this.#left -= count;
    return count;
  }

  /** True when Data is over. */
  get over(): boolean {
    return this.#left === 0;
  }
}

/** The last tag that has begun must be that of Data, and nothing but text may follow it. */
function xmlPlace(bytes: Uint8Array, length: number): Place | undefined {
  let last = -1;
  for (let at = find(bytes, 0, LT); at >= 0 && at < length; at = find(bytes, at + 1, LT)) {
    if (at + XML_DATA.length > LONG_HEAD_BYTES_MAX) return undefined;
    last = at;
  }
  const kept = last + XML_DATA.length;
  if (last < 0 || text(bytes, last, kept) !== XML_DATA) return undefined;
  return { kept, from: kept, between: [], count: NOT_COUNTED, end: LT, closes: utf8(XML_ENDS) };
}

/** The reader stops at the bytes, or at the string, that go on past what it is given. */
function wbxmlPlace(bytes: Uint8Array, length: number): Place | undefined {
  const head = bytes.slice(0, Math.min(length, LONG_HEAD_BYTES_MAX));
  const reader = readerOf("wbxml", head, head.length);
  for (let token = reader.next(); token !== Token.error; token = reader.next())
    if (token === Token.end) return undefined;
  const at = reader.offset;
  const closes = Uint8Array.from(WBXML_ENDS);
  if (bytes[at] === Global.strI) {
    if (find(head, at, 0) >= 0) return undefined;
    const stringEnds = Uint8Array.from([0, ...WBXML_ENDS]);
    const from = at + 1;
    return { kept: from, from, between: [], count: NOT_COUNTED, end: 0, closes: stringEnds };
  }
  if (bytes[at] !== Global.opaque) return undefined;
  const cursor = { at: at + 1, problem: "" };
  const count = number(bytes, cursor);
  if (cursor.problem !== "" || cursor.at > head.length) return undefined;
  if (cursor.at + count <= head.length) return undefined;
  return { kept: at + 1, from: cursor.at, between: [0], count, end: 0, closes };
}
