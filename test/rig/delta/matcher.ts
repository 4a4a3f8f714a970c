/** Finds what was there before: chains of places in base and image with the same four bytes. */

const HASH_BITS = 18;
const LENGTH_MIN = 4;
/** Places that are looked at. */
const STEPS_MAX = 200;
/** What a byte of a match saves, and a match costs, in bits, about. */
const BYTE_BITS = 7;
const MATCH_BITS = 9;

/** `place` counts from the start of base, behind which the image lies. */
export interface Found {
  readonly place: number;
  readonly length: number;
  /** In bits. */
  readonly gain: number;
}

const NOTHING: Found = { place: 0, length: 0, gain: 0 };

export class Matcher {
  #bytes: Uint8Array;
  #start: number;
  #head = new Int32Array(1 << HASH_BITS).fill(-1);
  #next: Int32Array;
  #end = 0;

  constructor(base: Uint8Array, target: Uint8Array) {
    this.#bytes = Buffer.concat([base, target]);
    this.#start = base.length;
    this.#next = new Int32Array(this.#bytes.length).fill(-1);
  }

  /**
   * The best earlier place for target[at, limit); `expected`: the place in base from which bytes
   * cost least.
   */
  find(at: number, limit: number, expected: number): Found {
    const bytes = this.#bytes;
    const here = this.#start + at;
    const most = limit - at;
    let best = NOTHING;
    if (most < LENGTH_MIN) return best;
    this.#fill(here);
    let from = this.#head[this.#hash(here)] ?? -1;
    for (let steps = 0; from >= 0 && steps < STEPS_MAX; steps++) {
      if (bytes[from + best.length] === bytes[here + best.length]) {
        const isInBase = from < this.#start;
        const length = this.#common(
          from,
          here,
          isInBase ? Math.min(most, this.#start - from) : most,
        );
        const far = isInBase ? Math.abs(from - expected) : here - from;
        const gain = length * BYTE_BITS - MATCH_BITS - Math.log2(far + 1);
        if (length >= LENGTH_MIN && gain > best.gain) best = { place: from, length, gain };
      }
      from = this.#next[from] ?? -1;
    }
    return best;
  }

  #common(from: number, here: number, most: number): number {
    let n = 0;
    while (n < most && this.#bytes[from + n] === this.#bytes[here + n]) n++;
    return n;
  }

  #fill(to: number): void {
    for (; this.#end < Math.min(to, this.#bytes.length - 3); this.#end++) {
      const hash = this.#hash(this.#end);
      this.#next[this.#end] = this.#head[hash] ?? -1;
      this.#head[hash] = this.#end;
    }
  }

  #hash(at: number): number {
    const b = this.#bytes;
    const word =
      (b[at] ?? 0) | ((b[at + 1] ?? 0) << 8) | ((b[at + 2] ?? 0) << 16) | ((b[at + 3] ?? 0) << 24);
    return Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
  }
}
