/**
 * The event log of a run: the one source of truth. Terminal, NDJSON and reports are views of it.
 * Every event says when (ms since the run began), which board, and what kind; the rest depends on
 * the kind.
 */
import { createWriteStream, type WriteStream } from "node:fs";
import { printable } from "./printable.ts";

/**
 * What a program took of its engine, from boot to restart or end. Live is the most that a
 * collection left; the peak has garbage, too. What a board does not tell is 0.
 */
export interface Heap {
  /** Bytes of one slot. */
  readonly slotBytes: number;
  readonly peakSlots: number;
  readonly peakChunkBytes: number;
  readonly stackSlots: number;
  readonly liveSlots: number;
  readonly liveChunkBytes: number;
}

/** What a program did to a partition. */
export interface FlashCount {
  readonly partition: string;
  readonly writes: number;
  readonly bytes: number;
  readonly erases: number;
}

export type RigEvent =
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "serial"; readonly line: string }
  | { readonly kind: "user"; readonly text: string }
  | {
      readonly kind: "boot";
      readonly version: string;
      readonly slot: string;
      readonly trial: boolean;
      readonly cause: string;
    }
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "state"; readonly state: number; readonly name: string }
  | {
      readonly kind: "progress";
      readonly bytes: number;
      readonly total: number;
      /** What is on its way, where it is no package. */
      readonly what?: string;
    }
  | { readonly kind: "message"; readonly direction: "sent" | "received"; readonly text: string }
  | {
      readonly kind: "session";
      readonly id: string;
      readonly outcome: string;
      readonly detail: string;
    }
  | ({ readonly kind: "heap" } & Heap)
  | ({ readonly kind: "flash" } & FlashCount)
  | { readonly kind: "server"; readonly text: string; readonly session?: string }
  | { readonly kind: "cut"; readonly operation: number; readonly seed: number }
  | { readonly kind: "result"; readonly code: number; readonly text: string }
  | { readonly kind: "end"; readonly status: number; readonly text: string };

export type Recorded = RigEvent & { readonly t: number; readonly board: string };
export type View = (event: Recorded) => void;

/** The event without control characters: most of what it says a device or a server has written. */
function safe<E extends RigEvent>(event: E): E {
  const entries = Object.entries(event).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "string" ? printable(value) : value,
  ]);
  return Object.fromEntries(entries) as E;
}

export class EventLog {
  readonly events: Recorded[] = [];
  readonly board: string;
  readonly #countMax: number;
  #views: View[] = [];
  #start = performance.now();

  /** Keeps the last `countMax` events, for what runs without an end; all by default. */
  constructor(board: string, countMax = Infinity) {
    this.board = board;
    this.#countMax = countMax;
  }

  /** Adds a view: it is called for every event from now on. */
  view(view: View): void {
    this.#views.push(view);
  }

  emit(event: RigEvent): void {
    const recorded: Recorded = {
      t: Math.round(performance.now() - this.#start),
      board: this.board,
      ...safe(event),
    };
    this.events.push(recorded);
    if (this.events.length > this.#countMax) this.events.shift();
    for (const view of this.#views) view(recorded);
  }

  /** The last event of a kind. */
  last<K extends RigEvent["kind"]>(kind: K): Extract<Recorded, { kind: K }> | undefined {
    return this.events.findLast(
      (event): event is Extract<Recorded, { kind: K }> => event.kind === kind,
    );
  }

  /** The first event of a kind, which has come or will. */
  first<K extends RigEvent["kind"]>(kind: K): Promise<Extract<Recorded, { kind: K }>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const [first] = this.all(kind);
        if (first !== undefined) resolve(first);
      };
      this.view(look);
      look();
    });
  }

  all<K extends RigEvent["kind"]>(kind: K): Extract<Recorded, { kind: K }>[] {
    return this.events.filter(
      (event): event is Extract<Recorded, { kind: K }> => event.kind === kind,
    );
  }
}

/** A view that writes one JSON object a line. */
export function ndjson(path: string): View {
  const stream: WriteStream = createWriteStream(path);
  return (event) => {
    stream.write(`${JSON.stringify(event)}\n`);
  };
}
