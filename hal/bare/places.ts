/** Where a firmware has its parts: the next release puts them there again (sections.lds). */
import { findBlob } from "../xs/previous.ts";

/** Where an image says how long it is: firmware.h. */
export const LENGTH_AT = 8;

/** The head of the loaded modules, and the steps in which they can begin: rom.c, sections.lds. */
const ROM_MAGIC = "XROM";
const ROM_STEP = 16;
const ROM_LENGTH_AT = 4;

/** Offsets in the payload. */
export interface Places {
  readonly blob: number;
  readonly rom: number;
}

/** The loaded modules are the last part of an image: their offset, or undefined. */
function findRom(image: Buffer): number | undefined {
  let at = image.indexOf(ROM_MAGIC, 0, "latin1");
  while (at >= 0 && at + ROM_LENGTH_AT + 4 <= image.length) {
    const end = at + image.readUInt32LE(at + ROM_LENGTH_AT);
    if (at % ROM_STEP === 0 && end === image.length) return at;
    at = image.indexOf(ROM_MAGIC, at + 1, "latin1");
  }
  return undefined;
}

/**
 * Finds the parts of a firmware in the payload of its package, which may be padded. Returns
 * undefined when it is no firmware with bytecode and loaded modules.
 */
export function placesOf(payload: Buffer): Places | undefined {
  if (payload.length < LENGTH_AT + 4) return undefined;
  const image = payload.subarray(0, payload.readUInt32LE(LENGTH_AT));
  const blob = findBlob(image)?.offset;
  const rom = findRom(image);
  return blob === undefined || rom === undefined ? undefined : { blob, rom };
}
