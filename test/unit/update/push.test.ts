/** Pushes of a few bytes that ask for much: no call does more than a bounded piece. */
import { copy } from "../../../src/base/bytes.ts";
import { SEGMENT_HEAD_BYTES, WINDOW_BYTES } from "../../../src/base/delta.ts";
import { MODEL, Token } from "../../../src/base/deltamodel.ts";
import { VERIFY_STEP_BYTES } from "../../../src/base/limits.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { DELTA_HEADER_BYTES } from "../../../src/image/deltaheader.ts";
import { IMAGE_HEADER_BYTES, parseImageHeader } from "../../../src/image/imageheader.ts";
import { Store } from "../../../src/store/store.ts";
import { Engine } from "../../../src/update/engine.ts";
import { equal, ok, test } from "../../check.ts";
import { RangeCoder } from "../../rig/delta/rangecoder.ts";
import { IMAGE } from "./board.ts";
import { MemoryBoot, MemoryFlash, policy, ScriptedFetcher } from "./fixture.ts";

const SLOT = { blocks: 128, blockLength: 1024, writeAlign: 16, eraseValue: 0xff };
const SLOT_BYTES = SLOT.blocks * SLOT.blockLength;
const STORE = { blocks: 8, blockLength: 4096, writeAlign: 4, eraseValue: 0xff };
/** What a step may do more than its budget: what is under way when that is used up. */
const SLACK_BYTES = SLOT.blockLength + WINDOW_BYTES;

/** A board whose base is SLOT_BYTES of 0, and what it reads of that. */
class Pushed {
  readonly slot = new MemoryFlash(SLOT);
  readonly engine: Engine;
  read = 0;

  constructor() {
    const store = new MemoryFlash(STORE);
    for (let block = 0; block < STORE.blocks; block++) store.eraseBlock(block);
    this.engine = new Engine({
      store: Store.open(store),
      staging: this.slot,
      base: {
        length: SLOT_BYTES,
        read: (buffer) => {
          this.read += buffer.length;
          buffer.fill(0);
        },
      },
      boot: new MemoryBoot(),
      policy: policy(),
      fetcher: new ScriptedFetcher(),
      log: () => undefined,
    });
    this.engine.boot();
  }

  /** Bytes of base that are read, and of the slot that are made, at most in one call. */
  push(bytes: Uint8Array): { read: number; made: number; calls: number } {
    const most = { read: 0, made: 0, calls: 0 };
    equal(this.engine.open(bytes.length, "x"), undefined);
    let seen = { read: this.read, operations: 0 };
    const { operations } = this.slot;
    const note = (refusal: string | undefined): void => {
      equal(refusal, undefined);
      const writes = operations.slice(seen.operations).filter((one) => one.startsWith("write"));
      const made = writes.reduce((sum, one) => sum + Number(one.split(" ")[2]), 0);
      most.read = Math.max(most.read, this.read - seen.read);
      most.made = Math.max(most.made, made);
      most.calls++;
      seen = { read: this.read, operations: operations.length };
    };
    note(this.engine.write(bytes));
    while (this.engine.working) note(this.engine.work());
    equal(this.engine.close(), undefined);
    return most;
  }
}

function digestOfBase(length: number): Uint8Array {
  const hash = new Sha256();
  const part = new Uint8Array(1024);
  for (let at = 0; at < length; at += part.length) hash.update(part);
  const digest = new Uint8Array(32);
  hash.digest(digest);
  return digest;
}

/** A delta package for that board, of an image of so many bytes, with one segment. */
function packageOf(
  imageLength: number,
  baseLength: number,
  write: (coder: RangeCoder) => void,
): Uint8Array {
  const image = parseImageHeader(IMAGE);
  ok(image !== undefined);
  const records = image.headerSize + image.payloadSize;
  const { protectedSize } = image;
  const coder = new RangeCoder();
  write(coder);
  const code = coder.finish();
  const size = DELTA_HEADER_BYTES + protectedSize;
  const bytes = new Uint8Array(size + SEGMENT_HEAD_BYTES + code.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x31504458, true);
  view.setUint16(4, size, true);
  view.setUint32(8, baseLength, true);
  view.setUint32(12, imageLength, true);
  if (baseLength > 0) bytes.set(digestOfBase(baseLength), 16);
  copy(bytes, 80, IMAGE, 0, IMAGE_HEADER_BYTES);
  view.setUint32(80 + 12, imageLength - image.headerSize - protectedSize - 200, true);
  copy(bytes, DELTA_HEADER_BYTES, IMAGE, records, records + protectedSize);
  view.setUint16(size, code.length, true);
  view.setUint32(size + 2, imageLength, true);
  bytes.set(code, size + SEGMENT_HEAD_BYTES);
  return bytes;
}

