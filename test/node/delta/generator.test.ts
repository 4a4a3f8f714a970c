/** What the generator makes, the decoder of the device makes into the same bytes again. */
import fc from "fast-check";
import { fail } from "node:assert";
import { equal, ok, test } from "../../check.ts";
import { align } from "../../rig/delta/alignment.ts";
import { coded } from "../../rig/delta/body.ts";
import { withoutPointers } from "../../rig/delta/pointers.ts";
import { Prices } from "../../rig/delta/prices.ts";
import { suffixArray } from "../../rig/delta/suffixes.ts";
import { decode } from "../../rig/delta/unpack.ts";
import { BASE, firmware, NEW, noise, SUCCESSOR } from "../../unit/base/deltaimages.ts";

function body(base: Uint8Array, image: Uint8Array): Buffer {
  const pair = { base: Buffer.from(base), image: Buffer.from(image) };
  return coded(pair, align(base, image), new Prices()).body;
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

/** Bytes of few values, so that much of them repeats. */
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ minLength, maxLength }),
    fc.uint8Array({ minLength, maxLength, max: 2 }),
  );

test("a suffix array has every suffix, and each is smaller than the next", () => {
  fc.assert(
    fc.property(bytes(0, 200), (text) => {
      const order = suffixArray(text);
      const rest = (at: number): Uint8Array => text.subarray(order[at]);
      ok(new Set(order).size === text.length && order.length === text.length);
      for (let i = 1; i < order.length; i++) ok(Buffer.compare(rest(i - 1), rest(i)) < 0);
    }),
    { numRuns: 300 },
  );
});

/** An image that has parts of its base, some of them with words that moved. */
const pairs = fc
  .tuple(
    bytes(0, 900),
    fc.array(fc.tuple(fc.nat(900), fc.nat(300), fc.integer(), bytes(0, 40)), { maxLength: 8 }),
    bytes(1, 60),
  )
  .map(([base, parts, tail]) => {
    const pieces = parts.flatMap(([from, length, difference, other]) => {
      const part = Buffer.from(base.subarray(from, from + length));
      for (let at = 0; at + 4 <= part.length; at += 12)
        part.writeInt32LE((part.readInt32LE(at) + difference) | 0, at);
      return [part, other];
    });
    return { base, image: new Uint8Array(Buffer.concat([...pieces, tail])) };
  });

test("any image is made of any base, in whatever pieces its package comes", () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 3000 }), ({ base, image }, step) => {
      const made = body(base, image);
      ok(isSame(decode({ base, imageLength: image.length, body: made, step }), image));
    }),
    { numRuns: 300 },
  );
});

test("decoding goes on at any segment, with what is before it in flash", () => {
  for (const [base, image] of [
    [new Uint8Array(0), NEW],
    [BASE, Buffer.concat([SUCCESSOR, NEW, SUCCESSOR, NEW.subarray(0, 3000)])],
    [firmware(60_000, 0), firmware(60_000, 4096)],
  ] as const) {
    const made = body(base, image);
    const starts: [number, number][] = [];
    const imageLength = image.length;
    const onSegment = (from: number, at: number): void => void starts.push([from, at]);
    ok(isSame(decode({ base, imageLength, body: made, onSegment }), image));
    ok(starts.length > 0);
    for (const [from, at] of starts) {
      const before = image.subarray(0, at);
      ok(isSame(decode({ base, imageLength, body: made, from, before }), image), `from ${at}`);
    }
  }
});

test("words that moved cost little, and so do parts that changed places", () => {
  const moved = body(BASE, firmware(4096, 0x20004210));
  ok(moved.length < 120, `${moved.length} bytes`);
  const others = body(BASE, SUCCESSOR);
  ok(others.length < 1000, `${others.length} bytes`);
});

/** Objects in lists: each has the address of the next, a number, and the address of a name. */
function objects(count: number, skipped: number): Buffer {
  const image = Buffer.alloc((count - skipped) * 12);
  for (let at = 0; at < image.length; at += 12) {
    const number = at / 12 < 40 ? at / 12 : at / 12 + skipped;
    image.writeUInt32LE(0x80001000 + (((number * 7919) % count) - skipped) * 12, at);
    image.writeUInt32LE((number * 40503) & 0xffff, at + 4);
    image.writeUInt32LE(0x80040000 + ((number * 104729) % 5000) * 4 - skipped * 8, at + 8);
  }
  return image;
}

test("objects whose every pointer has changed are found again by what they are", () => {
  const [base, image] = [objects(3000, 9), objects(3000, 0)];
  const bare = withoutPointers(base, image) ?? fail("it has pointers");
  const runs = align(bare.base, bare.image);
  const made = coded({ base, image }, runs, new Prices()).body;
  ok(isSame(decode({ base, imageLength: image.length, body: made }), image));
  const plain = body(base, image);
  ok(made.length < plain.length / 4, `${made.length} of ${plain.length} bytes`);
});

test("bytes without order, small numbers and bytes alone have no pointers", () => {
  for (const base of [noise(9000, 5), new Uint8Array(9000), new Uint8Array(3).fill(0x80)])
    equal(withoutPointers(Buffer.from(base), Buffer.from(NEW)), undefined);
});

test("bytes without order take little more than themselves", () => {
  const made = body(new Uint8Array(0), NEW);
  ok(made.length < NEW.length * 1.05, `${made.length} bytes`);
});

test("an image of nothing but one byte, and one shorter than a window, are made", () => {
  for (const length of [1, 2, 3, 4, 5, 255, 256, 257])
    for (const baseLength of [0, 1, 3, 4, 255, 257]) {
      const base = noise(baseLength, 5);
      const image = noise(length, 5);
      ok(isSame(decode({ base, imageLength: length, body: body(base, image) }), image));
    }
});

test("a package that is cut short, or has more behind its end, makes no image", () => {
  const made = body(BASE, SUCCESSOR);
  const imageLength = SUCCESSOR.length;
  for (let length = 0; length < made.length; length += 7)
    equal(decode({ base: BASE, imageLength, body: made.subarray(0, length) }), undefined);
  equal(
    decode({ base: BASE, imageLength, body: Buffer.concat([made, Buffer.alloc(1)]) }),
    undefined,
  );
});
