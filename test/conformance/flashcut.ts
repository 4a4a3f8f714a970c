/**
 * Flash when power fails: content that must last, one operation for the rig to cut, and what must
 * be true afterwards. Blocks 0 and 2 are full, block 1 half: the write goes to the erased half of
 * block 1, the erase to block 2.
 */
import type { Flash } from "../../hal/hal.ts";
import { equal, filled } from "../../src/base/bytes.ts";
import { type Case, Checks, expect } from "./checks.ts";
import { type Check, patternBytes } from "./order.ts";

const SEED = 30;
const SEED_NEW = 31;
/** Bytes of one call: also on parts with large units a call is more than one unit. */
const CALL_BYTES = 512;

/** Bytes that are filled or compared in one step, at most. */
const PIECE_BYTES = 32_768;

type Range = readonly [from: number, to: number];

/** Where the operations go, in bytes from the start of the partition. */
interface Layout {
  readonly blockLength: number;
  readonly half: number;
  readonly call: number;
}

function layoutOf(flash: Flash): Layout {
  const { blockLength, writeAlign } = flash.status();
  const half = Math.max(writeAlign, Math.floor(blockLength / 2 / writeAlign) * writeAlign);
  return {
    blockLength,
    half,
    call: Math.min(blockLength - half, Math.max(writeAlign, Math.min(CALL_BYTES, half))),
  };
}

/**
 * Erases three blocks (two, where there are no more), and fills what is to last: a step each, since
 * blocks may be large.
 */
export function prepareCut(flash: Flash): readonly (() => void)[] {
  const { blockLength, half } = layoutOf(flash);
  const blocks = Math.min(3, flash.status().blocks);
  const steps: (() => void)[] = [];
  for (let block = 0; block < blocks; block++)
    steps.push(() => {
      flash.eraseBlock(block);
    });
  const filled: Range[] = [[0, blockLength + half]];
  if (blocks > 2) filled.push([2 * blockLength, 3 * blockLength]);
  for (const range of filled)
    for (const [from, to] of pieces(range))
      steps.push(() => {
        fill(flash, from, to - from);
      });
  return steps;
}

/** The operation that may be cut. */
export function write(flash: Flash): void {
  const { blockLength, half, call } = layoutOf(flash);
  flash.write(patternBytes(blockLength + half, call, SEED_NEW), blockLength + half);
}

export function erase(flash: Flash): void {
  flash.eraseBlock(erased(flash));
}

/**
 * What must hold after a cut in `of`, or after none. `completed`: the operation returned. Leaves
 * the partition usable.
 */
export function afterCut(
  flash: Flash,
  of: "write" | "erase",
  completed: boolean,
  name: string,
): readonly Case[] {
  const { blockLength, half, call } = layoutOf(flash);
  const gone = erased(flash) * blockLength;
  const left = `${name}: power loss in ${of} leaves every other byte`;
  const cases: Case[] = [];
  const add = (what: string, ranges: readonly Range[], body: (range: Range) => void): void => {
    for (const range of ranges.flatMap(pieces)) cases.push({ name: what, body: () => body(range) });
  };
  const isFill = ([from, to]: Range): void => {
    expectFill(flash, from, to);
  };
  const isErased = ([from, to]: Range): void => {
    expectErased(flash, from, to - from);
  };
  add(left, kept(flash, of), isFill);
  if (of === "write") add(left, [[blockLength + half + call, blockLength * 2]], isErased);
  const durable = `${name}: ${of} is durable when it returns`;
  if (completed && of === "erase") add(durable, [[gone, gone + blockLength]], isErased);
  if (completed && of === "write")
    add(durable, [[blockLength + half, blockLength + half + call]], ([from, to]) => {
      expectBytes(flash, from, patternBytes(from, to - from, SEED_NEW));
    });
  const again = `${name}: a block is as good as new once it is erased after power loss in ${of}`;
  const block = of === "erase" ? erased(flash) : 1;
  const whole: readonly Range[] = [[block * blockLength, (block + 1) * blockLength]];
  cases.push({
    name: again,
    body: () => {
      flash.eraseBlock(block);
    },
  });
  add(again, whole, isErased);
  add(again, whole, ([from, to]) => {
    fill(flash, from, to - from);
  });
  add(again, whole, isFill);
  return cases;
}

