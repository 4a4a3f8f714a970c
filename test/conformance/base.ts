/** The promises of Base: reads that agree with each other, and a digest for the rig to compare. */
import type { Base, FlashStatus } from "../../hal/hal.ts";
import { equal, filled, hex } from "../../src/base/bytes.ts";
import { Sha256 } from "../../src/base/sha256.ts";
import { type Case, expect } from "./checks.ts";
import type { Report } from "./order.ts";

/** A read that is long: over two blocks and more of most parts. */
const LONG_BYTES = 8192 + 256;
/** Read byte by byte at the start of each place that is looked at. */
const SINGLE_BYTES = 300;
/** Lengths of calls that follow each other: offsets and ends of every parity come about. */
const LENGTHS: readonly number[] = [1, 2, 3, 5, 16, 31, 64, 255, 256, 257, 1000, 4097];
const PIECE_BYTES = 4096;
const PIECES_PER_STEP = 8;
/** Bytes beside a view. */
const MARGIN = 7;
const MARK = 0xa5;

/** All checks that the board can make by itself; `slot` is the one that does not run. */
export function baseCases(base: Base, slot: FlashStatus): readonly Case[] {
  return [
    {
      name: "base: length is a whole number of bytes, one at least, and fits a slot",
      isVital: true,
      body: () => {
        expectLength(base, slot);
      },
    },
    ...[0, 0.5, 1].map((share) => ({
      name: "base: reads have any offset and length",
      body: () => {
        anyRead(base, Math.floor(Math.max(0, base.length - LONG_BYTES) * share));
      },
    })),
    {
      name: "base: the last byte can be read by itself",
      body: () => {
        const from = Math.max(0, base.length - SINGLE_BYTES);
        const last = reading(base, from, base.length - from).subarray(-1);
        expect(
          equal(reading(base, base.length - 1, 1), last),
          "it differs from that of a long read",
        );
      },
    },
    {
      name: "base: a view is filled as a view, at any address",
      body: () => {
        views(base);
      },
    },
    {
      name: "base: a read of no bytes changes nothing, and is no error",
      body: () => {
        const buffer = new Uint8Array(MARGIN).fill(MARK);
        for (const at of [0, 1, base.length - 1]) base.read(buffer.subarray(3, 3), at);
        expect(filled(buffer, 0, MARGIN, MARK), "bytes beside the view changed");
      },
    },
  ];
}

/** SHA-256 of all of it, in steps. */
export class BaseDigest {
  readonly #base: Base;
  readonly #slot: FlashStatus;
  readonly #hash = new Sha256();
  readonly #piece = new Uint8Array(PIECE_BYTES);
  #at = 0;

  constructor(base: Base, slot: FlashStatus) {
    this.#base = base;
    this.#slot = slot;
  }

  step(now: number): Report | number {
    const base = this.#base;
    const { length } = base;
    expectLength(base, this.#slot);
    for (let pieces = 0; pieces < PIECES_PER_STEP && this.#at < length; pieces++) {
      const piece = this.#piece.subarray(0, Math.min(PIECE_BYTES, length - this.#at));
      base.read(piece, this.#at);
      this.#hash.update(piece);
      this.#at += piece.length;
    }
    if (this.#at < length) return now;
    const digest = new Uint8Array(32);
    this.#hash.digest(digest);
    return { kind: "base", payload: { length, sha256: hex(digest) } };
  }
}

function expectLength({ length }: Base, { blocks, blockLength }: FlashStatus): void {
  const good = Number.isInteger(length) && length > 0 && length <= blocks * blockLength;
  expect(good, `length is ${length}`);
}

/** A long read from `from` on, byte by byte and in calls of many lengths. */
function anyRead(base: Base, from: number): void {
  const whole = reading(base, from, Math.min(LONG_BYTES, base.length - from));
  const compare = (at: number, length: number): void => {
    const found = reading(base, from + at, length);
    expect(
      equal(found, whole.subarray(at, at + length)),
      `${length} bytes at ${from + at} differ from those of a read of ${whole.length} at ${from}`,
    );
  };
  for (let at = 0; at < Math.min(SINGLE_BYTES, whole.length); at++) compare(at, 1);
  for (let at = 0, call = 0; at < whole.length; call++) {
    const length = Math.min(LENGTHS[call % LENGTHS.length] ?? 1, whole.length - at);
    compare(at, length);
    at += length;
  }
  if (whole.length > 1) compare(1, whole.length - 1);
}

function views(base: Base): void {
  const length = Math.min(SINGLE_BYTES, base.length);
  const wanted = reading(base, 0, length);
  for (let begin = MARGIN; begin < MARGIN + 4; begin++) {
    const buffer = new Uint8Array(length + 4 * MARGIN).fill(MARK);
    const end = begin + length;
    base.read(buffer.subarray(begin, end), 0);
    expect(equal(buffer.subarray(begin, end), wanted), `other bytes come to a view at ${begin}`);
    const isLeft = filled(buffer, 0, begin, MARK) && filled(buffer, end, buffer.length, MARK);
    expect(isLeft, "bytes beside the view changed");
  }
}

function reading(base: Base, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  base.read(bytes, at);
  return bytes;
}
