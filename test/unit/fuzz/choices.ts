/**
 * Choices by number: the same for the same seed on every machine and engine; and what editing makes
 * of an input with them.
 */
import { copy } from "../../../src/base/bytes.ts";

export class Choices {
  #state: number;

  constructor(seed: number, more = 0) {
    this.#state = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(more + 1, 0x85ebca6b);
    for (let i = 0; i < 3; i++) this.of(2);
  }

  /** 0 to `count` - 1. */
  of(count: number): number {
    this.#state = (Math.imul(this.#state ^ (this.#state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    return Math.floor((((this.#state ^ (this.#state >>> 13)) >>> 0) / 0x100000000) * count);
  }

  /** One of them; there is at least one. */
  from<T>(list: readonly T[]): T {
    return list[this.of(list.length)] as T;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.of(256);
    return bytes;
  }
}

/** Bytes with a meaning in one format or another. */
const TELLING: readonly number[] = [
  0x00,
  0x01,
  0x02,
  0x03,
  0x04,
  0x05,
  0x40,
  0x43,
  0x45,
  0x7f,
  0x80,
  0x83,
  0x84,
  0xc0,
  0xc3,
  0xff,
  ...[..."<>/&;![]-?\"' \r\n=+:,.*%#0AZ"].map((character) => character.codePointAt(0) ?? 0),
];

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    copy(result, at, part, 0, part.length);
    at += part.length;
  }
  return result;
}

/**
 * A copy with one to four edits: bytes changed, put in, taken out, repeated, a word put in, part of
 * another input, or all cut off.
 */
export function edited(
  input: Uint8Array,
  choices: Choices,
  words: readonly Uint8Array[],
  others: readonly Uint8Array[],
): Uint8Array {
  let result: Uint8Array = input.slice();
  for (let edits = 1 + choices.of(1 + choices.of(4)); edits > 0; edits--)
    result = editedOnce(result, choices, words, others);
  return result;
}

function editedOnce(
  bytes: Uint8Array,
  choices: Choices,
  words: readonly Uint8Array[],
  others: readonly Uint8Array[],
): Uint8Array {
  const at = choices.of(bytes.length + 1);
  const count = 1 + choices.of(8);
  const before = bytes.subarray(0, at);
  const rest = bytes.subarray(at + count);
  const telling = choices.from(TELLING);
  switch (choices.of(9)) {
    case 0:
      return joined(before, Uint8Array.of(telling), bytes.subarray(at + 1));
    case 1:
      return joined(before, choices.bytes(1), bytes.subarray(at + 1));
    case 2:
      return joined(before, Uint8Array.of(telling), bytes.subarray(at));
    case 3:
      return joined(before, rest);
    case 4:
      return joined(bytes.subarray(0, at + count), bytes.subarray(at));
    case 5:
      return joined(before, new Uint8Array(count).fill(telling), rest);
    case 6:
      return joined(
        before,
        words.length === 0 ? choices.bytes(count) : choices.from(words),
        bytes.subarray(at),
      );
    case 7: {
      if (others.length === 0) return bytes;
      const other = choices.from(others);
      const from = choices.of(other.length + 1);
      return joined(before, other.subarray(from, from + choices.of(64)), rest);
    }
    default:
      return choices.of(4) === 0 ? before.slice() : bytes;
  }
}
