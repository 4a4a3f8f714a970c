/** Tokens as segments of code: the body of a delta package. */
import { SEGMENT_BYTES_MAX, SEGMENT_HEAD_BYTES } from "../../../src/base/delta.ts";
import { MODEL, RECENT, Token } from "../../../src/base/deltamodel.ts";
import type { PriceMeter } from "./prices.ts";
import { RangeCoder } from "./rangecoder.ts";
import type { DeltaToken } from "./token.ts";
import { remember } from "./tokens.ts";

/** More than one token, with the jump before it, can take. */
const TOKEN_BYTES_MAX = 24;

type InBase = Extract<DeltaToken, { readonly bias: number }>;

export interface SegmentLimits {
  /** Bytes of code in a segment at most: less costs bytes, and less comes twice after a cut. */
  readonly codeBytesMax: number;
  /**
   * Erase blocks of the devices, the longest first. A segment that crosses the end of one ends
   * there: after a power cut no more comes twice than the share of one block, and one segment.
   */
  readonly blockLengths: readonly number[];
}

/** Flash of 4 KiB, and microcontrollers whose sectors are long. */
const LIMITS: SegmentLimits = {
  codeBytesMax: SEGMENT_BYTES_MAX,
  blockLengths: [262_144, 131_072, 4096],
};

function lengthOf(token: DeltaToken): number {
  if (token.kind === "literal") return 1;
  return token.kind === "add" ? 4 : token.length;
}

/** What makes the same bytes from `at` to `end` as the token does. */
function partOf(token: DeltaToken, at: number, end: number): readonly DeltaToken[] {
  if (at === end) return [];
  if (end - at === lengthOf(token)) return [token];
  if (token.kind === "copy" || token.kind === "match") return [{ ...token, at, length: end - at }];
  return Array.from({ length: end - at }, (_, index) => ({ kind: "literal", at: at + index }));
}

class Segments {
  #target: Uint8Array;
  #limits: SegmentLimits;
  #coder: RangeCoder;
  #parts: Uint8Array[] = [];
  #bias = 0;
  #before: readonly [number, number] = [0, 0];
  #recent: number[] = [];
  #last: number = Token.copy;
  /** The place in the image at which this segment begins, and the bias there. */
  #start = 0;
  #startBias = 0;

  constructor(target: Uint8Array, limits: SegmentLimits, meter: PriceMeter) {
    this.#target = target;
    this.#limits = limits;
    this.#coder = new RangeCoder(meter);
  }

  of(tokens: readonly DeltaToken[]): Buffer {
    const queue = [...tokens];
    while (this.#start < this.#target.length) {
      const count = this.#fill(queue);
      const reached = queue[count]?.at ?? this.#target.length;
      const end = count < queue.length ? this.#lastEnd(reached) : reached;
      if (end < reached) this.#shorten(queue, count, end);
      else queue.splice(0, count);
      this.#close(end);
    }
    return Buffer.concat(this.#parts);
  }

  /** Puts tokens while there is room. Returns how many. */
  #fill(tokens: readonly DeltaToken[]): number {
    const limit = this.#limits.codeBytesMax - TOKEN_BYTES_MAX;
    let count = 0;
    for (const token of tokens) {
      if (this.#coder.size > limit) break;
      this.#put(token);
      count++;
    }
    return count;
  }

  /** Where a segment ends that has room until `reached`. */
  #lastEnd(reached: number): number {
    for (const length of this.#limits.blockLengths) {
      const end = reached - (reached % length);
      if (end > this.#start) return end;
    }
    return reached;
  }

  /** Makes the segment anew, of those of the first `count` tokens that stand before `end`. */
  #shorten(queue: DeltaToken[], count: number, end: number): void {
    const tokens = queue.splice(0, count);
    const after = tokens.findIndex((token) => token.at + lengthOf(token) > end);
    const [cut, ...rest] = tokens.splice(after);
    if (cut === undefined) throw new Error("no token crosses the end of the block");
    queue.unshift(...partOf(cut, end, cut.at + lengthOf(cut)), ...rest);
    this.#restart();
    for (const token of [...tokens, ...partOf(cut, cut.at, end)]) this.#put(token);
  }

