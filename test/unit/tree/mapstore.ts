/**
 * A store in a Map, for tests of what stands on a store. `room` is how many bytes of values it
 * holds.
 */
import type { TreeStore } from "../../../src/tree/staged.ts";

class StoreFull extends Error {
  override name = "StoreFull";
}

export class MapStore implements TreeStore {
  readonly values = new Map<string, Uint8Array>();
  commits = 0;
  room = Infinity;

  get(key: string): Uint8Array | undefined {
    return this.values.get(key)?.slice();
  }

  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  commit(changes: readonly (readonly [key: string, value: Uint8Array | undefined])[]): void {
    const before = new Map(this.values);
    for (const [key, value] of changes) {
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, value.slice());
    }
    let bytes = 0;
    for (const value of this.values.values()) bytes += value.length;
    if (bytes > this.room) {
      this.values.clear();
      for (const [key, value] of before) this.values.set(key, value);
      throw new StoreFull("full");
    }
    this.commits++;
  }
}
