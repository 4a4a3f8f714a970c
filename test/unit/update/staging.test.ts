/**
 * The staging slot: streams, interruptions, and what is written when the same package comes again.
 */
import { deepEqual, equal, ok, test, throws } from "../../check.ts";
import { Store } from "../../../src/store/store.ts";
import { PROGRESS_KEY, Staging } from "../../../src/update/staging.ts";
import { MemoryFlash } from "./fixture.ts";

const STORE = { blocks: 4, blockLength: 4096, writeAlign: 4, eraseValue: 0xff };
const SLOT = { blocks: 4, blockLength: 64, writeAlign: 8, eraseValue: 0xff };

function bytes(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + salt) & 0xff);
}

function begin(status = SLOT): { readonly store: Store; readonly slot: MemoryFlash } {
  const flash = new MemoryFlash(STORE);
  for (let block = 0; block < STORE.blocks; block++) flash.eraseBlock(block);
  return { store: Store.open(flash), slot: new MemoryFlash(status) };
}

function feed(staging: Staging, data: Uint8Array, piece: number): void {
  for (let at = 0; at < data.length; at += piece) {
    staging.write(data.subarray(at, at + piece));
    staging.checkpoint();
  }
}

test("a package arrives whole, in pieces of any size, over a slot full of old bytes", () => {
  for (const piece of [1, 3, 8, 9, 63, 64, 65, 200]) {
    for (const length of [1, 7, 8, 64, 65, 200, 256]) {
      const { store, slot } = begin();
      const staging = new Staging(slot, store);
      const data = bytes(length);
      staging.resume(1);
      feed(staging, data, piece);
      equal(staging.position, length);
      staging.finish();
      equal(staging.position, length, "what aligns the last write is no part of the package");
      deepEqual(slot.bytes.slice(0, length), data, `${length} bytes by ${piece}`);
    }
  }
});

test("geometries: writeAlign 1 to 256, and flash that erases to zero", () => {
  for (const writeAlign of [1, 2, 4, 16, 32, 256]) {
    for (const eraseValue of [0xff, 0]) {
      const { store, slot } = begin({ blocks: 3, blockLength: 512, writeAlign, eraseValue });
      const staging = new Staging(slot, store);
      const data = bytes(1201);
      staging.resume(1);
      feed(staging, data, 100);
      staging.finish();
      deepEqual(slot.bytes.slice(0, 1201), data);
    }
  }
});

test("the room is what is left of a block, and of a unit of writeAlign that has begun", () => {
  const { store, slot } = begin();
  const staging = new Staging(slot, store);
  const data = bytes(128);
  staging.resume(1);
  slot.operations.length = 0;
  const rooms: number[] = [];
  // As a peer sends it whose first piece is of no length that flash likes.
  for (let at = 0; at < data.length; ) {
    const { room } = staging;
    rooms.push(room);
    const end = at + Math.min(room, at === 0 ? 13 : 40);
    staging.write(data.subarray(at, end));
    at = end;
  }
  deepEqual(rooms, [64, 3, 48, 8, 64, 24]);
  const writes = ["write 0 8", "write 8 8", "write 16 40", "write 56 8"];
  deepEqual(slot.operations, ["erase 0", ...writes, "erase 1", "write 64 40", "write 104 24"]);
  deepEqual(slot.bytes.slice(0, 128), data);
});

test("a package of exactly the capacity fits, and a byte more breaks an invariant", () => {
  const { store, slot } = begin();
  const staging = new Staging(slot, store);
  staging.resume(1);
  staging.write(bytes(256));
  throws(() => staging.write(bytes(1)));
});

test("a download goes on behind the last whole block", () => {
  const { store, slot } = begin();
  const data = bytes(200);
  const first = new Staging(slot, store);
  first.resume(1);
  first.write(data.subarray(0, 150));
  first.checkpoint();
  const second = new Staging(slot, store);
  second.resume(1);
  equal(second.position, 128);
  slot.operations.length = 0;
  second.write(data.subarray(128));
  second.finish();
  deepEqual(slot.operations, ["erase 2", "write 128 64", "erase 3", "write 192 8"]);
  deepEqual(slot.bytes.slice(0, 200), data);
});

