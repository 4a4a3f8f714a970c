/**
 * Multi-byte integers, mb_u_int32 (WBXML 1.3 §5.1): seven bits a byte, the highest first; all
 * bytes but the last have bit 7.
 */

/** A position that a function moves on, and what stopped it. */
export interface Cursor {
  at: number;
  problem: string;
}

const NUMBER_BYTES_MAX = 5;
const NUMBER_MAX = 0xffffffff;

/** The number at the cursor, which goes past it; 0 when `problem` has been set. */
export function number(bytes: Uint8Array, cursor: Cursor): number {
  let value = 0;
  for (let at = cursor.at; at < cursor.at + NUMBER_BYTES_MAX; at++) {
    const byte = bytes[at];
    if (byte === undefined) return stop(cursor, "the document ends in a number");
    value = value * 128 + (byte & 0x7f);
    if (value > NUMBER_MAX) break;
    if (byte < 0x80) {
      cursor.at = at + 1;
      return value;
    }
  }
  return stop(cursor, "a number past 32 bits");
}

function stop(cursor: Cursor, problem: string): 0 {
  cursor.problem = problem;
  return 0;
}

/** Bytes that a number takes. */
export function numberLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes a number at bytes[at, …), where there is room for it: the index after it. */
export function putNumber(bytes: Uint8Array, at: number, value: number): number {
  const end = at + numberLength(value);
  let rest = value;
  for (let i = end - 1; i >= at; i--) {
    bytes[i] = (rest % 128) | (i === end - 1 ? 0 : 0x80);
    rest = Math.floor(rest / 128);
  }
  return end;
}
