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
import { MODEL, RECENT, Token } from "../../../src/base/deltamodel.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import { equal as same } from "../../../src/base/bytes.ts";
import { equal, ok, test, throws } from "../../check.ts";
import { RangeCoder } from "../../rig/delta/rangecoder.ts";
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
  test(`${name} of the day the format was frozen is decoded, in pieces of any size`, () => {
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

/** A segment that makes `makes` bytes; its first byte lies at `place` in base. */
function coded(makes: number, place: number, write: (coder: RangeCoder) => void): Uint8Array {
  const coder = new RangeCoder();
  write(coder);
  const code = coder.finish();
  const bytes = segment(code.length, makes, place, 0);
  const whole = new Uint8Array(bytes.length + code.length);
  whole.set(bytes);
  whole.set(code, bytes.length);
  return whole;
}

const COPY = 0;

/** The kind of a token at this place in the image, behind another. */
function kind(coder: RangeCoder, value: number, last: number = COPY, at = 0): void {
  coder.tree(MODEL.kind + (last * 4 + (at & 3)) * 4, 2, value);
}

function copy(coder: RangeCoder, length: number): void {
  kind(coder, Token.copy);
  coder.number(MODEL.copyBits, MODEL.copyTail, length);
}

function literals(coder: RangeCoder, count: number): void {
  for (let at = 0; at < count; at++) {
    kind(coder, Token.literal, at === 0 ? COPY : Token.literal, at);
    coder.tree(MODEL.literal + (at & 3) * 256, 8, 7);
  }
}

/** From 0: the image, `far` back; 1: base, `far` on. */
function match(coder: RangeCoder, from: number, far: number, length: number, at = 0): void {
  kind(coder, Token.match, at === 0 ? COPY : Token.literal, at);
  coder.tree(MODEL.from, 2, from);
  if (from === 1) coder.bit(MODEL.sign, false);
  coder.distance(from === 1 ? MODEL.baseFar : MODEL.imageFar, far);
  coder.number(MODEL.matchBits, MODEL.matchTail, length + 1);
}

function add(coder: RangeCoder, bits: number, last: number = COPY): void {
  kind(coder, Token.add, last);
  coder.tree(MODEL.addIndex, 5, RECENT);
  coder.tree(MODEL.addBits, 6, bits);
  if (bits > 1) coder.direct(0, Math.min(bits, 32) - 1);
}

/** Two bytes, and seven from `back` on. */
function overlap(coder: RangeCoder, back: number): void {
  literals(coder, 2);
  match(coder, 0, back, 7, 2);
}

/** A place in base, and what takes four bytes from there. */
function sought(coder: RangeCoder, next: number): void {
  match(coder, 1, 4, 0);
  if (next === Token.add) {
    add(coder, 0, Token.match);
    return;
  }
  kind(coder, next, Token.match);
  coder.number(MODEL.copyBits + Token.match * 4 * 32, MODEL.copyTail, 4);
}

const END = BASE.length;

/** Tokens at a limit, and past it: how many bytes, from where in base, how they are made. */
type Tokens = readonly [makes: number, place: number, write: (coder: RangeCoder) => void];
const LIMITS: readonly (readonly [what: string, good: Tokens, bad: Tokens])[] = [
  [
    "a COPY up to the end of base, and past it",
    [4, END - 4, (coder) => copy(coder, 4)],
    [5, END - 4, (coder) => copy(coder, 5)],
  ],
  [
    "a COPY that fills its segment, and one past its end",
    [8, 0, (coder) => copy(coder, 8)],
    [8, 0, (coder) => copy(coder, 9)],
  ],
  [
    "an ADD of the last word of base, and of the one a byte later",
    [4, END - 4, (coder) => add(coder, 32)],
    [4, END - 3, (coder) => add(coder, 32)],
  ],
  [
    "an ADD where four bytes are left, and where three are",
    [4, 0, (coder) => add(coder, 0)],
    [3, 0, (coder) => add(coder, 0)],
  ],
  [
    "a difference of 32 bits, and of 33",
    [4, 0, (coder) => add(coder, 32)],
    [4, 0, (coder) => add(coder, 33)],
  ],
  [
    "a MATCH over itself from the first byte of the image, and from before it",
    [9, 0, (coder) => overlap(coder, 2)],
    [9, 0, (coder) => overlap(coder, 3)],
  ],
  [
    "a MATCH of base up to its end, and past it",
    [6, 0, (coder) => match(coder, 1, END - 6, 6)],
    [6, 0, (coder) => match(coder, 1, END - 5, 6)],
  ],
  [
    "a MATCH that fills its segment, and one of 2 GiB",
    [4, 0, (coder) => match(coder, 1, 1, 4)],
    [4, 0, (coder) => match(coder, 1, 1, 0x7fffffff)],
  ],
  [
    "a MATCH of nothing before an ADD, and before another MATCH",
    [4, 0, (coder) => sought(coder, Token.add)],
    [4, 0, (coder) => sought(coder, Token.copy)],
  ],
];

for (const [what, good, bad] of LIMITS)
  test(`${what}: the one is made, the other corrupt`, () => {
    const made = ([makes, place, write]: Tokens): Uint8Array | undefined =>
      decode({ base: BASE, imageLength: makes, body: coded(makes, place, write) });
    ok(made(good) !== undefined);
    equal(made(bad), undefined);
  });

test("a byte behind the image is corrupt, and so is one that begins another segment", () => {
  const body = coded(8, 0, (coder) => copy(coder, 8));
  for (const more of [1, SEGMENT_HEAD_BYTES - 1, SEGMENT_HEAD_BYTES]) {
    const longer = new Uint8Array(body.length + more);
    longer.set(body);
    equal(decode({ base: BASE, imageLength: 8, body: longer }), undefined, `${more} bytes`);
  }
});

test("decoders that nobody holds any more leave their memory to the next one", () => {
  for (let n = 0; n < 200; n++) equal(new Delta(0, 100, 0).position(), 0);
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

test("every byte of code counts: with one changed it makes another image or none", () => {
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
