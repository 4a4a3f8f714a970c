/**
 * Delta packages: header and segments, decoded beside a base that the package did not choose. The
 * decoder asks for no flash that is not there, and makes no more than the image.
 */
import { fromBase64 } from "../../../src/base/base64.ts";
import { fromHex } from "../../../src/base/bytes.ts";
import { parseDeltaHeader } from "../../../src/image/deltaheader.ts";
import { decode } from "../../rig/delta/unpack.ts";
import { BASE, SUCCESSOR } from "../base/deltaimages.ts";
import { COMPRESSED_SEGMENTS, ED25519_PACKAGE, SUCCESSOR_SEGMENTS } from "../base/deltasamples.ts";
import { type Choices, edited, joined } from "./choices.ts";
import { must, type Parser } from "./parser.ts";

const NOTHING = new Uint8Array(0);
/** A hostile header may promise an image of any size; the slot bounds it on a device. */
const SLOT_BYTES = 16384;
const PACKAGE = fromBase64(ED25519_PACKAGE) ?? NOTHING;
const HEADER_BYTES = 164;

/** The header of PACKAGE for an image of that length, of a base of that length. */
function headed(imageLength: number, baseLength: number, body: string): Uint8Array {
  const head = PACKAGE.slice(0, HEADER_BYTES);
  new DataView(head.buffer).setUint32(8, baseLength, true);
  new DataView(head.buffer).setUint32(12, imageLength, true);
  return joined(head, fromBase64(body) ?? NOTHING);
}

const PACKAGES: readonly Uint8Array[] = [
  PACKAGE,
  headed(SUCCESSOR.length, BASE.length, SUCCESSOR_SEGMENTS),
  headed(SUCCESSOR.length, 0, COMPRESSED_SEGMENTS),
];

function check(input: Uint8Array): boolean {
  const header = parseDeltaHeader(input);
  if (header === undefined) return false;
  must(header.size <= input.length, "a header that is longer than the package");
  if (header.baseLength > BASE.length || header.imageLength > SLOT_BYTES) return false;
  const base = BASE.subarray(0, header.baseLength);
  const { imageLength, size } = header;
  const image = decode({ base, imageLength, body: input.subarray(size), step: 1000 });
  must(image === undefined || image.length === imageLength, "an image of another length");
  return image !== undefined;
}

/** The segments are edited, so that nearly every input is decoded. */
function make(choices: Choices): Uint8Array {
  const whole = choices.from(PACKAGES);
  return joined(
    whole.subarray(0, HEADER_BYTES),
    edited(whole.subarray(HEADER_BYTES), choices, [], []),
  );
}

export const DELTAS: Parser = {
  name: "delta packages",
  weight: 4,
  check,
  make,
  corpus: [...PACKAGES, PACKAGE.subarray(0, HEADER_BYTES), NOTHING],
  words: ["58445031", "ffffffff", "00000080", "000a", "0469", "0869"].map(
    (word) => fromHex(word) ?? NOTHING,
  ),
};
