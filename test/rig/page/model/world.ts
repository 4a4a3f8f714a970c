/**
 * What the events of a run say, as of a moment: one fold, which every panel of the page shows. The
 * live page and the report differ only in where events come from.
 */
import type { Partition, Recorded } from "../../events/event.ts";

export type Tone = "rest" | "busy" | "good" | "bad";

/** One erase block. */
export interface Cell {
  /** What of it is programmed, 0 to 1. */
  fill: number;
  erases: number;
  torn: boolean;
  /** When it was written or erased last; -1: never in this run. */
  at: number;
}

export interface PartitionNow extends Partition {
  readonly cells: readonly Cell[];
}

/** A node of the management tree, as a server has seen it. */
export interface TreeNode {
  /** Undefined: the server knows its name alone. */
  readonly value: string | undefined;
  readonly interior: boolean;
  readonly at: number;
}

export interface Boot {
  readonly version: string;
  /** `a` or `b`. */
  readonly slot: string;
  readonly trial: boolean;
}

/** The board, the server and the run at a moment. */
export interface World {
  t: number;
  /** Undefined: nobody said so. */
  power: boolean | undefined;
  boot: Boot | undefined;
  state: number | undefined;
  stateName: string;
  console: "open" | "lost" | undefined;
  readonly partitions: Map<string, PartitionNow>;
  /** Operations on flash so far. */
  operations: number;
  /** What a board counts itself, where its operations are not seen. */
  readonly counts: Map<string, { writes: number; bytes: number; erases: number }>;
  /** Versions that were seen to run from a slot, and are there still. */
  readonly ran: Map<string, string>;
  progress: { readonly bytes: number; readonly total: number } | undefined;
  readonly tree: Map<string, TreeNode>;
  command: { readonly name: string; readonly uri: string; readonly status: number } | undefined;
  result: { readonly code: number; readonly text: string } | undefined;
  end: { readonly status: number; readonly text: string } | undefined;
  scenario: { readonly name: string; readonly phase: string } | undefined;
}

/** Returns the world before the first event. */
function newWorld(): World {
  return {
    t: 0,
    power: undefined,
    boot: undefined,
    state: undefined,
    stateName: "",
    console: undefined,
    partitions: new Map(),
    operations: 0,
    counts: new Map(),
    ran: new Map(),
    progress: undefined,
    tree: new Map(),
    command: undefined,
    result: undefined,
    end: undefined,
    scenario: undefined,
  };
}

const FAILED: readonly number[] = [20, 70, 80];
const DONE = 90;
const IDLE = 10;
const DOWNLOADING = 30;

/** Returns how a State is coloured. */
export function toneOf(state: number | undefined): Tone {
  if (state === undefined || state <= IDLE) return "rest";
  if (state >= DONE) return "good";
  return FAILED.includes(state) ? "bad" : "busy";
}

/** Returns the letter of a slot, which boards say as 0 and 1, a and b. */
export function slotName(slot: string): string {
  const letter = { "0": "a", "1": "b" }[slot];
  return letter ?? slot.toLowerCase();
}

/** Makes `world` what it is after `event`. Kinds that it does not know change its time alone. */
function apply(world: World, event: Recorded): void {
  world.t = event.t;
  switch (event.kind) {
    case "geometry":
      for (const partition of event.partitions)
        world.partitions.set(partition.name, { ...partition, cells: cellsOf(partition) });
      break;
    case "flashop":
      operate(world, event);
      break;
    case "flash":
      count(world, event);
      break;
    case "power":
      world.power = event.on;
      if (!event.on) world.boot = undefined;
      break;
    case "cut":
      world.power = false;
      world.boot = undefined;
      break;
    case "console":
      world.console = event.line;
      break;
    case "boot": {
      const slot = slotName(event.slot);
      world.boot = { version: event.version, slot, trial: event.trial };
      world.power = true;
      world.ran.set(slot, event.version);
      break;
    }
    case "turn":
      if (event.what === "confirmed" && world.boot !== undefined)
        world.boot = { ...world.boot, trial: false };
      break;
    case "state":
      // The result of an update before is none of this one's.
      if (event.state === DOWNLOADING) world.result = undefined;
      world.state = event.state;
      world.stateName = event.name;
      break;
    case "progress":
      if (event.source === "device" || world.progress === undefined) world.progress = event;
      break;
    case "value":
      read(world, event);
      break;
    case "command":
      world.command = event;
      if (event.name === "Delete" && event.status < 300) world.tree.delete(event.uri);
      break;
    case "result":
      world.result = event;
      break;
    case "end":
      world.end = event;
      break;
    case "scenario":
      if (event.phase === "began") renew(world);
      world.scenario = event;
      break;
  }
}

/** A scenario begins with another device, of which nothing is known. */
function renew(world: World): void {
  const { t, partitions, counts, ran, tree } = world;
  for (const map of [partitions, counts, ran, tree]) map.clear();
  Object.assign(world, { ...newWorld(), t, partitions, counts, ran, tree });
}

function cellsOf({ blocks, blockLength, used }: Partition): Cell[] {
  return Array.from({ length: blocks }, (_, block) => ({
    fill: Math.max(0, Math.min(1, (used - block * blockLength) / blockLength)),
    erases: 0,
    torn: false,
    at: -1,
  }));
}

function operate(world: World, event: Extract<Recorded, { kind: "flashop" }>): void {
  world.operations = event.n;
  const partition = world.partitions.get(event.partition);
  const cell = partition?.cells[event.block];
  if (partition === undefined || cell === undefined) return;
  cell.at = event.t;
  cell.erases = event.erases;
  if (event.op === "erase") {
    world.ran.delete(event.partition);
    cell.fill = 0;
    cell.torn = event.torn !== undefined;
    return;
  }
  cell.fill = Math.min(1, Math.max(cell.fill, (event.from + event.bytes) / partition.blockLength));
  cell.torn ||= event.torn !== undefined;
}

function count(world: World, event: Extract<Recorded, { kind: "flash" }>): void {
  const { writes, bytes, erases } = world.counts.get(event.partition) ?? {
    writes: 0,
    bytes: 0,
    erases: 0,
  };
  world.counts.set(event.partition, {
    writes: writes + event.writes,
    bytes: bytes + event.bytes,
    erases: erases + event.erases,
  });
}

/** A value was read; of an interior node it is the names of its children. */
function read(world: World, event: Extract<Recorded, { kind: "value" }>): void {
  const { uri, value, format, t: at } = event;
  const interior = format === "node";
  world.tree.set(uri, { value: interior ? "" : value, interior, at });
  if (interior)
    for (const name of value.split("/").filter((each) => each !== "")) {
      const child = `${uri}/${name}`;
      if (!world.tree.has(child))
        world.tree.set(child, { value: undefined, interior: false, at: -1 });
    }
  // A server alone, without the console of its device, knows State by what it has read.
  if (uri.endsWith("/State") && world.boot === undefined && !interior) {
    world.state = Number(value);
    world.stateName = "";
  }
}

/** The newest world, with what has to be folded to get to another moment. */
export class Fold {
  #world = newWorld();
  #next = 0;

  /**
   * Returns the world after the first `count` of `events`. Forward it goes on from where it is;
   * backward it begins anew.
   */
  at(events: readonly Recorded[], count: number): World {
    if (count < this.#next) {
      this.#world = newWorld();
      this.#next = 0;
    }
    for (; this.#next < count; this.#next++) {
      const event = events[this.#next];
      if (event !== undefined) apply(this.#world, event);
    }
    return this.#world;
  }
}
