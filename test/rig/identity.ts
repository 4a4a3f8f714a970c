/**
 * Who the development boards are: the identifiers that their packages carry. A product has its own
 * (uuidgen makes one).
 */

/** Vendor identifier (UUID_VID) of the project's own development boards. */
export const VENDOR_ID = Uint8Array.from([
  0x5d, 0x9c, 0x41, 0x0a, 0x6e, 0x7b, 0x4f, 0x0e, 0x9a, 0x3a, 0x1f, 0x52, 0xc8, 0x86, 0x30, 0x11,
]);

const CLASS = [
  0x1d, 0x02, 0x77, 0x56, 0x0c, 0x84, 0x4a, 0x2b, 0x8d, 0x67, 0x90, 0x3e, 0x6b, 0x52, 0x14,
];

/**
 * Class identifier (UUID_CID) of a development board: firmware of one is no firmware of another.
 * Each board has a number of its own, from 1 to 255: boards/boards.ts.
 */
export function developmentClass(number: number): Uint8Array {
  return Uint8Array.from([...CLASS, number]);
}

/** Those of the boards that are no emulated chips. */
export const CLASS_ID = {
  sim: developmentClass(1),
  host: developmentClass(2),
  esp32: developmentClass(4),
} as const;
