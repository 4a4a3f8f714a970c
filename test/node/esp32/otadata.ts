/** What a fall-back of the boot loader leaves on an ESP32. */
import { crc32 } from "../../../src/base/crc32.ts";

const SECTOR = 4096;

/** The CRC of an entry is over its number, and begins with all ones. */
const CRC_SEED = 0xffffffff;

/** States of an entry, as ESP-IDF numbers them. */
export const NEW = 0;
export const VALID = 2;
export const ABORTED = 4;

/**
 * An otadata with these entries: one of 32 bytes at the start of each of its two sectors. Entry
 * number n selects slot (n - 1) modulo 2.
 */
export function otadata(
  entries: readonly (readonly [number: number, state: number] | undefined)[],
): Uint8Array {
  const bytes = new Uint8Array(2 * SECTOR).fill(0xff);
  const view = new DataView(bytes.buffer);
  entries.forEach((entry, sector) => {
    if (entry === undefined) return;
    const at = sector * SECTOR;
    view.setUint32(at, entry[0], true);
    view.setUint32(at + 24, entry[1], true);
    view.setUint32(at + 28, crc32(bytes.subarray(at, at + 4), CRC_SEED), true);
  });
  return bytes;
}

/** Selects slot 1, once confirmed. */
export function selectsOther(): Uint8Array {
  return otadata([[2, VALID]]);
}
