/**
 * What is made of measurements: figures, each beside its floor or its budget. README.md says why
 * these.
 */
import { LONG_MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX } from "../../../src/base/limits.ts";
import type { FlashCount, Heap } from "../../rig/events/event.ts";
import type { ScenarioName } from "../../rig/server/scenario.ts";
import type { Figure } from "../figure.ts";
import type { Update } from "./measure.ts";

/**
 * Geometry of the host board (hal/host/README.md), and what a commit of the progress takes there.
 */
const BLOCK_BYTES = 4096;
const PROGRESS_BYTES = 48;
/** What XS takes before it loads a module; chunks have the client's buffers on top. */
const XS_SLOTS = 2793;
const XS_CHUNK_BYTES = 13880;
/** Bytes of HTTP and SyncML that a session without a package takes. */
const SESSION_BYTES = 14336;
/** Slots that a whole update may take, and what is wanted. */
const SLOTS_BUDGET = 28_160;
const SLOTS_GOAL = 20_480;
/** Bytes of a slot on a chip of 32 bits. */
const CHIP_SLOT_BYTES = 16;
/** Bytes of the store that an update takes besides its progress. */
const STORE_BYTES = 10_240;

/** Commits of an update besides those of its progress: record, reports, nonces, account. */
const STORE_WRITES = 60;

/**
 * Sessions without which a scenario cannot be: one to ask, one to report; a Download reports by
 * itself.
 */
const SESSIONS: Readonly<Record<ScenarioName, number>> = {
  replace: 2,
  download: 3,
  "download-and-update": 2,
};

export function heapFigures(group: string, heap: Heap): Figure[] {
  return [
    {
      group,
      name: "slots at most",
      value: heap.peakSlots,
      unit: `of ${heap.slotBytes} B`,
      floor: XS_SLOTS,
      budget: SLOTS_BUDGET,
      goal: SLOTS_GOAL,
    },
    {
      group,
      name: "the same on a chip of 32 bits",
      value: heap.peakSlots * CHIP_SLOT_BYTES,
      unit: "B",
      budget: SLOTS_BUDGET * CHIP_SLOT_BYTES,
      goal: SLOTS_GOAL * CHIP_SLOT_BYTES,
    },
    {
      group,
      name: "chunks at most",
      value: heap.peakChunkBytes,
      unit: "B",
      floor: XS_CHUNK_BYTES + 1.5 * MESSAGE_BYTES_MAX,
      budget: 114688,
    },
    { group, name: "stack at most", value: heap.stackSlots, unit: "slots", budget: 896 },
  ];
}

/** How much more a large package takes. */
export function growthFigure(group: string, small: Heap, large: Heap): Figure {
  const bytes = (heap: Heap): number => heap.peakSlots * heap.slotBytes + heap.peakChunkBytes;
  return {
    group,
    name: "peak heap, 4 MiB against small",
    value: bytes(large) - bytes(small),
    unit: "B",
    budget: 8192,
  };
}

export function updateFigures(update: Update): Figure[] {
  const { scenario, packageBytes } = update;
  const group = `${scenario}, ${packageBytes} B`;
  const blocks = Math.ceil(packageBytes / BLOCK_BYTES);
  const inline = scenario === "replace";
  const wire = inline ? Math.ceil(packageBytes / 3) * 4 : packageBytes;
  const sessions = SESSIONS[scenario];
  const messages = 2 * sessions + (inline ? Math.ceil(wire / LONG_MESSAGE_BYTES_MAX) : 0);
  return [
    {
      group,
      name: "wire bytes per package byte",
      value: update.wireBytes / packageBytes,
      unit: "",
      floor: wire / packageBytes,
      budget: (inline ? 1.36 : 1.01) + (sessions * SESSION_BYTES) / packageBytes,
    },
    {
      group,
      name: "sessions",
      value: update.sessions,
      unit: "",
      floor: sessions,
      budget: sessions,
    },
    {
      group,
      name: "messages of the device",
      value: update.messages,
      unit: "",
      floor: messages,
      budget: Math.ceil(messages * 1.1) + 8,
    },
    ...flashFigures(update, group, blocks, Math.ceil(wire / MESSAGE_BYTES_MAX)),
  ];
}

/**
 * What an update does to the flash. A package in messages commits its progress with each piece that
 * the buffer hands over, one from a host with each block.
 */
function flashFigures(
  { scenario, packageBytes, flash }: Update,
  group: string,
  blocks: number,
  pieces: number,
): Figure[] {
  const inline = scenario === "replace";
  const slot = flash.get("slot-b.flash");
  const store = flash.get("store.flash");
  const perBlock = (count = 0): number => count / blocks;
  return [
    {
      group,
      name: "slot: erases per block",
      value: perBlock(slot?.erases),
      unit: "",
      floor: 1,
      budget: 1,
    },
    {
      group,
      name: "slot: bytes written per package byte",
      value: (slot?.bytes ?? 0) / packageBytes,
      unit: "",
      floor: 1,
      budget: 1.001,
    },
    {
      group,
      name: "slot: writes per block",
      value: perBlock(slot?.writes),
      unit: "",
      floor: 1,
      budget: 4,
    },
    {
      group,
      name: "store: bytes per slot block",
      value: perBlock(store?.bytes),
      unit: "B",
      ...(inline ? {} : { floor: PROGRESS_BYTES }),
      budget: PROGRESS_BYTES + STORE_BYTES / blocks,
    },
    {
      group,
      name: "store: writes",
      value: store?.writes ?? 0,
      unit: "",
      floor: inline ? 0 : blocks,
      budget: (inline ? pieces : blocks) * 1.1 + STORE_WRITES,
    },
    {
      group,
      name: "flash: operations in all",
      value: operations(slot) + operations(store),
      unit: "",
      floor: 2 * blocks,
      budget: 6.2 * blocks + 2 * STORE_WRITES,
    },
    {
      group,
      name: "store: erases",
      value: store?.erases ?? 0,
      unit: "",
      floor: Math.floor((store?.bytes ?? 0) / BLOCK_BYTES),
      budget: Math.ceil((store?.bytes ?? 0) / BLOCK_BYTES) + 3,
    },
  ];
}

function operations(part: FlashCount | undefined): number {
  return part === undefined ? 0 : part.writes + part.erases;
}