/** A byte, and that byte again and again. */
function filling(imageLength: number): (coder: RangeCoder) => void {
  return (coder) => {
    coder.tree(MODEL.kind + Token.copy * 16, 2, Token.literal);
    coder.tree(MODEL.literal, 8, 7);
    coder.tree(MODEL.kind + Token.literal * 16 + 4, 2, Token.match);
    coder.tree(MODEL.from, 2, 0);
    coder.distance(MODEL.imageFar, 1);
    coder.number(MODEL.matchBits, MODEL.matchTail, imageLength);
  };
}

/** Each byte from another end of the base than the one before. */
function leaping(imageLength: number): (coder: RangeCoder) => void {
  return (coder) => {
    for (let at = 0; at < imageLength; at++) {
      coder.tree(MODEL.kind + (Token.copy * 4 + (at & 3)) * 4, 2, Token.match);
      coder.tree(MODEL.from, 2, at === 0 ? 1 : 2);
      if (at === 0) {
        coder.bit(MODEL.sign, false);
        coder.distance(MODEL.baseFar, 0x10000);
      }
      coder.number(MODEL.matchBits, MODEL.matchTail, 2);
    }
  };
}

test("a segment that makes the whole slot is decoded in steps, and all of it is there", () => {
  const length = SLOT_BYTES - 100;
  const bytes = packageOf(length, 0, filling(length));
  ok(bytes.length < 250, `${bytes.length} bytes`);
  const board = new Pushed();
  const { made, calls } = board.push(bytes);
  ok(made <= VERIFY_STEP_BYTES + SLACK_BYTES, `${made} bytes in a call`);
  ok(calls >= length / VERIFY_STEP_BYTES);
  equal(board.engine.record.phase, "verifying");
  ok(board.slot.bytes.subarray(0, length).every((byte) => byte === 7));
});

test("a base as long as the slot is proved in steps, and nothing is erased before", () => {
  const length = 4000;
  const board = new Pushed();
  const bytes = packageOf(length, SLOT_BYTES, filling(length));
  equal(board.engine.open(bytes.length, "x"), undefined);
  equal(board.engine.write(bytes), undefined);
  for (let before = 0; board.read < SLOT_BYTES; before = board.read) {
    ok(board.read - before <= VERIFY_STEP_BYTES);
    equal(board.slot.operations.length, 0);
    ok(board.engine.working);
    equal(board.engine.work(), undefined);
  }
  while (board.engine.working) equal(board.engine.work(), undefined);
  equal(board.engine.close(), undefined);
});

test("a segment whose tokens all read elsewhere is decoded in steps, too", () => {
  const length = 4000;
  const board = new Pushed();
  const { read } = board.push(packageOf(length, SLOT_BYTES, leaping(length)));
  ok(board.read > SLOT_BYTES + length * WINDOW_BYTES * 0.9, `${board.read} bytes`);
  ok(read <= VERIFY_STEP_BYTES + SLACK_BYTES, `${read} bytes in a call`);
});

test("what is refused behind the first step is refused then, and the slot is closed", () => {
  const length = 4000;
  const bytes = packageOf(length, SLOT_BYTES, filling(length));
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  const board = new Pushed();
  equal(board.engine.open(bytes.length, "x"), undefined);
  let refusal = board.engine.write(bytes);
  for (; board.engine.working; refusal = board.engine.work()) equal(refusal, undefined);
  equal(refusal, "wrongBase");
  equal(board.engine.record.phase, "idle");
  equal(board.engine.work(), "sequence");
});

test("a push that is given up half-way in its work leaves nothing to do", () => {
  const board = new Pushed();
  const bytes = packageOf(4000, SLOT_BYTES, filling(4000));
  equal(board.engine.open(bytes.length, "x"), undefined);
  equal(board.engine.write(bytes), undefined);
  board.engine.abort();
  ok(!board.engine.working);
  board.push(bytes);
});
