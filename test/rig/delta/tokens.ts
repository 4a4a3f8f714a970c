/** What makes an image out of its base: tokens, before they are coded. */
import { RECENT } from "../../../src/base/deltamodel.ts";
import type { Run } from "./alignment.ts";
import { Cheapest } from "./cheapest.ts";
import { Matcher } from "./matcher.ts";
import type { Prices } from "./prices.ts";
import type { DeltaToken } from "./token.ts";

/** A difference that occurs so often is worth an ADD wherever words are aligned. */
const POPULAR = 4;

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
  #cheapest: Cheapest;
  #tokens: DeltaToken[] = [];

  constructor(base: Uint8Array, target: Uint8Array, prices: Prices) {
    this.#base = base;
    this.#target = target;
    this.#cheapest = new Cheapest(target, new Matcher(base, target), prices);
  }

  /** The tokens of all runs, in the order of the image. */
  of(runs: readonly Run[]): readonly DeltaToken[] {
    for (const run of runs) this.#count(run);
    for (const run of runs) {
      this.#similar(run);
      const { at, from, same, end } = run;
      const piece = { start: at + same, end, bias: from - at };
      for (const token of this.#cheapest.of(piece)) this.#tokens.push(token);
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
}
