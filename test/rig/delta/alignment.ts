/**
 * Which part of an image resembles which part of its base: runs that differ in few bytes, found by
 * the longest matches in the suffix array of the base and grown to both sides while more than half
 * of the bytes agree (Percival, "Naive differences of executable code", 2003).
 */
import { suffixArray } from "./suffixes.ts";

/** target[at, at + same) resembles base from `from` on; what follows, up to `end`, nothing. */
export interface Run {
  readonly at: number;
  readonly from: number;
  readonly same: number;
  readonly end: number;
}

/** A match that beats what the run before would give by so much begins another run. */
const BETTER_BYTES = 8;

interface Match {
  readonly from: number;
  readonly length: number;
}

/** Runs that cover the target, in its order. */
export function align(base: Uint8Array, target: Uint8Array): readonly Run[] {
  if (base.length === 0) return [{ at: 0, from: 0, same: 0, end: target.length }];
  const search = new Search(base, suffixArray(base), target);
  const runs: Run[] = [];
  let at = 0;
  let from = 0;
  let scan = 0;
  let match: Match = { from: 0, length: 0 };
  while (scan < target.length) {
    const found = search.next(scan + match.length, from - at);
    scan = found.scan;
    match = found.match;
    if (found.isSame && scan < target.length) continue;
    const most = scan - at;
    const forward = grown(base, target, { at, from }, most, 1);
    const second = { at: scan, from: match.from };
    const back = scan < target.length ? grown(base, target, second, most, -1) : 0;
    const overlap = Math.max(0, at + forward - (scan - back));
    const kept = split(base, target, at + forward - overlap, from - at, match.from - scan, overlap);
    const next = scan - back + kept;
    runs.push({ at, from, same: forward - overlap + kept, end: next });
    at = next;
    from = match.from - back + kept;
  }
  return runs;
}

/** How far a run goes on, or back before it, while more than half of its bytes agree. */
function grown(
  base: Uint8Array,
  target: Uint8Array,
  { at, from }: Pick<Run, "at" | "from">,
  most: number,
  way: 1 | -1,
): number {
  const first = way === 1 ? from : from - 1;
  const shift = at - from;
  let score = 0;
  let best = 0;
  let length = 0;
  for (let i = 0; i < most; i++) {
    const place = first + i * way;
    const byte = base[place];
    if (byte === undefined) break;
    score += byte === target[place + shift] ? 1 : -1;
    if (score > best) {
      best = score;
      length = i + 1;
    }
  }
  return length;
}

/** Where two runs overlap: how much of that the first one gets. */
function split(
  base: Uint8Array,
  target: Uint8Array,
  at: number,
  first: number,
  second: number,
  overlap: number,
): number {
  let score = 0;
  let best = 0;
  let kept = 0;
  for (let i = 0; i < overlap; i++) {
    const byte = target[at + i];
    if (base[at + i + first] === byte) score++;
    if (base[at + i + second] === byte) score--;
    if (score > best) {
      best = score;
      kept = i + 1;
    }
  }
  return kept;
}

class Search {
  #base: Uint8Array;
  #suffixes: Int32Array;
  #target: Uint8Array;

  constructor(base: Uint8Array, suffixes: Int32Array, target: Uint8Array) {
    this.#base = base;
    this.#suffixes = suffixes;
    this.#target = target;
  }

  /**
   * From `start` on, the next place where base has a match that the run before, at `offset`, does
   * not have nearly as well; `isSame`: it has all of it.
   */
  next(start: number, offset: number): { scan: number; match: Match; isSame: boolean } {
    const target = this.#target;
    let scan = start;
    let scored = start;
    let score = 0;
    let match: Match = { from: 0, length: 0 };
    for (; scan < target.length; scan++) {
      match = this.#longest(scan);
      for (; scored < scan + match.length; scored++)
        if (this.#base[scored + offset] === target[scored]) score++;
      const isSame = match.length === score && match.length !== 0;
      if (isSame || match.length > score + BETTER_BYTES) return { scan, match, isSame };
      if (scan < scored && this.#base[scan + offset] === target[scan]) score--;
      if (scored <= scan) scored = scan + 1;
    }
    return { scan, match: { from: match.from, length: 0 }, isSame: false };
  }

  /** The longest match of what begins at target[at], by binary search. */
  #longest(at: number): Match {
    let low = 0;
    let high = this.#suffixes.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(this.#suffixes[middle] ?? 0, at)) low = middle;
      else high = middle;
    }
    const a = this.#suffixes[low] ?? 0;
    const b = this.#suffixes[high] ?? 0;
    const lengthA = this.#common(a, at);
    const lengthB = this.#common(b, at);
    return lengthA > lengthB ? { from: a, length: lengthA } : { from: b, length: lengthB };
  }

  #common(from: number, at: number): number {
    const most = Math.min(this.#base.length - from, this.#target.length - at);
    let n = 0;
    while (n < most && this.#base[from + n] === this.#target[at + n]) n++;
    return n;
  }

  /** Whether the suffix of base is smaller than that of target. */
  #isBefore(from: number, at: number): boolean {
    const n = this.#common(from, at);
    if (from + n === this.#base.length) return true;
    if (at + n === this.#target.length) return false;
    return (this.#base[from + n] ?? 0) < (this.#target[at + n] ?? 0);
  }
}