test("progress of another generation counts for nothing", () => {
  const { store, slot } = begin();
  const first = new Staging(slot, store);
  first.resume(1);
  first.write(bytes(150));
  first.checkpoint();
  const second = new Staging(slot, store);
  second.resume(2);
  equal(second.position, 0);
});

test("progress takes few bytes of the store, and what is no such record counts for nothing", () => {
  const { store, slot } = begin();
  const first = new Staging(slot, store);
  first.resume(0xfffffff0);
  first.write(bytes(150));
  first.checkpoint();
  const record = store.get(PROGRESS_KEY) ?? new Uint8Array(0);
  deepEqual(record, Uint8Array.of(1, 0xf0, 0xff, 0xff, 0xff, 128, 0, 0, 0));
  const position = (value: Uint8Array): number => {
    store.commit([[PROGRESS_KEY, value]]);
    const staging = new Staging(slot, store);
    staging.resume(0xfffffff0);
    return staging.position;
  };
  equal(position(Uint8Array.of(...record, 7)), 128, "fields may be added");
  equal(position(record.subarray(0, 8)), 0);
  equal(position(Uint8Array.of(2, ...record.subarray(1))), 0);
  equal(position(Uint8Array.of(...record.subarray(0, 5), 127, 0, 0, 0)), 0, "no whole blocks");
  equal(
    position(Uint8Array.of(...record.subarray(0, 5), 0, 0, 0, 1)),
    0,
    "more than the slot holds",
  );
});

test("the same push again writes only what was not durable", () => {
  const { store, slot } = begin();
  const data = bytes(180);
  const first = new Staging(slot, store);
  first.compare(1);
  feed(first, data.subarray(0, 150), 50);
  const second = new Staging(slot, store);
  second.compare(1);
  slot.operations.length = 0;
  feed(second, data, 50);
  second.finish();
  equal(slot.operations[0], "erase 2");
  ok(
    slot.operations.slice(1).every((operation) => operation.startsWith("write 1")),
    slot.operations.join(", "),
  );
  deepEqual(slot.bytes.slice(0, 180), data);
});

test("another package of the same size is written from the first difference on", () => {
  for (let different = 0; different < 180; different++) {
    const { store, slot } = begin();
    const data = bytes(180);
    const first = new Staging(slot, store);
    first.compare(1);
    feed(first, data, 40);
    first.finish();
    data[different] = (data[different] ?? 0) ^ 0x10;
    const second = new Staging(slot, store);
    second.compare(1);
    feed(second, data, 25);
    second.finish();
    deepEqual(slot.bytes.slice(0, 180), data, `difference at ${different}`);
  }
});

test("while a package is compared, progress counts what has been compared", () => {
  const { store, slot } = begin();
  const data = bytes(200);
  const first = new Staging(slot, store);
  first.compare(1);
  feed(first, data, 200);
  data[70] = (data[70] ?? 0) ^ 1;
  const second = new Staging(slot, store);
  second.compare(1);
  second.write(data.subarray(0, 64));
  second.checkpoint();
  slot.failAfter = 0;
  throws(() => second.write(data.subarray(64)), "FlashFault");
  const third = new Staging(slot, store);
  third.resume(1);
  equal(third.position, 64);
});

test("a slot filled to its last block is rewritten when it differs there", () => {
  const { store, slot } = begin();
  const data = bytes(256);
  const first = new Staging(slot, store);
  first.compare(1);
  feed(first, data, 256);
  data[250] = (data[250] ?? 0) ^ 1;
  const second = new Staging(slot, store);
  second.compare(1);
  feed(second, data, 30);
  second.finish();
  deepEqual(slot.bytes, data);
});
