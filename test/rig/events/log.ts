/** The log of a run: keeps its events, and shows each to the views. event.ts says what they are. */
import { createWriteStream, type WriteStream } from "node:fs";
import { printable } from "../printable.ts";
import {
  type Envelope,
  EVENT_VERSION,
  type Recorded,
  type RigEvent,
  type Source,
  type View,
} from "./event.ts";
import { Secrets } from "./secrets.ts";

type Kind = RigEvent["kind"];
type Of<K extends Kind> = Extract<Recorded, { kind: K }>;

export class EventLog {
  readonly events: Recorded[] = [];
  readonly board: string;
  /** What no event shows: added before it can be said. */
  readonly secrets = new Secrets();
  readonly #views: View[] = [];
  readonly #start = performance.now();
  readonly #countMax: number;
  #count = 0;

  /** Keeps the last `countMax` events, for what runs without an end; all by default. */
  constructor(board: string, countMax = Infinity) {
    this.board = board;
    this.#countMax = countMax;
  }

  /** Adds a view: it is called for every event from now on. */
  view(view: View): void {
    this.#views.push(view);
  }

  /** Records what `source` said, without control characters and without secrets. */
  emit(event: RigEvent, source: Source = "bench"): void {
    this.#add({ ...this.#envelope(this.board, source), ...this.#safe(event) });
  }

  /** Records an event of another log, of this run's time and number. */
  record(event: Recorded): void {
    this.#add({ ...event, ...this.#envelope(event.board, event.source) });
  }

  #envelope(board: string, source: Source): Envelope {
    const seq = ++this.#count;
    const t = Math.round(performance.now() - this.#start);
    return { v: EVENT_VERSION, seq, t, board, source };
  }

  #add(event: Recorded): void {
    this.events.push(event);
    if (this.events.length > this.#countMax) this.events.shift();
    for (const view of this.#views) view(event);
  }

  /** The last event of a kind. */
  last<K extends Kind>(kind: K): Of<K> | undefined {
    return this.events.findLast((event): event is Of<K> => event.kind === kind);
  }

  /** The first event of a kind, which has come or will. */
  first<K extends Kind>(kind: K): Promise<Of<K>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const [first] = this.all(kind);
        if (first !== undefined) resolve(first);
      };
      this.view(look);
      look();
    });
  }

  all<K extends Kind>(kind: K): Of<K>[] {
    return this.events.filter((event): event is Of<K> => event.kind === kind);
  }

  /** The same event: most of what it says a device or a server has written. */
  #safe<T>(value: T): T {
    return mapped(value, (text) => printable(this.secrets.masked(text))) as T;
  }
}

/** A value of JSON with another text in the place of each of its own. Members keep their names. */
function mapped(value: unknown, text: (text: string) => string): unknown {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, text));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapped(item, text)]),
  );
}

/** A view that writes one JSON object a line. */
export function ndjson(path: string): View {
  const stream: WriteStream = createWriteStream(path);
  return (event) => {
    stream.write(`${JSON.stringify(event)}\n`);
  };
}