  /** A segment says where in base its first byte is, so that no jump is needed there. */
  #begin(bias: number): void {
    this.#bias = this.#startBias = bias;
    this.#before = [bias, bias];
  }

  #close(end: number): void {
    const code = this.#coder.finish();
    const head = Buffer.alloc(SEGMENT_HEAD_BYTES);
    head.writeUInt16LE(code.length, 0);
    head.writeUInt32LE(end - this.#start, 2);
    head.writeInt32LE(this.#startBias + this.#start, 6);
    this.#parts.push(head, code);
    this.#start = end;
    this.#restart();
  }

  /** From the start of the segment. */
  #restart(): void {
    this.#coder.reset();
    this.#recent = [];
    this.#last = Token.copy;
  }

  #put(token: DeltaToken): void {
    if (token.at === this.#start) this.#begin("bias" in token ? token.bias : this.#bias);
    if (token.kind === "literal") {
      this.#kind(Token.literal, token.at);
      const context = MODEL.literal + (token.at & 3) * 256;
      this.#coder.tree(context, 8, this.#target[token.at] ?? 0);
    } else if ("back" in token) {
      this.#kind(Token.match, token.at);
      this.#coder.tree(MODEL.from, 2, 0);
      this.#coder.distance(MODEL.imageFar, token.back);
      this.#coder.number(MODEL.matchBits, MODEL.matchTail, token.length + 1);
    } else this.#base(token);
  }

  /** From another place than the token before: a MATCH from there, of nothing if an ADD follows. */
  #base(token: InBase): void {
    const { at } = token;
    if (token.bias !== this.#bias) {
      this.#kind(Token.match, at);
      this.#jump(token.bias);
      const length = token.kind === "add" ? 0 : token.length;
      this.#coder.number(MODEL.matchBits, MODEL.matchTail, length + 1);
      this.#last = token.kind === "add" ? Token.match : Token.copy;
      if (token.kind !== "add") return;
    }
    const context = this.#kind(token.kind === "add" ? Token.add : Token.copy, at);
    if (token.kind === "add") this.#difference(at, token.difference);
    else this.#coder.number(MODEL.copyBits + context * 32, MODEL.copyTail, token.length);
  }

  /** Returns the context of the token. */
  #kind(kind: number, at: number): number {
    const context = this.#last * 4 + (at & 3);
    this.#coder.tree(MODEL.kind + context * 4, 2, kind);
    this.#last = kind;
    return context;
  }

  #jump(to: number): void {
    const [first, second] = this.#before;
    if (to === first) this.#coder.tree(MODEL.from, 2, 2);
    else if (to === second) this.#coder.tree(MODEL.from, 2, 3);
    else {
      this.#coder.tree(MODEL.from, 2, 1);
      this.#coder.bit(MODEL.sign, to < this.#bias);
      this.#coder.distance(MODEL.baseFar, Math.abs(to - this.#bias));
    }
    this.#before = [this.#bias, to === first ? second : first];
    this.#bias = to;
  }

  #difference(at: number, difference: number): void {
    const index = this.#recent.indexOf(difference);
    this.#coder.tree(MODEL.addIndex + ((at >> 2) & 3) * 32, 5, index < 0 ? RECENT : index);
    if (index < 0) {
      const zigzag = ((difference << 1) ^ (difference >> 31)) >>> 0;
      const bits = 32 - Math.clz32(zigzag);
      this.#coder.tree(MODEL.addBits, 6, bits);
      if (bits > 1) this.#coder.direct(zigzag - 2 ** (bits - 1), bits - 1);
    }
    this.#recent = remember(this.#recent, difference);
  }
}

/** The segments that make `target`; its tokens cover it in order. `meter` learns what they cost. */
export function encodeSegments(
  target: Uint8Array,
  tokens: readonly DeltaToken[],
  limits: Partial<SegmentLimits>,
  meter: PriceMeter,
): Buffer {
  return new Segments(target, { ...LIMITS, ...limits }, meter).of(tokens);
}