/** Fills the partition's first blocks with the content of a seed. */
export function fillSeed(flash: Flash, seed: number): void {
  const { blockLength, call } = layoutOf(flash);
  for (let block = 0; block < Math.min(3, flash.status().blocks); block++) {
    flash.eraseBlock(block);
    flash.write(patternBytes(block * blockLength, call, seed), block * blockLength);
  }
}

/** The same content is there, in another boot. */
export function verifySeed(flash: Flash, seed: number, name: string): readonly Check[] {
  const checks = new Checks();
  const { blockLength, call } = layoutOf(flash);
  checks.check(`${name}: what was written is there after a reset and after power loss`, () => {
    for (let block = 0; block < Math.min(3, flash.status().blocks); block++) {
      expectBytes(flash, block * blockLength, patternBytes(block * blockLength, call, seed));
    }
  });
  return checks.list;
}

/** The block that is erased: 2, or 0 of two. */
function erased(flash: Flash): number {
  return flash.status().blocks > 2 ? 2 : 0;
}

/** A range in steps. */
function pieces([from, to]: Range): readonly Range[] {
  const list: Range[] = [];
  for (let at = from; at < to; at += PIECE_BYTES) list.push([at, Math.min(at + PIECE_BYTES, to)]);
  return list;
}

/** Ranges that an operation must not touch. */
function kept(flash: Flash, of: "write" | "erase"): readonly Range[] {
  const { blockLength, half } = layoutOf(flash);
  const three = flash.status().blocks > 2;
  if (of === "write")
    return three
      ? [
          [0, blockLength + half],
          [2 * blockLength, 3 * blockLength],
        ]
      : [[0, blockLength + half]];
  return three ? [[0, blockLength + half]] : [[blockLength, blockLength + half]];
}

/**
 * The lasting content: the same in every piece of CALL_BYTES, but for the number of the piece. Made
 * of few steps: blocks may be large.
 */
class Content {
  readonly #piece = patternBytes(0, CALL_BYTES, SEED);

  /** The bytes from `at` on, as many as there are in one piece before `to`. */
  from(at: number, to: number): Uint8Array {
    const inside = at % CALL_BYTES;
    const number = (at - inside) / CALL_BYTES;
    this.#piece[0] = number;
    this.#piece[1] = number >> 8;
    return this.#piece.subarray(inside, Math.min(CALL_BYTES, inside + to - at));
  }
}

function fill(flash: Flash, from: number, length: number): void {
  const content = new Content();
  let piece: Uint8Array;
  for (let at = from; at < from + length; at += piece.length) {
    piece = content.from(at, from + length);
    flash.write(piece, at);
  }
}

function expectFill(flash: Flash, from: number, to: number): void {
  const content = new Content();
  let piece: Uint8Array;
  for (let at = from; at < to; at += piece.length) {
    piece = content.from(at, to);
    expectBytes(flash, at, piece);
  }
}

function expectBytes(flash: Flash, at: number, bytes: Uint8Array): void {
  const buffer = new Uint8Array(bytes.length);
  flash.read(buffer, at);
  expect(equal(buffer, bytes), `the ${bytes.length} bytes at ${at} have changed`);
}

function expectErased(flash: Flash, at: number, length: number): void {
  const { eraseValue } = flash.status();
  for (let done = 0; done < length; done += CALL_BYTES) {
    const buffer = new Uint8Array(Math.min(CALL_BYTES, length - done));
    flash.read(buffer, at + done);
    expect(
      filled(buffer, 0, buffer.length, eraseValue),
      `bytes from ${at + done} on are not erased`,
    );
  }
}
