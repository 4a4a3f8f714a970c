/**
 * The promises of Flash that hold while power does, checked on a partition whose content is lost.
 */
import type { Flash, FlashStatus } from "../../hal/hal.ts";
import { equal, filled } from "../../src/base/bytes.ts";
import { type Case, Checks, expect, kindThrown } from "./checks.ts";
import { type Check, FLASH_CALL_MS_MAX, patternBytes } from "./order.ts";
import type { TimedFlash } from "./timed.ts";

/**
 * How much of a block is looked at: a block of a large part is too much for one buffer of a small
 * board.
 */
const PART_BYTES = 4096;
/** A call that is long: more than a page of a part, and more than some controllers move at once. */
const LONG_BYTES = 8192 + 256;
/** Bytes of a call that is short: every writeAlign divides it. */
const SHORT_BYTES = 256;
/** Blocks of one order `neighbours`: enough that orders cost little. */
const NEIGHBOUR_BLOCKS = 32;

/**
 * All checks of one partition, `name` before each. They are cases of their own: a board's watchdog
 * may not bear them in one go.
 */
export function flashCases(flash: TimedFlash, name: string): readonly Case[] {
  const status = flash.status();
  const partition = new Partition(flash, status);
  return [
    {
      name: `${name}: geometry is possible and stays`,
      isVital: true,
      body: () => {
        geometry(flash, status);
      },
    },
    {
      name: `${name}: an erased block reads as eraseValue, all of it`,
      body: () => {
        partition.erased();
      },
    },
    {
      name: `${name}: every unit that is written reads back`,
      body: () => {
        partition.unitByUnit();
      },
    },
    {
      name: `${name}: a write covers its bytes and no other, and may cross a block`,
      body: () => {
        partition.crossing();
      },
    },
    {
      name: `${name}: a view is written and filled as a view, and is not kept`,
      body: () => {
        partition.views();
      },
    },
    {
      name: `${name}: reads have any offset and length`,
      body: () => {
        partition.anyRead();
      },
    },
    {
      name: `${name}: a long write is whole`,
      body: () => {
        partition.longWrite();
      },
    },
    {
      name: `${name}: a long read is whole`,
      body: () => {
        partition.longRead();
      },
    },
    {
      name: `${name}: a buffer may begin at any address`,
      body: () => {
        partition.oddBuffers();
      },
    },
    {
      name: `${name}: a call for no bytes changes nothing, and is no error`,
      body: () => {
        partition.noBytes();
      },
    },
    {
      name: `${name}: what is read is what is there now`,
      body: () => {
        partition.fresh();
      },
    },
    {
      name: `${name}: an erase takes its block and no other`,
      body: () => {
        partition.oneBlock();
      },
    },
    {
      name: `${name}: every block is a block of its own`,
      body: () => {
        partition.distinct();
      },
    },
    {
      name: `${name}: misaligned writes throw misaligned and change nothing`,
      body: () => {
        partition.misaligned();
      },
    },
    {
      name: `${name}: what lies outside throws bounds and changes nothing`,
      body: () => {
        partition.outside();
      },
    },
    {
      name:
        `${name}: a byte is written once per erase; whatever a second write does, it does ` +
        `to its bytes only`,
      body: () => {
        partition.twice();
      },
    },
    quickCase(flash, name),
  ];
}

/** Of all calls since the board's start. */
function quickCase(flash: TimedFlash, name: string): Case {
  return {
    name: `${name}: no call takes longer than ${FLASH_CALL_MS_MAX} ms`,
    body: () => {
      const { ms, what } = flash.slow;
      expect(ms <= FLASH_CALL_MS_MAX, `${what} took ${Math.round(ms)} ms`);
    },
  };
}

/**
 * The blocks from `from` on, one after another: an erase of each leaves those beside it. `next`:
 * the first block that is left for another call. Parts whose sectors differ in size break it
 * anywhere.
 */
export function neighbourCases(
  flash: TimedFlash,
  name: string,
  from: number,
): { readonly cases: readonly Case[]; readonly next?: number } {
  const status = flash.status();
  const partition = new Partition(flash, status);
  const to = Math.min(from + NEIGHBOUR_BLOCKS, status.blocks);
  const first = Math.max(from - 1, 0);
  const last = Math.min(to, status.blocks - 1);
  const cases: Case[] = [];
  const add = (body: () => void): void => {
    cases.push({ name: `${name}: an erase of any block leaves those beside it`, body });
  };
  for (let block = first; block <= last; block++)
    add(() => {
      partition.mark(block);
    });
  for (let block = from; block < to; block++)
    add(() => {
      partition.neighbours(block, first, last);
    });
  cases.push(quickCase(flash, name));
  return { cases, ...(to < status.blocks ? { next: to } : {}) };
}

