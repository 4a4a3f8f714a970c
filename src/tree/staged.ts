/**
 * The changes of the command, or of the Atomic, that is under way, over the store.
 *
 * Reads see them; the store sees them all in one commit, or never. So a command is whole or not
 * there, also when power fails, and rolling an Atomic back is forgetting. Effects outside the tree
 * wait until the commit is certain to be tried.
 */
import { equal } from "../base/bytes.ts";
import { TreeStatus } from "./status.ts";

/** What the tree needs of a store: see src/store. */
export interface TreeStore {
  get(key: string): Uint8Array | undefined;
  /** Sorted. */
  keys(prefix: string): readonly string[];
  /**
   * All or nothing; throws an error of the name StoreFull when there is no room beside the part of
   * its reserve that is left.
   */
  commit(
    changes: readonly (readonly [key: string, value: Uint8Array | undefined])[],
    leaving?: "nothing" | "reserve",
  ): void;
}

/** The status of `act`, or 420 when the store says in the course of it that it is full. */
export function unlessFull(act: () => number): number {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && error.name === "StoreFull") return TreeStatus.deviceFull;
    throw error;
  }
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equal(a, b);
}

export class Staged {
  readonly #store: TreeStore;
  readonly #changes = new Map<string, Uint8Array | undefined>();
  readonly #effects: (() => void)[] = [];
  /** True once a value went to a live node that cannot give it back. */
  irrevocable = false;

  constructor(store: TreeStore) {
    this.#store = store;
  }

  get(key: string): Uint8Array | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#store.get(key);
  }

  /** The keys that begin with `prefix`, sorted. */
  keys(prefix: string): readonly string[] {
    const kept = this.#store.keys(prefix);
    if (this.#changes.size === 0) return kept;
    const keys = kept.filter((key) => !this.#changes.has(key));
    for (const [key, value] of this.#changes)
      if (value !== undefined && key.startsWith(prefix)) keys.push(key);
    return keys.sort();
  }

  /** undefined deletes the key. */
  set(key: string, value: Uint8Array | undefined): void {
    this.#changes.set(key, value);
  }

  /**
   * Runs `effect` just before the changes become durable: what it takes away is gone when power
   * fails in between, and when the store turns out to be full.
   */
  before(effect: () => void): void {
    this.#effects.push(effect);
  }

  /**
   * 200 when everything is durable, 420 when the store is full; then nothing has changed and the
   * changes are forgotten. What is there already is not written again. Only the device itself may
   * leave nothing of the store's reserve.
   */
  commit(leaving: "nothing" | "reserve" = "reserve"): number {
    const changes = [...this.#changes].filter(([key, value]) => !same(this.#store.get(key), value));
    const effects = [...this.#effects];
    this.forget();
    for (const effect of effects) effect();
    return unlessFull(() => {
      if (changes.length > 0) this.#store.commit(changes, leaving);
      return TreeStatus.ok;
    });
  }

  forget(): void {
    this.#changes.clear();
    this.#effects.length = 0;
    this.irrevocable = false;
  }
}
