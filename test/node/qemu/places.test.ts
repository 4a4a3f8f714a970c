/** A firmware that is built after another has its parts where that one has them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { placesOf } from "../../../hal/bare/places.ts";
import { BuildError } from "../../../hal/xs/build.ts";
import { padded } from "../../rig/boards/board.ts";
import { skip } from "./device.ts";

const SMALL = "test/rig/firmware/crashes";

test("a release says where its parts are, padded or not; what is cut short says nothing", {
  skip,
}, () => {
  const release = riscv32.buildFirmware({ name: "places", version: "1", entry: SMALL });
  const places = placesOf(release) ?? assert.fail("no places");
  assert.ok(places.blob < places.rom && places.rom < release.length);
  assert.equal(release.toString("latin1", places.blob, places.blob + 4), "XSAB");
  assert.equal(release.toString("latin1", places.rom, places.rom + 4), "XROM");
  assert.deepEqual(placesOf(padded(release, release.length + 999)), places);
  for (const length of [0, 11, places.blob, places.rom, release.length - 1])
    assert.equal(placesOf(release.subarray(0, length)), undefined, `${length} bytes`);
});

test("parts stay where the release before has them, and move when they do not fit", {
  skip,
}, () => {
  const release = riscv32.buildFirmware({ name: "places", version: "1", entry: SMALL });
  const places = placesOf(release) ?? assert.fail("no places");
  /** The release as if its parts lay so many bytes further. */
  const moved = (bytes: number): Buffer => {
    const gap = Buffer.alloc(bytes);
    const parts = [release.subarray(0, places.blob), gap, release.subarray(places.blob)];
    const whole = Buffer.concat(parts);
    whole.writeUInt32LE(whole.length, 8);
    return whole;
  };
  const after = (previous: Buffer): Buffer =>
    riscv32.buildFirmware({ name: "places-after", version: "2", entry: SMALL, previous });
  const further = { blob: places.blob + 4096, rom: places.rom + 4096 };
  assert.deepEqual(placesOf(after(release)), places);
  assert.deepEqual(placesOf(after(moved(4096))), further);
  assert.deepEqual(placesOf(after(moved(65536))), places);
  assert.throws(() => after(release.subarray(0, places.rom)), BuildError);
});
