/**
 * The changes of the command, or of the Atomic, that is under way, over the store.
 *
 * Reads see them; the store sees them all in one commit, or never. So a command is whole or not
 * there, also when power fails, and rolling an Atomic back is forgetting. Effects outside the tree
 * wait until the commit is certain to be tried.
 */
import { type Budget, Cost } from "../base/budget.ts";
import { equal } from "../base/bytes.ts";
import { TREE_BYTES_MAX } from "../base/limits.ts";
import { Status } from "../syncml/status.ts";

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

/** What the keys of facts about nodes begin with, and those of their ACLs. */
const FACT = "tree.";
export const ACL_KEY = "tree.acl.";

/** There is no memory for a change. */
class TooMuch extends Error {
  override name = "TooMuch";
}

/**
 * The status of `act`: 420 when the store says in the course of it that it is full, 413 when there
 * is no memory for its changes.
 */
export function unlessFull<T>(act: () => T): T | number {
  try {
    return act();
  } catch (error) {
    if (error instanceof TooMuch) return Status.tooLarge;
    if (error instanceof Error && error.name === "StoreFull") return Status.deviceFull;
    throw error;
  }
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equal(a, b);
}

export class Staged {
  readonly #store: TreeStore;
  readonly #budget: Budget;
  /** Bytes that the changes have been charged. */
  #charged = 0;
  readonly #changes = new Map<string, Uint8Array | undefined>();
  readonly #effects: (() => void)[] = [];
  /** True once a value went to a live node that cannot give it back. */
  irrevocable = false;

  /** Changes are charged to `budget` until they are committed or forgotten. */
  constructor(store: TreeStore, budget: Budget) {
    this.#store = store;
    this.#budget = budget;
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

  /** undefined deletes the key. Throws when there is no memory for the change. */
  set(key: string, value: Uint8Array | undefined): void {
    this.#charge(key.length + (value?.length ?? 0));
    this.#changes.set(key, value);
  }

  #charge(bytes: number): void {
    if (!this.#budget.charge(Cost.change + bytes)) throw new TooMuch();
    this.#charged += Cost.change + bytes;
  }

  /**
   * Runs `effect` just before the changes become durable: what it takes away is gone when power
   * fails in between, and when the store turns out to be full.
   */
  before(effect: () => void): void {
    this.#charge(0);
    this.#effects.push(effect);
  }

  /**
   * 200 when everything is durable, 420 when the store is full; then nothing has changed and the
   * changes are forgotten. What is there already is not written again. Only the device itself may
   * leave nothing of the store's reserve, or keep more facts than TREE_BYTES_MAX.
   */
  commit(leaving: "nothing" | "reserve" = "reserve"): number {
    const changes = [...this.#changes].filter(([key, value]) => !same(this.#store.get(key), value));
    const effects = [...this.#effects];
    const fits = leaving === "nothing" || this.#fits(changes);
    this.forget();
    if (!fits) return Status.deviceFull;
    for (const effect of effects) effect();
    return unlessFull(() => {
      if (changes.length > 0) this.#store.commit(changes, leaving);
      return Status.ok;
    });
  }

  /**
   * Whether what the store then keeps of the tree, each key of which takes memory for good, is not
   * too much; or does not become more.
   */
  #fits(changes: readonly (readonly [key: string, value: Uint8Array | undefined])[]): boolean {
    const grows = changes.some(
      ([key, value]) =>
        value !== undefined &&
        key.startsWith(FACT) &&
        (key.startsWith(ACL_KEY) || this.#store.get(key) === undefined),
    );
    if (!grows) return true;
    let bytes = 0;
    for (const key of this.keys(FACT)) {
      bytes += Cost.fact + key.length;
      // Every ACL is in memory at once when a server is taken out of all.
      if (key.startsWith(ACL_KEY)) bytes += this.get(key)?.length ?? 0;
    }
    return bytes <= TREE_BYTES_MAX;
  }

  forget(): void {
    this.#budget.release(this.#charged);
    this.#charged = 0;
    this.#changes.clear();
    this.#effects.length = 0;
    this.irrevocable = false;
  }
}
