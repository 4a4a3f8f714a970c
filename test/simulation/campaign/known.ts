/**
 * States from which a run has ended well. A scenario that comes to one of them, with no cut to
 * come, ends there: what follows has been seen. Most scenarios of a variant differ in one torn
 * write that the next erase wipes out, so many meet again.
 */
import { createHash } from "node:crypto";
import type { Site } from "./site.ts";

/** Makes a short text of a state; other states have other texts. */
export type Fingerprint = (state: readonly unknown[]) => string;

/** Two ends that differ, though both runs had been in one state: the state lacks something. */
class Differs extends Error {
  override name = "Differs";
}

export class Known {
  readonly #ends = new Map<string, string>();
  readonly #audited: boolean;
  readonly #fingerprint: Fingerprint;

  /** `audited`: every run goes on to its end, which must be that of the run before. */
  constructor(audited = false, fingerprint: Fingerprint = fingerprintOf) {
    this.#audited = audited;
    this.#fingerprint = fingerprint;
  }

  /**
   * Runs the site to its end, or to a known state: then it returns true. Throws what `Site.run`
   * throws, and nothing on the way becomes known; audited, a Differs.
   */
  run(site: Site): boolean {
    const passed: string[] = [];
    let end: string | undefined;
    site.run((cause) => {
      if (site.power.planned > 0 || end !== undefined) return false;
      const state = this.#fingerprint([...site.durable(), cause]);
      end = this.#ends.get(state);
      if (end === undefined) passed.push(state);
      return end !== undefined && !this.#audited;
    });
    const reached = this.#audited ? fingerprintOf(site.durable()) : "";
    if (end !== undefined && end !== reached)
      throw new Differs("two runs from the same state have ended differently");
    for (const state of passed) this.#ends.set(state, reached);
    return end !== undefined;
  }
}

/** Bytes are hashed as they are, values as JSON. */
export function fingerprintOf(state: readonly unknown[]): string {
  const hash = createHash("md5");
  for (const part of state) if (part instanceof Uint8Array) hash.update(part);
  hash.update(JSON.stringify(state.filter((part) => !(part instanceof Uint8Array))));
  return hash.digest("base64");
}
