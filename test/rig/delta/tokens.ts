/** What makes an image out of its base: tokens, before they are coded. */
import { RECENT } from "../../../src/base/deltamodel.ts";
import type { Run } from "./alignment.ts";
import { Matcher } from "./matcher.ts";

/** `bias`: place in base less place in the image. `back`: distance in the image. */
export type DeltaToken =
  | { readonly kind: "copy"; readonly at: number; readonly length: number; readonly bias: number }
  | {
      readonly kind: "add";
      readonly at: number;
      readonly difference: number;
      readonly bias: number;
    }
  | { readonly kind: "literal"; readonly at: number }
  | { readonly kind: "match"; readonly at: number; readonly length: number; readonly bias: number }
  | { readonly kind: "match"; readonly at: number; readonly length: number; readonly back: number };

/** A difference that occurs so often is worth an ADD wherever words are aligned. */
const POPULAR = 4;
/** What a match one byte later must save more, in bits. */
const LAZY_BITS = 7;

/** The words at `at`, and so the bytes there, moved to the front of what is remembered. */
export function remember(recent: readonly number[], difference: number): number[] {
  return [difference, ...recent.filter((other) => other !== difference)].slice(0, RECENT);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

export class Tokens {
  #base: Uint8Array;
  #target: Uint8Array;
  #popular = new Map<number, number>();
  #recent: number[] = [];
  #matcher: Matcher;
  #tokens: DeltaToken[] = [];

  constructor(base: Uint8Array, target: Uint8Array) {
    this.#base = base;
    this.#target = target;
    this.#matcher = new Matcher(base, target);
  }

  /** The tokens of all runs, in the order of the image. */
  of(runs: readonly Run[]): readonly DeltaToken[] {
    for (const run of runs) this.#count(run);
    for (const run of runs) {
      this.#similar(run);
      this.#other(run.at + run.same, run.end, run.from + run.same);
    }
    return this.#tokens;
  }

  #difference(at: number, bias: number): number {
    return (wordAt(this.#target, at) - wordAt(this.#base, at + bias)) | 0;
  }

  #count({ at, from, same }: Run): void {
    for (let place = (at + 3) & ~3; place + 4 <= at + same; place += 4) {
      const difference = this.#difference(place, from - at);
      if (difference !== 0) this.#popular.set(difference, (this.#popular.get(difference) ?? 0) + 1);
    }
  }

  /** Copies, with words and bytes that differ between them. */
  #similar({ at: start, from, same }: Run): void {
    const end = start + same;
    const bias = from - start;
    let at = start;
    while (at < end) {
      let stop = at;
      while (stop < end && this.#target[stop] === this.#base[stop + bias]) stop++;
      const add = stop < end ? this.#wordToAdd(at, stop, end, bias) : undefined;
      stop = add ?? stop;
      if (stop > at) this.#tokens.push({ kind: "copy", at, length: stop - at, bias });
      else if (add !== undefined) {
        const difference = this.#difference(at, bias);
        this.#recent = remember(this.#recent, difference);
        this.#tokens.push({ kind: "add", at, difference, bias });
        stop = at + 4;
      } else {
        this.#tokens.push({ kind: "literal", at });
        stop = at + 1;
      }
      at = stop;
    }
  }

  /** Where, in [from, …), the word that holds the byte at `stop` is worth an ADD. */
  #wordToAdd(from: number, stop: number, end: number, bias: number): number | undefined {
    for (const at of [stop & ~3, stop]) {
      if (at < from || at + 4 > end) continue;
      const difference = this.#difference(at, bias);
      const isKnown = this.#recent.includes(difference);
      const isPopular = at % 4 === 0 && (this.#popular.get(difference) ?? 0) >= POPULAR;
      if (difference !== 0 && (isKnown || isPopular)) return at;
    }
    return undefined;
  }

  /** Matches and literals. */
  #other(start: number, end: number, from: number): void {
    let expected = from;
    let at = start;
    while (at < end) {
      const found = this.#matcher.find(at, end, expected);
      const later = found.gain > 0 ? this.#matcher.find(at + 1, end, expected + 1).gain : 0;
      if (found.gain <= 0 || later > found.gain + LAZY_BITS) {
        this.#tokens.push({ kind: "literal", at });
        at++;
        expected++;
        continue;
      }
      const { place, length } = found;
      const isInBase = place < this.#base.length;
      this.#tokens.push(
        isInBase
          ? { kind: "match", at, length, bias: place - at }
          : { kind: "match", at, length, back: at - (place - this.#base.length) },
      );
      expected = (isInBase ? place : expected) + length;
      at += length;
    }
  }
}
