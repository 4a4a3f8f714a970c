/**
 * Flash when power fails: content that must last, one operation for the rig to cut, and what must
 * be true afterwards. Blocks 0 and 2 are full, block 1 half: the write goes to the erased half of
 * block 1, the erase to block 2.
 */
import type { Flash } from "../../hal/hal.ts";
import { equal, filled } from "../../src/base/bytes.ts";
import { Checks, expect } from "./checks.ts";
import { type Check, patternBytes } from "./order.ts";

const SEED = 30;
const SEED_NEW = 31;
/** Bytes of one call: also on parts with large units a call is more than one unit. */
const CALL_BYTES = 512;

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

/** Erases three blocks (two, where there are no more), and fills what is to last. */
export function prepareCut(flash: Flash): void {
  const { blockLength, half } = layoutOf(flash);
  const blocks = Math.min(3, flash.status().blocks);
  for (let block = 0; block < blocks; block++) flash.eraseBlock(block);
  fill(flash, 0, blockLength + half);
  if (blocks > 2) fill(flash, 2 * blockLength, blockLength);
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
): readonly Check[] {
  const checks = new Checks();
  const { blockLength, half, call } = layoutOf(flash);
  const gone = erased(flash) * blockLength;
  checks.check(`${name}: power loss in ${of} leaves every other byte`, () => {
    for (const [from, to] of kept(flash, of)) expectFill(flash, from, to);
    const rest = blockLength * 2 - (blockLength + half + call);
    if (of === "write") expectErased(flash, blockLength + half + call, rest);
  });
  if (completed) {
    checks.check(`${name}: ${of} is durable when it returns`, () => {
      if (of === "erase") expectErased(flash, gone, blockLength);
      else expectBytes(flash, blockLength + half, patternBytes(blockLength + half, call, SEED_NEW));
    });
  }
  checks.check(
    `${name}: a block is as good as new once it is erased after power loss in ${of}`,
    () => {
      const block = of === "erase" ? erased(flash) : 1;
      flash.eraseBlock(block);
      expectErased(flash, block * blockLength, blockLength);
      fill(flash, block * blockLength, blockLength);
      expectFill(flash, block * blockLength, (block + 1) * blockLength);
    },
  );
  return checks.list;
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

/** Ranges that an operation must not touch. */
function kept(
  flash: Flash,
  of: "write" | "erase",
): readonly (readonly [from: number, to: number])[] {
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
