/** The record and its store: the only way to another record is reduce, make durable, then act. */
import type { LogLevel } from "../../hal/hal.ts";
import { readRecord, recordChange } from "../store/jsonrecord.ts";
import { type Change, type Leaving, StoreFull, type Store } from "../store/store.ts";
import { text, utf8 } from "../base/utf8.ts";
import type { UpdateEvent } from "./event.ts";
import { reduce } from "./machine.ts";
import { memoryChanges } from "./memory.ts";
import { decodeRecord, encodeRecord, IDLE, type UpdateRecord, urlApart } from "./record.ts";
import { sentence } from "./sentence.ts";
import { storedProgress } from "./staging.ts";

/** Key of the record in the store, and of its URL where that is long. */
export const RECORD_KEY = "update.record";
export const URL_KEY = "update.url";

export class Journal {
  /** Called after each change is durable. */
  onChange: ((record: UpdateRecord) => void) | undefined;
  #store: Store;
  #log: (level: LogLevel, text: string) => void;
  #record: UpdateRecord;

  constructor(store: Store, log: (level: LogLevel, text: string) => void) {
    this.#store = store;
    this.#log = log;
    const stored = readRecord<object>(store, RECORD_KEY);
    // A record that was lost must not count a package that progress is stored of once more.
    this.#record =
      stored === undefined
        ? { ...IDLE, generation: storedProgress(store).generation }
        : decodeRecord(stored, storedUrl(store));
  }

  /** What is durable. */
  get record(): UpdateRecord {
    return this.#record;
  }

  /** Durable when it returns. Throws what the store throws; then nothing changed. */
  dispatch(event: UpdateEvent, leaving: Leaving = "nothing"): void {
    const before = this.#record;
    const after = reduce(before, event);
    if (after === before) return;
    this.#store.commit(
      [
        recordChange(RECORD_KEY, encodeRecord(after)),
        ...urlChanges(this.#store, before, after),
        ...memoryChanges(this.#store, before, after),
      ],
      leaving,
    );
    this.#record = after;
    const text = sentence(before, after);
    if (text !== undefined) this.#log(after.phase === "failed" ? "error" : "info", text);
    this.onChange?.(after);
  }

  /**
   * Dispatches what somebody asks for and the record grows by, and leaves room for all that follows
   * from it. False when the store is full; then nothing changed.
   */
  accept(event: UpdateEvent): boolean {
    try {
      this.dispatch(event, "half");
      return true;
    } catch (error) {
      if (!(error instanceof StoreFull)) throw error;
      this.#log("error", `the store has no room for ${event.type}`);
      return false;
    }
  }
}

/** The URL that is stored apart; undefined: there is none, or it is lost. */
function storedUrl(store: Store): string | undefined {
  const bytes = store.get(URL_KEY);
  return bytes === undefined ? undefined : text(bytes, 0, bytes.length);
}

/** A URL that nobody needs goes, also one that firmware has left which does not know the key. */
function urlChanges(store: Store, before: UpdateRecord, after: UpdateRecord): readonly Change[] {
  const url = urlApart(after);
  if (url === undefined) return store.get(URL_KEY) === undefined ? [] : [[URL_KEY, undefined]];
  return url === urlApart(before) ? [] : [[URL_KEY, utf8(url)]];
}
