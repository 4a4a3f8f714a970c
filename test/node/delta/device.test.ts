/** Delta packages on a device: pushed, downloaded, cut anywhere, for another image, hostile. */
import { createHash } from "node:crypto";
import { hex } from "../../../src/base/bytes.ts";
import { PIECE_BYTES, SEGMENT_HEAD_BYTES } from "../../../src/base/delta.ts";
import { VERIFY_STEP_BYTES } from "../../../src/base/limits.ts";
import { parseDeltaHeader } from "../../../src/image/deltaheader.ts";
import { recordChange } from "../../../src/store/jsonrecord.ts";
import type { FetchEvent, FetchSink } from "../../../src/update/fetcher.ts";
import { FAILED_KEY } from "../../../src/update/memory.ts";
import { PROGRESS_KEY } from "../../../src/update/staging.ts";
import { equal, ok, test } from "../../check.ts";
import { deltaPackage } from "../../rig/delta/package.ts";
import { buildImage, type ImageContent } from "../../rig/image.ts";
import { generateKey } from "../../rig/keys.ts";
import { noise } from "../../unit/base/deltaimages.ts";
import { DELTA, Device, facts, NEW, OLD, PAYLOAD, SLOT, start, version } from "./device.ts";

for (const [name, bytes] of [
  ["a delta package", DELTA],
  ["a compressed package", deltaPackage(NEW)],
  ["a whole image", NEW],
] as const) {
  test(`${name} is downloaded, and its image verified`, () => {
    const device = new Device();
    start(device);
    device.serve(bytes);
    device.settle();
    equal(device.engine.record.phase, "ready");
    equal(device.engine.record.size, bytes.length);
    equal(device.engine.record.image, bytes === NEW ? undefined : NEW.length);
    ok(device.isWhole());
  });

  test(`${name} is pushed, in pieces of any size, and again after an interruption`, () => {
    for (const piece of [1, 100, 16384]) {
      const device = new Device();
      for (const share of [0.6, 1]) {
        equal(device.engine.open(bytes.length, "x"), undefined);
        const end = Math.floor(bytes.length * share);
        for (let at = 0; at < end; at += piece)
          equal(device.write(bytes.subarray(at, Math.min(at + piece, end))), undefined);
        if (share === 1) equal(device.engine.close(), undefined);
        else device.reset();
      }
      device.settle();
      equal(device.engine.record.phase, "ready", `${piece} at a time`);
      ok(device.isWhole());
    }
  });

  test(`${name} that is cut anywhere goes on, and little of it comes twice`, () => {
    for (let cut = 1; cut < bytes.length; cut += 97) {
      const device = new Device();
      start(device);
      device.serve(bytes, cut);
      device.reset();
      device.serve(bytes);
      device.settle();
      equal(device.engine.record.phase, "ready", `cut at ${cut}`);
      ok(device.isWhole());
    }
  });
}

for (const [what, blockLengths, segments] of [
  ["two segments", [], 2],
  ["one segment, where those end with blocks,", [SLOT.blockLength], 1],
] as const)
  test(`of a delta comes twice no more than ${what} and a block's share`, () => {
    const codeBytesMax = 300;
    const bytes = deltaPackage(NEW, OLD, { codeBytesMax, blockLengths });
    const most = segments * (codeBytesMax + SEGMENT_HEAD_BYTES) + SLOT.blockLength;
    ok(bytes.length > 4 * most, `${bytes.length} bytes`);
    for (let cut = 1; cut < bytes.length; cut += 61) {
      const device = new Device();
      start(device);
      device.serve(bytes, cut);
      device.reset();
      device.serve(bytes);
      device.settle();
      equal(device.engine.record.phase, "ready", `cut at ${cut}`);
      ok(device.isWhole());
      ok(device.fetched - bytes.length <= most, `${device.fetched - bytes.length} twice at ${cut}`);
    }
  });

test("a download goes on at the next segment, where one ended with a block", () => {
  const codeBytesMax = 300;
  /** Of each block are new so many bytes; what its package has of it, at most. */
  const fresh = 40;
  const share = fresh + 30;
  const parts = Array.from({ length: 80 }, (_, seed) => [
    noise(fresh, seed),
    noise(SLOT.blockLength - fresh, 99),
  ]);
  const payload = Buffer.concat(parts.flat());
  const image = buildImage({ ...facts, payload, version: version(2) });
  const bytes = deltaPackage(image, undefined, { codeBytesMax, blockLengths: [SLOT.blockLength] });
  const most = codeBytesMax + SEGMENT_HEAD_BYTES + share;
  // The first block is all new.
  const [, , first = 0] = segmentEnds(bytes);
  ok(bytes.length > first + 4 * most, `${bytes.length} bytes`);
  let worst = 0;
  for (let cut = first; cut < bytes.length - most; cut += 13) {
    const device = new Device({ ...SLOT, blocks: 128 });
    start(device);
    device.serve(bytes, cut);
    device.reset();
    device.serve(bytes);
    equal(device.engine.record.phase, "verifying", `cut at ${cut}`);
    ok(device.isWhole(image));
    worst = Math.max(worst, device.fetched - bytes.length);
  }
  ok(worst > codeBytesMax / 2 && worst <= most, `${worst} bytes of ${most} come twice`);
});

