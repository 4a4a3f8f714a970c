/** What a fall-back of the boot loader leaves on an ESP32. */
import { crc32 } from "../../../src/base/crc32.ts";

/**
 * An otadata that selects slot 1, once confirmed: ESP-IDF's entry of 32 bytes in the first of two
 * sectors.
 */
export function selectsOther(): Uint8Array {
  const bytes = new Uint8Array(2 * 4096).fill(0xff);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 2, true);
  view.setUint32(24, 2, true);
  view.setUint32(28, crc32(bytes.subarray(0, 4), 0), true);
  return bytes;
}
