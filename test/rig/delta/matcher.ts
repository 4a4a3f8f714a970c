/** Finds what was there before: chains of places in base and image with the same bytes. */

const HASH_BITS = 18;
/** Bytes that places of a chain have in common, and those of the nearest place alone. */
const CHAIN_BYTES = 4;
const NEAREST_BYTES = 3;
/** Places that are looked at. */
const STEPS_MAX = 100;
/** What a byte of a match saves, in bits, about. */
const BYTE_BITS = 7;

/** The same bytes as at the place that was asked for. */
export interface Found {
  /** Counts from the start of base, behind which the image lies. */
  readonly place: number;
  readonly length: number;
}

export class Matcher {
  #bytes: Uint8Array;
  /** Where the image begins. */
  readonly start: number;
  #head = new Int32Array(1 << HASH_BITS).fill(-1);
  #next: Int32Array;
  #nearest = new Int32Array(1 << HASH_BITS).fill(-1);
  #end = 0;

  constructor(base: Uint8Array, target: Uint8Array) {
    this.#bytes = Buffer.concat([base, target]);
    this.start = base.length;
    this.#next = new Int32Array(this.#bytes.length).fill(-1);
  }

  /**
   * Earlier places for target[at, limit): in the image, each longer and farther than the one
   * before, and last the one in base that costs least, where bytes from `expected` cost nothing.
   */
  find(at: number, limit: number, expected: number): readonly Found[] {
    const bytes = this.#bytes;
    const here = this.start + at;
    const most = limit - at;
    const found: Found[] = [];
    if (most < NEAREST_BYTES) return found;
    this.#fill(here);
    let longest = NEAREST_BYTES - 1;
    const nearest = this.#nearest[this.#hash(here, NEAREST_BYTES)] ?? -1;
    if (nearest >= this.start) {
      const length = this.same(nearest, here, most);
      if (length > longest) {
        longest = length;
        found.push({ place: nearest, length });
      }
    }
    let inBase: Found | undefined;
    let gainInBase = 0;
    let from = this.#head[this.#hash(here, CHAIN_BYTES)] ?? -1;
    for (let steps = 0; from >= 0 && steps < STEPS_MAX; steps++) {
      if (from >= this.start) {
        if (longest < most && bytes[from + longest] === bytes[here + longest]) {
          const length = this.same(from, here, most);
          if (length > longest) {
            longest = length;
            found.push({ place: from, length });
          }
        }
      } else {
        const length = this.same(from, here, Math.min(most, this.start - from));
        const gain = length * BYTE_BITS - Math.log2(Math.abs(from - expected) + 1);
        if (length >= CHAIN_BYTES && gain > gainInBase) {
          gainInBase = gain;
          inBase = { place: from, length };
        }
      }
      from = this.#next[from] ?? -1;
    }
    if (inBase !== undefined) found.push(inBase);
    return found;
  }

  /** How many bytes, at most so many, are the same at both places. */
  same(from: number, here: number, most: number): number {
    const bytes = this.#bytes;
    let n = 0;
    while (n < most && bytes[from + n] === bytes[here + n]) n++;
    return n;
  }

  #fill(to: number): void {
    for (; this.#end < Math.min(to, this.#bytes.length - CHAIN_BYTES + 1); this.#end++) {
      const hash = this.#hash(this.#end, CHAIN_BYTES);
      this.#next[this.#end] = this.#head[hash] ?? -1;
      this.#head[hash] = this.#end;
      this.#nearest[this.#hash(this.#end, NEAREST_BYTES)] = this.#end;
    }
  }

  #hash(at: number, bytes: 3 | 4): number {
    const b = this.#bytes;
    let word = (b[at] ?? 0) | ((b[at + 1] ?? 0) << 8) | ((b[at + 2] ?? 0) << 16);
    if (bytes === 4) word |= (b[at + 3] ?? 0) << 24;
    return Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
  }
}
