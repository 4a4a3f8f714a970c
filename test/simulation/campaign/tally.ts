/**
 * What a campaign has exercised: scenarios by kind of the operation that was cut, and by mode; and
 * what went wrong.
 */
import { CUT_MODES, type CutMode } from "../../../hal/sim/power.ts";

export interface Failure {
  readonly id: string;
  readonly problem: string;
}

/** As it travels between processes. */
export interface TallyData {
  readonly counts: { readonly [kindAndMode: string]: number };
  readonly sets: { readonly [set: string]: number };
  readonly failures: readonly Failure[];
  readonly shared: number;
  /** Time of the processor, in milliseconds. */
  readonly cpuMs: number;
}

/** Operations that are done or not done: nothing is torn. */
const WHOLE = ["send", "answer"];
const DIVISIBLE = [
  "store program",
  "store erase",
  "slot program",
  "slot erase",
  "boot log program",
  "boot log erase",
];

export class Tally {
  readonly failures: Failure[] = [];
  /** Scenarios that came to a state from which another one has ended well. */
  shared = 0;
  cpuMs = 0;
  readonly #counts = new Map<string, number>();
  readonly #sets = new Map<string, number>();

  /** One scenario of a set: what was cut last, and how. */
  add(set: string, kind: string, mode: CutMode): void {
    bump(this.#counts, `${kind}|${mode}`, 1);
    bump(this.#sets, set, 1);
  }

  /** A scenario of a set that has no cut of its own. */
  addUncut(set: string): void {
    bump(this.#sets, set, 1);
  }

  merge(data: TallyData): void {
    for (const [key, count] of Object.entries(data.counts)) bump(this.#counts, key, count);
    for (const [set, count] of Object.entries(data.sets)) bump(this.#sets, set, count);
    this.failures.push(...data.failures);
    this.shared += data.shared;
    this.cpuMs += data.cpuMs;
  }

  get data(): TallyData {
    return {
      counts: Object.fromEntries(this.#counts),
      sets: Object.fromEntries(this.#sets),
      failures: this.failures,
      shared: this.shared,
      cpuMs: this.cpuMs,
    };
  }

  get scenarios(): number {
    return [...this.#sets.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Kinds and modes that no scenario had. */
  get missing(): readonly string[] {
    const wanted = [
      ...DIVISIBLE.flatMap((kind) => CUT_MODES.map((mode) => `${kind}|${mode}`)),
      ...WHOLE.flatMap((kind) => [`${kind}|before`, `${kind}|after`]),
    ];
    return wanted.filter((key) => !this.#counts.has(key));
  }

  /** A table for people. */
  table(): string {
    const rows = [["", ...CUT_MODES]];
    for (const kind of [...DIVISIBLE, ...WHOLE]) {
      rows.push([
        kind,
        ...CUT_MODES.map((mode) => `${this.#counts.get(`${kind}|${mode}`) ?? "-"}`),
      ]);
    }
    const sets = [...this.#sets].map(([set, count]) => `${set} ${count}`).join(", ");
    const lines = rows.map(
      ([head = "", ...cells]) => head.padEnd(18) + cells.map((cell) => cell.padStart(11)).join(""),
    );
    return `${lines.join("\n")}\n${sets}`;
  }
}

function bump(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
