/**
 * The suffix array of bytes, by induced sorting (SA-IS; Nong, Zhang, Chan 2009): where each suffix
 * begins, in the order of the suffixes.
 */

/** Returns the places of all suffixes, sorted; O(n) time, 4 to 8 times the input in memory. */
export function suffixArray(bytes: Uint8Array): Int32Array {
  return sorted(Int32Array.from(bytes), 256);
}

/** Places of `text`, whose symbols are below `symbols`, sorted by what begins there. */
function sorted(text: Int32Array, symbols: number): Int32Array {
  const n = text.length;
  if (n === 0) return new Int32Array(0);
  const isSmall = smallTypes(text);
  const buckets = new Int32Array(symbols + 1);
  for (const symbol of text) buckets[symbol + 1] = at(buckets, symbol + 1) + 1;
  for (let i = 0; i < symbols; i++) buckets[i + 1] = at(buckets, i + 1) + at(buckets, i);
  const starts = leftmost(isSmall);
  const result = induced(text, isSmall, buckets, starts);
  if (starts.length === 0) return result;
  const order = result.filter((place) => isLeftmost(isSmall, place));
  return induced(text, isSmall, buckets, orderedStarts(text, isSmall, starts, order));
}

/** 1 where a suffix is smaller than the next one. */
function smallTypes(text: Int32Array): Uint8Array {
  const isSmall = new Uint8Array(text.length);
  for (let i = text.length - 2; i >= 0; i--) {
    const here = at(text, i);
    const next = at(text, i + 1);
    isSmall[i] = here < next || (here === next && isSmall[i + 1] === 1) ? 1 : 0;
  }
  return isSmall;
}

function isLeftmost(isSmall: Uint8Array, place: number): boolean {
  return place > 0 && isSmall[place] === 1 && isSmall[place - 1] === 0;
}

function leftmost(isSmall: Uint8Array): Int32Array {
  const starts: number[] = [];
  for (let i = 1; i < isSmall.length; i++) if (isLeftmost(isSmall, i)) starts.push(i);
  return Int32Array.from(starts);
}

/** Sorts all suffixes by those at `starts`, which are in order. */
function induced(
  text: Int32Array,
  isSmall: Uint8Array,
  buckets: Int32Array,
  starts: Int32Array,
): Int32Array {
  const n = text.length;
  const result = new Int32Array(n).fill(-1);
  const ends = buckets.slice(1);
  for (let i = starts.length - 1; i >= 0; i--) putLast(result, ends, text, at(starts, i));
  const heads = buckets.slice();
  putFirst(result, heads, text, n - 1);
  for (let i = 0; i < n; i++) {
    const place = at(result, i) - 1;
    if (place >= 0 && isSmall[place] === 0) putFirst(result, heads, text, place);
  }
  ends.set(buckets.subarray(1));
  for (let i = n - 1; i >= 0; i--) {
    const place = at(result, i) - 1;
    if (place >= 0 && isSmall[place] === 1) putLast(result, ends, text, place);
  }
  return result;
}

function putFirst(result: Int32Array, heads: Int32Array, text: Int32Array, place: number): void {
  const symbol = at(text, place);
  const to = at(heads, symbol);
  heads[symbol] = to + 1;
  result[to] = place;
}

function putLast(result: Int32Array, ends: Int32Array, text: Int32Array, place: number): void {
  const symbol = at(text, place);
  const to = at(ends, symbol) - 1;
  ends[symbol] = to;
  result[to] = place;
}

/** `starts` in the order of their suffixes; `order` has them in that of their substrings. */
function orderedStarts(
  text: Int32Array,
  isSmall: Uint8Array,
  starts: Int32Array,
  order: Int32Array,
): Int32Array {
  const numbers = new Int32Array(text.length + 1).fill(-1);
  starts.forEach((place, index) => {
    numbers[place] = index;
  });
  const names = new Int32Array(starts.length);
  let name = 0;
  for (let i = 1; i < order.length; i++) {
    const place = at(order, i);
    const before = at(order, i - 1);
    if (!sameSubstring(text, isSmall, before, place)) name++;
    names[at(numbers, place)] = name;
  }
  return sorted(names, name + 1).map((index) => at(starts, index));
}

/** Whether both substrings, each to the next leftmost small place, are the same. */
function sameSubstring(text: Int32Array, isSmall: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; ; i++) {
    if (b + i >= text.length || a + i >= text.length) return false;
    if (text[a + i] !== text[b + i] || isSmall[a + i] !== isSmall[b + i]) return false;
    const isEnd = isLeftmost(isSmall, a + i);
    if (i > 0 && isEnd !== isLeftmost(isSmall, b + i)) return false;
    if (i > 0 && isEnd) return true;
  }
}

function at(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}