/** One segment makes more than a step decodes. */
const LONG = buildImage({
  ...facts,
  payload: Buffer.concat(Array.from({ length: 100 }, () => noise(1000, 5))),
  version: version(2),
});
const SHORT_BLOCKS = { ...SLOT, blocks: 256, blockLength: 128 };
/** Its last block ends amid the last piece, and before the last segment. */
const TAIL = buildImage({ ...facts, payload: PAYLOAD.subarray(0, 13_800), version: version(2) });

const SHORT_SEGMENTS = deltaPackage(TAIL, OLD, { codeBytesMax: 60, blockLengths: [] });
const ONE_SEGMENT = deltaPackage(LONG);

for (const [what, image, bytes, slot, most] of [
  ["short segments", TAIL, SHORT_SEGMENTS, SHORT_BLOCKS, 800],
  ["one of 100 KB", LONG, ONE_SEGMENT, { ...SLOT, blocks: 256 }, ONE_SEGMENT.length],
] as const)
  test(`of ${what}: a reset after any step of their download costs little`, () => {
    const whole = new Device(slot);
    start(whole);
    let steps = 0;
    for (; whole.engine.record.phase === "downloading"; steps++)
      whole.serve(bytes, Infinity, whole.fetched, 1);
    equal(whole.fetched, bytes.length);
    const erases = whole.slot.operations.filter((name) => name.startsWith("erase")).length;
    const stride = Math.ceil(steps / 40);
    for (let at = 1; at < steps; at++) {
      if (at % stride > 0 && at + 4 < steps) continue;
      const device = new Device(slot);
      start(device);
      device.serve(bytes, Infinity, undefined, at);
      device.reset();
      device.serve(bytes);
      device.settle();
      equal(device.engine.record.phase, "ready", `step ${at} of ${steps}`);
      ok(device.isWhole(image));
      const again = device.fetched - bytes.length;
      ok(again <= most, `${again} bytes twice at step ${at} of ${steps}`);
      const erased = device.slot.operations.filter((name) => name.startsWith("erase")).length;
      ok(
        erased <= erases + Math.max(1, PIECE_BYTES / slot.blockLength),
        `${erased - erases} blocks erased again at step ${at}`,
      );
    }
  });

/** Where each segment of a package ends. */
function segmentEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.readUInt16LE(4); at < bytes.length; ends.push(at))
    at += SEGMENT_HEAD_BYTES + bytes.readUInt16LE(at);
  return ends;
}

test("a segment that comes in two parts, of any length, is one when the download goes on", () => {
  const bytes = deltaPackage(NEW, OLD, { codeBytesMax: 300 });
  for (const end of segmentEnds(bytes))
    for (const last of [1, SEGMENT_HEAD_BYTES, SEGMENT_HEAD_BYTES + 1]) {
      const device = new Device();
      start(device);
      device.serve(bytes, end - last);
      device.serve(bytes, last, end - last);
      device.pause();
      device.reset();
      device.serve(bytes);
      device.settle();
      equal(device.engine.record.phase, "ready", `${last} bytes before ${end}`);
      ok(device.isWhole());
    }
});

test("a delta from another image is wrongBase, downloaded or pushed, and nothing is erased", () => {
  const changes: ((device: Device) => void)[] = [
    (device) => void (device.base[8999] = 1),
    (device) => void (device.hasBase = false),
  ];
  for (const change of changes) {
    const device = new Device();
    change(device);
    device.reset();
    start(device);
    device.serve(DELTA);
    equal(device.engine.record.reason, "wrongBase");
    equal(device.slot.operations.length, 0);
    equal(device.engine.open(DELTA.length, "x"), undefined);
    equal(device.write(DELTA), "wrongBase");
    equal(device.slot.operations.length, 0);
  }
});