function geometry(flash: Flash, first: FlashStatus): void {
  const { blocks, blockLength, writeAlign, eraseValue } = first;
  expect(Number.isInteger(blocks) && blocks >= 2, `blocks is ${blocks}: at least 2 are needed`);
  expect(
    writeAlign >= 1 && writeAlign <= 256 && (writeAlign & (writeAlign - 1)) === 0,
    `writeAlign is ${writeAlign}: a power of two up to 256 is needed`,
  );
  expect(
    Number.isInteger(blockLength) && blockLength >= 256 && blockLength % writeAlign === 0,
    `blockLength is ${blockLength}: at least 256, and a multiple of writeAlign`,
  );
  expect(
    eraseValue === 0xff || eraseValue === 0,
    `eraseValue is ${eraseValue}: 0 or 255 is possible`,
  );
  const again = flash.status();
  expect(
    again.blocks === blocks &&
      again.blockLength === blockLength &&
      again.writeAlign === writeAlign &&
      again.eraseValue === eraseValue,
    "status() changes",
  );
}

class Partition {
  readonly #flash: Flash;
  readonly #blocks: number;
  readonly #blockLength: number;
  readonly #align: number;
  readonly #eraseValue: number;
  /** Bytes of a unit that tests write: enough to tell, and aligned. */
  readonly #unit: number;
  readonly #part: number;

  constructor(flash: Flash, { blocks, blockLength, writeAlign, eraseValue }: FlashStatus) {
    this.#flash = flash;
    this.#blocks = blocks;
    this.#blockLength = blockLength;
    this.#align = writeAlign;
    this.#eraseValue = eraseValue;
    this.#unit = Math.max(writeAlign, 16);
    this.#part = Math.min(PART_BYTES, blockLength);
  }

