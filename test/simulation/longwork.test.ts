/** Pushes of a few bytes that make the whole slot: no step of the client does all of their work. */
import { equal, ok, test } from "../check.ts";
import { SEGMENT_HEAD_BYTES } from "../../src/base/delta.ts";
import { MESSAGE_BYTES_MAX, VERIFY_STEP_BYTES } from "../../src/base/limits.ts";
import { deltaPackage } from "../rig/delta/package.ts";
import { noise } from "../unit/base/deltaimages.ts";
import { Bench, packageWith, SLOT_BYTES } from "./bench.ts";

const ROOM_BYTES = SLOT_BYTES - 1024;

/** A package without base, of an image that fills the slot, with so much that is not ordered. */
function bomb(noiseBytes: number): Buffer {
  const payload = Buffer.alloc(ROOM_BYTES, 0x55);
  payload.set(noise(noiseBytes, 5));
  return deltaPackage(packageWith({ payload }), undefined, { blockLengths: [] });
}

/** The same, with a last segment that says one byte less than it makes. */
function rotten(offer: Buffer): Buffer {
  const bytes = Buffer.from(offer);
  let at = bytes.readUInt16LE(4);
  for (let next = at; next < bytes.length; next += SEGMENT_HEAD_BYTES + bytes.readUInt16LE(at))
    at = next;
  bytes.writeUInt32LE(bytes.readUInt32LE(at + 2) - 1, at + 2);
  return bytes;
}

const WAYS = [
  ["one Replace", bomb(0), Infinity],
  ["chunks with MoreData", bomb(0), 300],
  ["chunks with more than one segment", bomb(12_000), 8000],
  ["one message that is longer than the buffer", bomb(14_000), Infinity],
] as const;

/** Bytes of the slot that each step changes, and those of all steps. */
function watched(bench: Bench): { most: number; all: number } {
  const seen = { most: 0, all: 0 };
  let bytes = 0;
  bench.board.slots[1].onChange = (from, to) => {
    bytes += to - from;
  };
  bench.run(undefined, () => {
    seen.most = Math.max(seen.most, bytes);
    seen.all += bytes;
    bytes = 0;
  });
  return seen;
}

test("the last of the packages is longer, in base64, than the buffer for whole messages", () => {
  ok((bomb(14_000).length * 4) / 3 > MESSAGE_BYTES_MAX);
  ok(bomb(0).length < 600);
});

for (const [name, offer, chunkBytes] of WAYS) {
  test(`${name}: a step does a bounded piece of the work, and the update ends well`, () => {
    const bench = new Bench({ scenario: "replace", offer, server: { chunkBytes } });
    const { most, all } = watched(bench);
    equal(bench.outcome?.code, 200);
    equal(bench.running, "2.0.0");
    ok(all > 2 * ROOM_BYTES, `${all} bytes`);
    // Each byte is erased and programmed.
    ok(most <= VERIFY_STEP_BYTES, `${most} bytes in a step`);
  });

  test(`${name}: what is corrupt at its end is refused by the Status of its Replace`, () => {
    const bench = new Bench({ scenario: "replace", offer: rotten(offer), server: { chunkBytes } });
    watched(bench);
    equal(bench.outcome?.text, "Replace ./FwUpdate/Main/Update/PkgData was answered 403");
    equal(bench.state, 10);
    equal(bench.running, "1.0.0");
  });
}