test("the base is named by digest and length, and not at all where it cannot be read", () => {
  const device = new Device();
  const digest = createHash("sha256").update(device.base).digest("hex");
  equal(device.engine.baseText(), `${digest} ${device.base.length}`);
  device.broken = true;
  equal(device.reset().baseText(), "");
  device.broken = false;
  equal(device.engine.baseText(), `${digest} ${device.base.length}`);
  device.hasBase = false;
  equal(device.reset().baseText(), "");
});

test("a base that cannot be read is a fault of flash, and nothing is erased", () => {
  const device = new Device();
  device.broken = true;
  start(device);
  device.serve(DELTA);
  equal(device.engine.record.reason, "flash");
  equal(device.slot.operations.length, 0);
});

test("a base that is proved is not read again for the next package, before the next reset", () => {
  const device = new Device();
  device.engine.baseText();
  const reads = device.reads;
  for (const at of [0, 1]) {
    equal(device.engine.open(DELTA.length, `x${at}`), undefined);
    equal(device.write(DELTA.subarray(0, 200)), undefined);
  }
  equal(device.reads, reads);
});

test("claims refuse a package before a byte is erased", () => {
  const refused = (at: number, value: number): unknown => {
    const device = new Device();
    const bytes = Buffer.from(DELTA);
    bytes[at] = value;
    equal(device.engine.open(bytes.length, "x"), undefined);
    const result = device.write(bytes);
    equal(device.slot.operations.length, 0);
    return result;
  };
  equal(refused(6, 1), "corrupt");
  equal(refused(80 + 20, 0), "unacceptable");
  equal(refused(128, 9), "mismatch");
  equal(refused(15, 1), "tooLarge");
});

test("an image that has failed its trial is refused by the claims of its delta", () => {
  const device = new Device();
  const { imageDigest } = parseDeltaHeader(DELTA) ?? { imageDigest: new Uint8Array(0) };
  device.store().commit([recordChange(FAILED_KEY, { v: 1, digests: [hex(imageDigest)] })]);
  device.reset();
  start(device);
  device.serve(DELTA);
  equal(device.engine.record.reason, "failedBefore");
  equal(device.engine.open(DELTA.length, "x"), undefined);
  equal(device.write(DELTA), "failedBefore");
  equal(device.slot.operations.length, 0);
});

test("what is durable of a delta counts for nothing once an image comes, and back", () => {
  for (const [one, other] of [
    [DELTA, NEW],
    [NEW, DELTA],
  ] as const) {
    const device = new Device();
    start(device);
    device.serve(one, one.length - 2000);
    device.reset();
    device.fetcher.script = [
      (sink) => ({ type: "wait", until: sink.restart() === undefined ? 0 : Infinity }),
    ];
    device.engine.step(0);
    device.serve(other, Infinity, 0);
    device.settle();
    equal(device.engine.record.phase, "ready");
    ok(device.isWhole());
  }
});

/** Another image, as long as NEW, and the delta that makes it. */
function forged(content: Partial<ImageContent>): { image: Buffer; delta: Buffer } {
  const image = buildImage({ ...facts, payload: PAYLOAD, version: version(2), ...content });
  return { image, delta: deltaPackage(image, OLD) };
}

/** A package with the claims of the delta that makes NEW, and the segments of another one. */
function claimed(delta: Buffer): Buffer {
  const size = DELTA.readUInt16LE(4);
  return Buffer.concat([DELTA.subarray(0, size), delta.subarray(delta.readUInt16LE(4))]);
}

for (const [what, content, reason] of [
  ["is signed with another key", { key: generateKey("ed25519") }, "untrusted"],
  ["is older than the one that runs", { version: version(0) }, "unacceptable"],
  ["has a lower security counter", { securityCounter: 0 }, "unacceptable"],
  ["is for another class", { classId: new Uint8Array(16) }, "mismatch"],
] as const)
  test(`an image that ${what} is refused from flash, whatever its delta claims`, () => {
    const { image, delta } = forged(content);
    equal(image.length, NEW.length);
    const device = new Device();
    start(device);
    device.serve(claimed(delta));
    device.settle();
    equal(device.engine.record.reason, reason);
    equal(device.engine.record.kept, false);
    equal(device.engine.install("o", "x"), "noPackage");
  });

test("an image that has failed is refused from flash when its delta names another", () => {
  const device = new Device();
  const { imageDigest } = parseDeltaHeader(DELTA) ?? { imageDigest: new Uint8Array(0) };
  device.store().commit([recordChange(FAILED_KEY, { v: 1, digests: [hex(imageDigest)] })]);
  device.reset();
  const bytes = Buffer.from(DELTA);
  bytes.fill(0x55, 48, 80);
  start(device);
  device.serve(bytes);
  device.settle();
  equal(device.engine.record.reason, "failedBefore");
});