  erased(): void {
    for (const block of [0, 1, this.#blocks - 1]) {
      this.#mark(block, 15);
      this.#flash.eraseBlock(block);
      for (let at = 0; at < this.#blockLength; at += this.#part)
        this.#expectErased(block * this.#blockLength + at, this.#part);
    }
  }

  unitByUnit(): void {
    this.#flash.eraseBlock(0);
    for (let at = 0; at < this.#part; at += this.#align)
      this.#flash.write(patternBytes(at, this.#align, 1), at);
    this.#expectPattern(0, this.#part, 1, "bytes that were written unit by unit are lost or wrong");
  }

  crossing(): void {
    this.#flash.eraseBlock(0);
    this.#flash.eraseBlock(1);
    const from = this.#blockLength - this.#unit;
    this.#flash.write(patternBytes(from, 2 * this.#unit, 2), from);
    this.#expectPattern(from, 2 * this.#unit, 2, "a write across the end of a block");
    this.#expectErased(from - Math.min(this.#unit, from), Math.min(this.#unit, from));
    this.#expectErased(from + 2 * this.#unit, this.#unit);
  }

  views(): void {
    this.#flash.eraseBlock(0);
    const bytes = patternBytes(0, this.#unit * 3, 3);
    this.#flash.write(bytes.subarray(this.#unit, this.#unit * 2), 0);
    bytes.fill(0x5a);
    const buffer = new Uint8Array(this.#unit + 8).fill(0xa5);
    this.#flash.read(buffer.subarray(4, 4 + this.#unit), 0);
    expect(
      equal(buffer.subarray(4, 4 + this.#unit), patternBytes(this.#unit, this.#unit, 3)),
      "not the bytes of the view",
    );
    expect(
      filled(buffer, 0, 4, 0xa5) && filled(buffer, 4 + this.#unit, this.#unit + 8, 0xa5),
      "bytes beside the view changed",
    );
  }

  anyRead(): void {
    this.#flash.eraseBlock(0);
    this.#flash.write(patternBytes(0, this.#unit * 4, 4), 0);
    for (const offset of [0, 1, 3, this.#unit - 1]) {
      for (const length of [1, 2, 5, this.#unit + 1])
        this.#expectPattern(offset, length, 4, `${length} bytes at ${offset}`);
    }
    const size = this.#blocks * this.#blockLength;
    const last = new Uint8Array(1);
    this.#flash.eraseBlock(this.#blocks - 1);
    this.#flash.write(patternBytes(size - this.#unit, this.#unit, 4), size - this.#unit);
    this.#flash.read(last, size - 1);
    expect(equal(last, patternBytes(size - 1, 1, 4)), "the last byte of the partition");
  }

  longWrite(): void {
    const length = this.#eraseFor(LONG_BYTES);
    this.#flash.write(patternBytes(0, length, 16), 0);
    for (let at = 0; at < length; at += SHORT_BYTES)
      this.#expectPattern(at, Math.min(SHORT_BYTES, length - at), 16, `bytes from ${at} on`);
  }

  longRead(): void {
    const length = this.#eraseFor(LONG_BYTES);
    for (let at = 0; at < length; at += SHORT_BYTES)
      this.#flash.write(patternBytes(at, Math.min(SHORT_BYTES, length - at), 17), at);
    this.#expectPattern(0, length, 17, `a read of ${length} bytes`);
  }

  /** Erases as many bytes from the start, or all there are: their number. */
  #eraseFor(bytes: number): number {
    const length = Math.min(bytes, this.#blocks * this.#blockLength);
    for (let block = 0; block * this.#blockLength < length; block++) this.#flash.eraseBlock(block);
    return length - (length % this.#align);
  }

  /** As a DMA controller that moves words would not have it. */
  oddBuffers(): void {
    const room = this.#eraseFor(8 * this.#unit);
    for (let odd = 1; odd < 8 && (odd + 1) * this.#unit <= room; odd++) {
      const at = odd * this.#unit;
      const wanted = patternBytes(at, this.#unit, 18);
      const source = new Uint8Array(this.#unit + 8);
      source.set(wanted, odd);
      this.#flash.write(source.subarray(odd, odd + this.#unit), at);
      this.#expectPattern(at, this.#unit, 18, `a write from ${odd} bytes into a buffer`);
      const target = new Uint8Array(this.#unit + 8).fill(0xa5);
      this.#flash.read(target.subarray(odd, odd + this.#unit), at);
      expect(
        equal(target.subarray(odd, odd + this.#unit), wanted) &&
          filled(target, 0, odd, 0xa5) &&
          filled(target, odd + this.#unit, this.#unit + 8, 0xa5),
        `a read to ${odd} bytes into a buffer`,
      );
    }
  }

  noBytes(): void {
    const none = new Uint8Array(0);
    this.#mark(0, 19);
    for (const at of [0, this.#unit]) {
      this.#flash.write(none, at);
      this.#flash.read(none, at);
    }
    this.#expectMark(0, 19, "after calls for no bytes");
  }

  mark(block: number): void {
    this.#mark(block, 22);
  }

  /** Those beside it are marked, as far as they are in [first, last]. */
  neighbours(block: number, first: number, last: number): void {
    this.#flash.eraseBlock(block);
    this.#expectErased(block * this.#blockLength, this.#unit);
    this.#expectErased((block + 1) * this.#blockLength - this.#unit, this.#unit);
    for (const other of [block - 1, block + 1])
      if (other >= first && other <= last)
        this.#expectMark(other, 22, `after an erase of block ${block}`);
    this.#writeMark(block, 22);
  }

  fresh(): void {
    for (const seed of [5, 6, 7]) {
      this.#flash.eraseBlock(1);
      this.#expectErased(this.#blockLength, this.#unit);
      this.#flash.write(patternBytes(0, this.#unit, seed), this.#blockLength);
      const buffer = new Uint8Array(this.#unit);
      this.#flash.read(buffer, this.#blockLength);
      expect(equal(buffer, patternBytes(0, this.#unit, seed)), "a read gives old bytes");
    }
  }

  oneBlock(): void {
    const blocks = Math.min(this.#blocks, 4);
    for (let block = 0; block < blocks; block++) this.#mark(block, 8);
    for (let block = 0; block < blocks; block++) {
      this.#flash.eraseBlock(block);
      this.#expectErased(block * this.#blockLength, this.#unit);
      this.#expectErased((block + 1) * this.#blockLength - this.#unit, this.#unit);
      for (let other = 0; other < blocks; other++)
        if (other !== block) this.#expectMark(other, 8, `after an erase of block ${block}`);
      this.#mark(block, 8);
    }
  }

  /** Address lines that are mixed up show at powers of two. */
  distinct(): void {
    this.markAll(9);
    this.expectAll(9, "after others were written");
  }

  markAll(seed: number): void {
    for (const block of this.#sample()) this.#mark(block, seed);
  }

  expectAll(seed: number, when: string): void {
    for (const block of this.#sample()) this.#expectMark(block, seed, when);
  }

  #sample(): readonly number[] {
    const blocks = [0];
    for (let block = 1; block < this.#blocks; block *= 2) blocks.push(block);
    if (!blocks.includes(this.#blocks - 1)) blocks.push(this.#blocks - 1);
    return blocks;
  }

  misaligned(): void {
    if (this.#align === 1) return;
    this.#flash.eraseBlock(0);
    const one = patternBytes(0, this.#align, 10);
    expect(
      kindThrown(() => {
        this.#flash.write(one, 1);
      }) === "misaligned",
      `a write of ${this.#align} bytes at 1 was not refused`,
    );
    expect(
      kindThrown(() => {
        this.#flash.write(one.subarray(1), 0);
      }) === "misaligned",
      `a write of ${this.#align - 1} bytes at 0 was not refused`,
    );
    this.#expectErased(0, this.#part);
  }

  outside(): void {
    const size = this.#blocks * this.#blockLength;
    const unit = patternBytes(0, this.#unit, 11);
    for (const block of [0, this.#blocks - 1]) this.#mark(block, 12);
    const attempts: readonly (readonly [string, () => void])[] = [
      [
        "a write behind the end",
        () => {
          this.#flash.write(unit, size);
        },
      ],
      [
        "a write across the end",
        () => {
          this.#flash.write(patternBytes(0, this.#unit * 2, 11), size - this.#unit);
        },
      ],
      [
        "a write before the start",
        () => {
          this.#flash.write(unit, -this.#unit);
        },
      ],
      [
        "a read behind the end",
        () => {
          this.#flash.read(new Uint8Array(1), size);
        },
      ],
      [
        "a read across the end",
        () => {
          this.#flash.read(new Uint8Array(2), size - 1);
        },
      ],
      [
        "an erase of the block behind the last",
        () => {
          this.#flash.eraseBlock(this.#blocks);
        },
      ],
      [
        "an erase of block -1",
        () => {
          this.#flash.eraseBlock(-1);
        },
      ],
    ];
    for (const [what, body] of attempts) {
      const kind = kindThrown(body);
      expect(kind === "bounds", `${what} ${kind === undefined ? "was accepted" : `threw ${kind}`}`);
    }
    for (const block of [0, this.#blocks - 1])
      this.#expectMark(block, 12, "after calls that were refused");
  }

  twice(): void {
    this.#flash.eraseBlock(0);
    this.#flash.write(patternBytes(0, this.#unit * 3, 13), 0);
    const kind = kindThrown(() => {
      this.#flash.write(patternBytes(0, this.#unit, 14), this.#unit);
    });
    expect(kind !== "bounds" && kind !== "misaligned", `a second write threw ${kind ?? ""}`);
    this.#expectPattern(0, this.#unit, 13, "the bytes before");
    this.#expectPattern(this.#unit * 2, this.#unit, 13, "the bytes behind");
    this.#flash.eraseBlock(0);
    this.#expectErased(0, this.#unit * 3);
  }

  /** Erases a block and writes its first and its last unit. */
  #mark(block: number, seed: number): void {
    this.#flash.eraseBlock(block);
    this.#writeMark(block, seed);
  }

  #writeMark(block: number, seed: number): void {
    const from = block * this.#blockLength;
    const last = from + this.#blockLength - this.#unit;
    this.#flash.write(patternBytes(from, this.#unit, seed), from);
    this.#flash.write(patternBytes(last, this.#unit, seed), last);
  }

  #expectMark(block: number, seed: number, when: string): void {
    const from = block * this.#blockLength;
    this.#expectPattern(from, this.#unit, seed, `block ${block} has changed ${when}`);
    this.#expectPattern(
      from + this.#blockLength - this.#unit,
      this.#unit,
      seed,
      `the end of block ${block} has changed ${when}`,
    );
  }

  #expectPattern(at: number, length: number, seed: number, problem: string): void {
    const buffer = new Uint8Array(length);
    this.#flash.read(buffer, at);
    expect(equal(buffer, patternBytes(at, length, seed)), problem);
  }

  #expectErased(at: number, length: number): void {
    const buffer = new Uint8Array(length);
    this.#flash.read(buffer, at);
    expect(filled(buffer, 0, length, this.#eraseValue), `${length} bytes at ${at} are not erased`);
  }
}

/** Writing one partition all over leaves the other alone. */
export function apartChecks(store: Flash, staging: Flash): readonly Check[] {
  const checks = new Checks();
  checks.check("store and staging do not overlap", () => {
    const one = new Partition(store, store.status());
    const other = new Partition(staging, staging.status());
    one.markAll(20);
    other.markAll(21);
    one.expectAll(20, "after the staging partition was written");
    other.expectAll(21, "after the store was written");
  });
  return checks.list;
}
