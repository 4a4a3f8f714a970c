/** Single flipped bits are found by their CRC, and nothing else is taken for one. */
import { crc32 } from "../../../src/base/crc32.ts";
import { MEND_BYTES_MAX } from "../../../src/base/limits.ts";
import { flippedBit, isOneBit } from "../../../src/store/flip.ts";
import { equal, ok, test } from "../../check.ts";

/** `length` bytes and their CRC behind them. */
function coded(length: number): Uint8Array {
  const bytes = new Uint8Array(length + 4);
  for (let i = 0; i < length; i++) bytes[i] = i * 37;
  new DataView(bytes.buffer).setUint32(length, crc32(bytes.subarray(0, length), 0), true);
  return bytes;
}

function flip(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
}

function syndromeOf(bytes: Uint8Array): number {
  const length = bytes.length - 4;
  const stored = new DataView(bytes.buffer).getUint32(length, true);
  return crc32(bytes.subarray(0, length), 0) ^ stored;
}

test("a bit that has flipped is found, in the bytes and in their CRC", () => {
  for (const length of [0, 1, 2, 7, 40]) {
    const bytes = coded(length);
    equal(flippedBit(syndromeOf(bytes), length), undefined, "nothing has flipped");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      flip(bytes, bit);
      equal(flippedBit(syndromeOf(bytes), length), bit, `bit ${bit} of ${length} bytes`);
      equal(isOneBit(syndromeOf(bytes)), bit >= length * 8);
      flip(bytes, bit);
    }
  }
});

test("two flipped bits are not taken for one", () => {
  const bytes = coded(20);
  for (let first = 0; first < bytes.length * 8; first += 3) {
    flip(bytes, first);
    for (let second = first + 1; second < bytes.length * 8; second += 2) {
      flip(bytes, second);
      equal(flippedBit(syndromeOf(bytes), 20), undefined, `bits ${first} and ${second}`);
      flip(bytes, second);
    }
    flip(bytes, first);
  }
});

test("a bit is looked for in so many bytes, and in no more", () => {
  for (const [length, found] of [
    [MEND_BYTES_MAX, true],
    [MEND_BYTES_MAX + 1, false],
  ] as const) {
    const bytes = coded(length);
    flip(bytes, 5);
    ok(syndromeOf(bytes) !== 0);
    equal(flippedBit(syndromeOf(bytes), length), found ? 5 : undefined, `${length} bytes`);
  }
});
