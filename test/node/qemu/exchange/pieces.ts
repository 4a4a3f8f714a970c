/**
 * Long answers in little memory: bytes, and how often they come. The board that reads them has no
 * room for them beside its own buffers.
 */
import { copy } from "../../../../src/base/bytes.ts";
import { utf8 } from "../../../../src/base/utf8.ts";

export interface Piece {
  readonly bytes: Uint8Array;
  readonly times: number;
}

export function piece(content: string | Uint8Array, times = 1): Piece {
  return { bytes: typeof content === "string" ? utf8(content) : content, times: Math.floor(times) };
}

export function lengthOf(pieces: readonly Piece[]): number {
  let length = 0;
  for (const { bytes, times } of pieces) length += bytes.length * times;
  return length;
}

/** What happens to bytes on their way. */
export interface Damage {
  /** Bytes that are given at a time. */
  readonly readMax: number;
  /** The connection is cut after so many bytes. */
  readonly cut: number;
  /** Bytes that are changed: where, and the bits. */
  readonly flips: readonly (readonly [at: number, bits: number])[];
}

export const WHOLE: Damage = { readMax: Infinity, cut: Infinity, flips: [] };

/** Gives the bytes one after the other. */
export class Source {
  readonly #pieces: readonly Piece[];
  readonly #damage: Damage;
  #index = 0;
  #times = 0;
  #at = 0;
  #given = 0;

  constructor(pieces: readonly Piece[], damage: Damage) {
    this.#pieces = pieces;
    this.#damage = damage;
  }

  /** Fills the buffer from its start: how many bytes, -1 after the last. */
  read(buffer: Uint8Array): number {
    const { readMax, cut, flips } = this.#damage;
    const most = Math.min(buffer.length, readMax, cut - this.#given);
    let count = 0;
    while (count < most) {
      const next = this.#pieces[this.#index];
      if (next === undefined) break;
      const { bytes, times } = next;
      if (this.#times === times || bytes.length === 0) {
        this.#index++;
        this.#times = 0;
        continue;
      }
      const part = Math.min(most - count, bytes.length - this.#at);
      copy(buffer, count, bytes, this.#at, this.#at + part);
      count += part;
      this.#at += part;
      if (this.#at === bytes.length) {
        this.#at = 0;
        this.#times++;
      }
    }
    for (const [at, bits] of flips) {
      const index = at - this.#given;
      if (index >= 0 && index < count) buffer[index] = (buffer[index] ?? 0) ^ bits;
    }
    this.#given += count;
    return count === 0 && buffer.length > 0 ? -1 : count;
  }
}
