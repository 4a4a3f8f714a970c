/**
 * Base64 that comes in pieces: the chunks of a large object in XML are pieces of one base64 text
 * (OMA-TS-DM-Protocol §2.2), cut anywhere, so up to three characters wait for the next piece.
 */
import { decodeBase64 } from "../base/base64.ts";
import { copy, find, findAny } from "../base/bytes.ts";
import { frozen } from "../base/frozen.ts";

const LF = 0x0a;
const CR = 0x0d;
const WHITE: readonly number[] = frozen([0x0a, 0x0d, 0x20, 0x09]);
const WHITE_TEXT = "\n\r \t";
const NOTHING = new Uint8Array(0);

export class Base64Chunks {
  /** Characters so far: of base64, white space between them, and both halves of line breaks. */
  #characters = 0;
  #white = 0;
  #lineFeeds = 0;
  #returns = 0;
  readonly #quantum = new Uint8Array(4);
  #held = 0;

  /**
   * Decodes `bytes` over themselves: two runs of decoded bytes, to be taken in turn and at once;
   * undefined: not base64.
   */
  decode(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] | undefined {
    const length = this.#compacted(bytes);
    this.#characters += length;
    let from = 0;
    let first: Uint8Array = NOTHING;
    if (this.#held > 0) {
      from = Math.min(4 - this.#held, length);
      copy(this.#quantum, this.#held, bytes, 0, from);
      this.#held += from;
      if (this.#held < 4) return [NOTHING, NOTHING];
      const end = decodeBase64(this.#quantum, 0, 4);
      if (end < 0) return undefined;
      first = this.#quantum.slice(0, end);
      this.#held = 0;
    }
    const to = length - ((length - from) % 4);
    this.#held = length - to;
    copy(this.#quantum, 0, bytes, to, length);
    const end = decodeBase64(bytes, from, to);
    return end < 0 ? undefined : [first, bytes.subarray(from, end)];
  }

  /**
   * True when so many characters were sent: without white space, or with it, a line break being one
   * character or two. A reader of XML leaves one of CR LF (§2.11); pieces come with both.
   */
  counts(size: number): boolean {
    const breaks = Math.max(this.#lineFeeds, this.#returns);
    const blanks = this.#white - this.#lineFeeds - this.#returns;
    const lines = this.#characters + blanks + breaks;
    return size === this.#characters || size === lines || size === lines + breaks;
  }

  /** Closes the gaps that white space leaves: how many bytes remain. Most texts have none. */
  #compacted(bytes: Uint8Array): number {
    if (findAny(bytes, 0, bytes.length, WHITE_TEXT) < 0) return bytes.length;
    this.#lineFeeds += count(bytes, LF);
    this.#returns += count(bytes, CR);
    const length = compact(bytes);
    this.#white += bytes.length - length;
    return length;
  }

  /**
   * After the last piece: what was held, when the text has no padding, or undefined when it ends
   * inside a byte.
   */
  end(): Uint8Array | undefined {
    const end = decodeBase64(this.#quantum, 0, this.#held);
    this.#held = 0;
    return end < 0 ? undefined : this.#quantum.slice(0, end);
  }
}

function count(bytes: Uint8Array, byte: number): number {
  let times = 0;
  for (let at = find(bytes, 0, byte); at >= 0; at = find(bytes, at + 1, byte)) times++;
  return times;
}

function compact(bytes: Uint8Array): number {
  let length = bytes.length;
  for (const white of WHITE) length = without(bytes, length, white);
  return length;
}

function without(bytes: Uint8Array, length: number, byte: number): number {
  let gap = find(bytes, 0, byte);
  if (gap < 0 || gap >= length) return length;
  let at = gap;
  while (gap < length) {
    const next = find(bytes, gap + 1, byte);
    const to = next < 0 || next > length ? length : next;
    copy(bytes, at, bytes, gap + 1, to);
    at += to - gap - 1;
    gap = to;
  }
  return at;
}
