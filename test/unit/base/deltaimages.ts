/**
 * Images and bases of formulas, with what firmware is made of: words that move, text that repeats,
 * parts that change places, bytes without order.
 */

/** Bytes without order, the same for the same seed. */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Words that point into it, with a few bits of something else, as tables of code have them. */
export function firmware(length: number, origin: number): Uint8Array {
  const bytes = noise(length, 7);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 8 <= length; at += 16) view.setUint32(at, origin + at * 5, true);
  for (let at = 4; at + 4 <= length; at += 64) view.setUint32(at, 0x4c5a0001, true);
  return bytes;
}

/** Firmware for another place, with a part that is new, one that is gone, and one that moved. */
function successor(length: number): Uint8Array {
  const moved = firmware(length, 0x20004210);
  const third = Math.floor(length / 3);
  const fresh = noise(Math.min(700, third), 99);
  const result = new Uint8Array(length + fresh.length);
  result.set(moved.subarray(0, third));
  result.set(fresh, third);
  result.set(moved.subarray(2 * third, length - 1), third + fresh.length);
  result.set(moved.subarray(third, 2 * third), length - third + fresh.length);
  return result;
}

export const BASE = firmware(4096, 0x20000000);
export const SUCCESSOR = successor(4096);
/** No base has anything of it, and it takes several segments. */
export const NEW = noise(7000, 3);
