/** The decoder of delta packages on packages that were frozen, and on hostile ones. */
import { fromBase64 } from "../../../src/base/base64.ts";
import {
  CORRUPT,
  Delta,
  SEGMENT_BYTES_MAX,
  SEGMENT_HEAD_BYTES,
  WINDOW_BYTES,
  WORK_BYTES,
} from "../../../src/base/delta.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import { equal as same } from "../../../src/base/bytes.ts";
import { equal, ok, test, throws } from "../../check.ts";
import { decode } from "../../rig/delta/unpack.ts";
import { BASE, NEW, SUCCESSOR } from "./deltaimages.ts";
import { COMPRESSED_SEGMENTS, NEW_SEGMENTS, SUCCESSOR_SEGMENTS } from "./deltasamples.ts";

const NOTHING = new Uint8Array(0);

function bytesOf(text: string): Uint8Array {
  return fromBase64(text) ?? NOTHING;
}

const FROZEN: readonly (readonly [string, Uint8Array, Uint8Array, Uint8Array])[] = [
  ["a delta", BASE, SUCCESSOR, bytesOf(SUCCESSOR_SEGMENTS)],
  ["a compressed image", NOTHING, SUCCESSOR, bytesOf(COMPRESSED_SEGMENTS)],
  ["bytes without order", NOTHING, NEW.subarray(0, 3000), bytesOf(NEW_SEGMENTS)],
];

for (const [name, base, image, body] of FROZEN)
  test(`${name}, as it was made when the format was frozen, is decoded, in pieces of any size`, () => {
    for (const step of [1, 9, 10, 11, 1400, 16384]) {
      const made = decode({ base, imageLength: image.length, body, step });
      ok(made !== undefined && same(made, image), `${step} at a time`);
    }
  });

/** A segment with this head, and code that is all 0. */
function segment(length: number, makes: number, place: number, code = length): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEAD_BYTES + code);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, length, true);
  view.setUint32(2, makes, true);
  view.setInt32(6, place, true);
  return bytes;
}

test("a segment has 4 to 2560 bytes of code and makes 1 byte or more, none past the image", () => {
  const taken = (length: number, makes: number): number =>
    new Delta(0, 100, 0).feed(segment(length, makes, 0, 0), 0);
  equal(taken(4, 1), SEGMENT_HEAD_BYTES);
  equal(taken(SEGMENT_BYTES_MAX, 100), SEGMENT_HEAD_BYTES);
  equal(taken(3, 1), CORRUPT);
  equal(taken(SEGMENT_BYTES_MAX + 1, 1), CORRUPT);
  equal(taken(4, 0), CORRUPT);
  equal(taken(4, 101), CORRUPT);
});

test("a package that is corrupt stays so", () => {
  const delta = new Delta(0, 100, 0);
  equal(delta.feed(segment(3, 1, 0), 0), CORRUPT);
  equal(delta.feed(segment(4, 1, 0), 0), CORRUPT);
  equal(delta.run(new Uint8Array(WORK_BYTES), new Uint8Array(WINDOW_BYTES)), CORRUPT);
});

test("what is copied lies in base, wherever a segment says that it begins", () => {
  for (const place of [-1, 4096, 0x7fffffff, -0x80000000])
    equal(decode({ base: BASE, imageLength: 100, body: segment(4, 100, place) }), undefined);
});

test("code that ends before its segment is made, or after it, is corrupt", () => {
  const made = bytesOf(SUCCESSOR_SEGMENTS);
  const length = made.length - SEGMENT_HEAD_BYTES;
  const view = new DataView(made.buffer, made.byteOffset);
  view.setUint16(0, length - 1, true);
  equal(
    decode({ base: BASE, imageLength: SUCCESSOR.length, body: made.subarray(0, -1) }),
    undefined,
  );
  const longer = new Uint8Array(made.length + 1);
  longer.set(made);
  new DataView(longer.buffer).setUint16(0, length + 1, true);
  equal(decode({ base: BASE, imageLength: SUCCESSOR.length, body: longer }), undefined);
});

test("every byte of code counts: a package with one that is changed makes another image or none", () => {
  const body = bytesOf(SUCCESSOR_SEGMENTS);
  for (let at = 0; at < body.length; at += 5) {
    const changed = body.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x40;
    const made = decode({ base: BASE, imageLength: SUCCESSOR.length, body: changed });
    ok(made === undefined || !same(made, SUCCESSOR), `byte ${at}`);
  }
});

/** Packages of which some bytes are others, from a fixed seed: what they are told, as a CRC. */
function outcomes(count: number): number {
  let seed = 1;
  const below = (limit: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
  let crc = 0;
  for (let n = 0; n < count; n++) {
    const [, base, image, body] = FROZEN[n % FROZEN.length] ?? ["", NOTHING, NOTHING, NOTHING];
    const hostile = body.slice();
    for (let i = below(4); i >= 0; i--) {
      const reach = below(3) === 0 ? SEGMENT_HEAD_BYTES : hostile.length;
      hostile[below(reach)] = below(256);
    }
    const onPiece = (piece: Uint8Array): void => {
      crc = crc32(piece, crc);
    };
    const made = decode({ base, imageLength: image.length, body: hostile, onPiece });
    crc = crc32(Uint8Array.of(made === undefined ? 0 : 1), crc);
  }
  return crc;
}

test("hostile packages come to the same, piece for piece, on every engine and board", () => {
  equal(outcomes(150), 1338916855);
});

test("buffers of other sizes, and places that are none, are the caller's mistake", () => {
  throws(() => new Delta(0, 10, 11), "RangeError");
  const delta = new Delta(0, 10, 0);
  throws(() => delta.feed(NOTHING, 1), "RangeError");
  throws(
    () => delta.run(new Uint8Array(WORK_BYTES - 1), new Uint8Array(WINDOW_BYTES)),
    "RangeError",
  );
  throws(
    () => delta.run(new Uint8Array(WORK_BYTES), new Uint8Array(WINDOW_BYTES - 1)),
    "RangeError",
  );
});
