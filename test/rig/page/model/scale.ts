/**
 * Time to place and back. `even`: between two turns it is linear, and how wide that is goes with
 * the root of how long it took, so that the 20 ms of a trial are seen beside a download.
 */
export interface Scale {
  /** Returns where a time is, 0 to 1. */
  place(t: number): number;
  /** Returns what time is at a place. */
  time(place: number): number;
}

/** Width that every turn gets besides what its time earns it, in roots of ms. */
const TURN = 6;
/** Root of the longest time that makes a stretch wider, 20 s: who waits longer gets no more. */
const LONG = Math.sqrt(20_000);

/** Returns the scale over `turns`, which begin with 0 and end with the run. */
export function scaleOf(turns: readonly number[], even: boolean): Scale {
  const ends = [turns[0] ?? 0, turns.at(-1) ?? 1];
  const times = even && turns.length > 2 ? turns : ends;
  const places = [0];
  for (let i = 1; i < times.length; i++) {
    const long = Math.max(0, (times[i] ?? 0) - (times[i - 1] ?? 0));
    places.push(
      (places.at(-1) ?? 0) + (even ? Math.min(Math.sqrt(long), LONG) + TURN : Math.max(long, 1)),
    );
  }
  const width = Math.max(places.at(-1) ?? 1, 1);
  const shares = places.map((place) => place / width);
  return {
    place: (t) => along(t, times, shares),
    time: (place) => along(place, shares, times),
  };
}

/** Maps `value` from one ascending list to another, linear between two members. */
function along(value: number, from: readonly number[], to: readonly number[]): number {
  let low = 0;
  let high = from.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((from[middle] ?? 0) <= value) low = middle;
    else high = middle;
  }
  const [a = 0, b = 0] = [from[low], from[high]];
  const [c = 0, d = 0] = [to[low], to[high]];
  const share = b > a ? Math.max(0, Math.min(1, (value - a) / (b - a))) : 0;
  return c + share * (d - c);
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((step) => [
  step,
  step * 1000,
  step * 1_000_000,
]);

/**
 * Returns the times that get a number: turns no nearer than `gap` (0 to 1) on an even scale, round
 * numbers on a true one.
 */
export function ticksOf(
  turns: readonly number[],
  scale: Scale,
  even: boolean,
  gap: number,
): readonly number[] {
  const start = turns[0] ?? 0;
  const end = turns.at(-1) ?? 0;
  if (even) {
    const ticks: number[] = [];
    let last = -Infinity;
    for (const t of turns) {
      const place = scale.place(t);
      if (place - last < gap) continue;
      ticks.push(t);
      last = place;
    }
    return ticks;
  }
  const step = [...STEPS].sort((a, b) => a - b).find((each) => each >= (end - start) * gap);
  if (step === undefined) return [start, end];
  const first = Math.ceil(start / step);
  return Array.from({ length: Math.floor(end / step) - first + 1 }, (_, i) => (first + i) * step);
}