test("a delta that goes on with the bytes of another one, cut anywhere, makes no image", () => {
  const payload = Buffer.concat([noise(6000, 5), PAYLOAD.subarray(6000)]);
  const one = deltaPackage(NEW, OLD, { codeBytesMax: 300 });
  const other = deltaPackage(forged({ payload }).image, OLD, { codeBytesMax: 300 });
  let spliced = 0;
  for (let cut = 700; cut < one.length; cut += 197) {
    const device = new Device();
    start(device);
    device.serve(one, cut);
    device.reset();
    const from = device.pause();
    if (from === 0) continue;
    spliced++;
    device.serve(Buffer.concat([one.subarray(0, from), other.subarray(from)]));
    device.settle();
    equal(device.engine.record.reason, "corrupt", `cut at ${cut}`);
  }
  ok(spliced > 10);
});

test("a few bytes of a package that make a whole slot are decoded in bounded steps", () => {
  const payload = new Uint8Array(SLOT.blocks * SLOT.blockLength * 64 - 400);
  const image = buildImage({ ...facts, payload, version: version(2) });
  const bomb = deltaPackage(image);
  ok(bomb.length < 600, `${bomb.length} bytes`);
  const device = new Device({ ...SLOT, blocks: SLOT.blocks * 64 });
  start(device);
  let most = 0;
  let before = 0;
  device.fetcher.script = [
    (sink) => ({ type: "wait", until: sink.accept(bomb.length, "e") === undefined ? 0 : Infinity }),
  ];
  let at = 0;
  while (device.engine.record.phase === "downloading") {
    if (device.fetcher.script.length === 0)
      device.fetcher.script = [
        (sink) => {
          const part = bomb.subarray(at, at + sink.room);
          at += part.length;
          equal(sink.write(part), undefined);
          return at === bomb.length ? { type: "done" } : { type: "wait", until: 0 };
        },
      ];
    device.engine.step(0);
    most = Math.max(most, device.slot.operations.length - before);
    before = device.slot.operations.length;
  }
  equal(device.engine.record.phase, "verifying");
  // A piece of 256 bytes is a write, and each block an erase.
  const limit = VERIFY_STEP_BYTES / PIECE_BYTES + VERIFY_STEP_BYTES / SLOT.blockLength + 2;
  ok(most <= limit, `${most} operations in a step`);
});

test("a base that rots while its delta comes leads to no image", () => {
  const device = new Device();
  start(device);
  device.serve(DELTA, DELTA.length - 3000);
  device.reset();
  device.base.fill(0x77);
  device.serve(DELTA);
  device.settle();
  equal(device.engine.record.reason, "corrupt");
});

test("a segment that is corrupt ends the download as corrupt", () => {
  const device = new Device();
  const bytes = Buffer.from(DELTA);
  bytes.fill(0xff, 3000, 3100);
  start(device);
  device.serve(bytes);
  device.settle();
  equal(device.engine.record.reason, "corrupt");
});

test("progress of a delta is version 2, of an image version 1 as ever", () => {
  for (const bytes of [DELTA, NEW]) {
    const device = new Device();
    start(device);
    device.serve(bytes, bytes.length - 2000);
    const value = device.store().get(PROGRESS_KEY);
    equal(value?.[0], bytes === DELTA ? 2 : 1);
    equal(value?.length, bytes === DELTA ? 17 : 9);
  }
});

test("asked whether more must come, a step is decoded of what may make the whole slot", () => {
  const image = buildImage({ ...facts, payload: Buffer.alloc(1e5, 0x55), version: version(2) });
  const bytes = deltaPackage(image, undefined, { blockLengths: [] });
  const device = new Device({ blocks: 128, blockLength: 1024, writeAlign: 16, eraseValue: 0xff });
  const written = (): number => device.slot.bytes.filter((byte) => byte === 0x55).length;
  start(device);
  let [at, made] = [0, 0];
  const serve = (sink: FetchSink): FetchEvent => {
    const part = bytes.subarray(at, at + sink.room);
    equal(sink.accept(undefined, "e") ?? sink.write(part), undefined);
    if ((at += part.length) < bytes.length) return { type: "wait", until: 0 };
    const before = written();
    ok(!sink.short);
    made = written() - before;
    return { type: "done" };
  };
  for (let turn = 0; turn < 99 && device.engine.record.phase === "downloading"; turn++) {
    device.fetcher.script = [serve];
    device.engine.step(0);
  }
  device.settle();
  ok(made > 0 && made <= VERIFY_STEP_BYTES + 1024, `${made} bytes in one step`);
  equal(device.engine.record.phase, "ready");
  ok(device.isWhole(image));
});
