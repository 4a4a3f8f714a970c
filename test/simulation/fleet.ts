/**
 * A fleet against one server that fails for a while, in simulated time: many devices, each with the
 * schedule that decides in the client when its next session is due. Only when sessions begin and
 * whether they complete is simulated; what they say is not.
 */
import { Random } from "../../hal/sim/random.ts";
import { ANSWER_TIMEOUT_MS } from "../../src/base/limits.ts";
import { placeOf, Schedule } from "../../src/client/schedule.ts";

export interface FleetOptions {
  readonly devices: number;
  readonly pollMs: number;
  readonly seed: number;
  /** All were switched on in the same moment, as after a power cut of a town. */
  readonly areTogether?: true;
  readonly outage: Outage;
  /** Sessions that the server completes in a second; others wait, until their device gives up. */
  readonly sessionsPerSecond: number;
}

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * `silent`: nothing answers. `busy`: 503. `until`: 503 with a Retry-After that ends with the
   * outage.
   */
  readonly answer: "silent" | "busy" | "until";
}

export interface FleetReport {
  /** Requests in each second. */
  readonly perSecond: readonly number[];
  /** Those of devices that have failed and not come back yet. */
  readonly returningPerSecond: readonly number[];
  /** When each device that had failed completed its first session, in order. */
  readonly returnedMs: readonly number[];
}

interface Turn {
  readonly at: number;
  readonly device: number;
}

/** Turns by time: a binary heap. */
class Turns {
  readonly #heap: Turn[] = [];

  add(turn: Turn): void {
    const heap = this.#heap;
    let at = heap.push(turn) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= turn.at) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = turn;
  }

  next(): Turn | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const least =
        (heap[left + 1]?.at ?? Infinity) < (heap[left]?.at ?? Infinity) ? left + 1 : left;
      const below = heap[least];
      if (below === undefined || below.at >= last.at) break;
      heap[at] = below;
      at = least;
    }
    heap[at] = last;
    return first;
  }
}

/** Runs the fleet until `endMs`. The same options give the same report. */
export function simulateFleet(options: FleetOptions, endMs: number): FleetReport {
  const { devices, pollMs, outage, sessionsPerSecond } = options;
  const random = new Random(options.seed);
  const need = { reason: false, pollMs, deadline: Infinity };
  const turns = new Turns();
  const perSecond = new Array<number>(Math.ceil(endMs / 1000)).fill(0);
  const returningPerSecond = perSecond.slice();
  const failed = new Set<number>();
  const returnedMs: number[] = [];
  /** When the server is through with all that waits. */
  let freeAt = 0;
  const fleet = Array.from({ length: devices }, (_, device) => {
    // Somewhere in its pause, as devices are that were switched on at any time.
    const since = options.areTogether === true ? 0 : Math.round(-random.fraction() * pollMs);
    const place = options.areTogether === true ? placeOf(`urn:uuid:${device}`) : 1;
    const schedule = new Schedule(since, 0, place, (bytes) => {
      random.fill(bytes);
    });
    turns.add({ at: schedule.due(need), device });
    return schedule;
  });
  for (let turn = turns.next(); turn !== undefined && turn.at < endMs; turn = turns.next()) {
    const { at, device } = turn;
    const schedule = fleet[device];
    if (schedule === undefined) continue;
    const second = Math.floor(at / 1000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
    if (failed.has(device)) returningPerSecond[second] = (returningPerSecond[second] ?? 0) + 1;
    if (at >= outage.fromMs && at < outage.toMs) {
      failed.add(device);
      const waited = outage.answer === "silent" ? ANSWER_TIMEOUT_MS : 0;
      const askedMs = outage.answer === "until" ? outage.toMs - at : 0;
      schedule.ended(at + waited, false, false, askedMs);
    } else {
      const done = Math.max(freeAt, at) + 1000 / sessionsPerSecond;
      const isLate = done - at > ANSWER_TIMEOUT_MS;
      if (!isLate) freeAt = done;
      const ended = isLate ? at + ANSWER_TIMEOUT_MS : done;
      schedule.ended(ended, !isLate, false, 0);
      if (isLate) failed.add(device);
      else if (failed.delete(device)) returnedMs.push(ended);
    }
    turns.add({ at: schedule.due(need), device });
  }
  return { perSecond, returningPerSecond, returnedMs };
}

/** The worst second from `fromMs` on, beside the mean while the middle 90 % came back. */
export interface Rush {
  readonly worst: number;
  readonly mean: number;
  readonly seconds: number;
}

export function rushOf(
  { returnedMs }: FleetReport,
  fromMs: number,
  perSecond: readonly number[],
): Rush {
  const at = (share: number): number =>
    returnedMs[Math.floor((returnedMs.length - 1) * share)] ?? NaN;
  const seconds = (at(0.95) - at(0.05)) / 1000;
  return {
    worst: Math.max(...perSecond.slice(Math.floor(fromMs / 1000))),
    mean: (returnedMs.length * 0.9) / seconds,
    seconds,
  };
}

/** Requests in each second, put together by minutes, as a drawing of text. */
export function drawing({ perSecond }: FleetReport, width = 60): string {
  const minutes: number[] = [];
  for (const [second, count] of perSecond.entries()) {
    const minute = Math.floor(second / 60);
    minutes[minute] = Math.max(minutes[minute] ?? 0, count);
  }
  const most = Math.max(...minutes, 1);
  return minutes
    .map((count, minute) => {
      const bar = "#".repeat(Math.round((count / most) * width));
      return `${String(minute).padStart(4)} min ${String(count).padStart(5)}/s ${bar}`;
    })
    .join("\n");
}
