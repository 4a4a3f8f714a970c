/**
 * The heap of the device does not grow with the package: whole updates of board `host`, small and
 * large.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { host } from "../../rig/boards/host.ts";
import type { Heap } from "../../rig/events/event.ts";
import { EventLog } from "../../rig/events/log.ts";
import { mostHeap, Rig } from "../../rig/rig.ts";
import { SCENARIOS, type ScenarioName } from "../../rig/server/scenario.ts";

const LARGE_BYTES = 4 * 1024 * 1024;
/**
 * What the peaks may differ by: two steps in which the slots grow, and less than one step of the
 * chunks (hal/host/run.c). A step of slots is 2 KiB; where in it a small package ends is chance.
 */
const PEAK_SLOTS = 2 * 64;
const PEAK_CHUNK_BYTES = 1024;
/**
 * What live data may differ by: when collections happen is chance. Less than a byte a block of the
 * large package.
 */
const LIVE_BYTES = 8192;
const LIMIT_MS = 300_000;

async function heapOf(scenario: ScenarioName, size: number): Promise<Heap> {
  const log = new EventLog("host");
  const rig = await Rig.open({ board: host, log, scenario, size, auth: "md5" });
  try {
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    assert.ok(outcome.ok, outcome.text);
    await rig.switchOff();
  } finally {
    await rig.close();
  }
  assert.equal(log.all("heap").length, 2, "both boots have told their figures");
  const heap = mostHeap(log);
  assert.ok(heap);
  return heap;
}

for (const scenario of SCENARIOS) {
  test(`${scenario}: the heap of a package of 4 MiB is that of a small one`, async () => {
    const small = await heapOf(scenario, 0);
    const large = await heapOf(scenario, LARGE_BYTES);
    const live = (heap: Heap): number => heap.liveSlots * heap.slotBytes + heap.liveChunkBytes;
    assert.ok(
      Math.abs(large.peakSlots - small.peakSlots) <= PEAK_SLOTS,
      `peak ${small.peakSlots} and ${large.peakSlots} slots`,
    );
    assert.ok(
      Math.abs(large.peakChunkBytes - small.peakChunkBytes) < PEAK_CHUNK_BYTES,
      `peak ${small.peakChunkBytes} and ${large.peakChunkBytes} bytes of chunks`,
    );
    assert.ok(
      live(large) - live(small) < LIVE_BYTES,
      `live ${live(small)} and ${live(large)} bytes`,
    );
  });
}
