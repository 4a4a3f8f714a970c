/**
 * One run of board `host` on the bench: a whole update, an idle device, or one session under
 * valgrind; what each took.
 */
import type { Encoding } from "../../../src/session/encoding.ts";
import { host, RUNNER } from "../../rig/boards/host.ts";
import type { RigBoard } from "../../rig/boards/board.ts";
import { DeviceProcess } from "../../rig/device.ts";
import type { FlashCount, Heap } from "../../rig/events/event.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Exit, RigError } from "../../rig/exit.ts";
import { mostHeap, Rig } from "../../rig/rig.ts";
import type { ScenarioName } from "../../rig/server/scenario.ts";
import { packageOf, VERSION_2 } from "../../rig/workshop.ts";

/**
 * A heap that is too small at first and grows by small steps: then the peak is what was needed,
 * within a step.
 */
const SMALL_HEAP = ["--slots", "2048", "--chunks", "16384"];
const LIMIT_MS = 120_000;
const IDLE_MS = 500;
/** Nothing falls due while a device is watched. */
const NEVER_SECONDS = 3600;

export interface Update {
  readonly scenario: ScenarioName;
  readonly packageBytes: number;
  readonly sessions: number;
  /** Messages that the device sent. */
  readonly messages: number;
  /** Bytes on the wire, both ways, HTTP and all. */
  readonly wireBytes: number;
  readonly heap: Heap;
  /** By partition, over all boots. */
  readonly flash: ReadonlyMap<string, FlashCount>;
}

/** The host board, started in another way: words before the runner, and options for it. */
function boardWith(options: readonly string[], before: readonly string[] = []): RigBoard {
  const [program = RUNNER, ...words] = [...before, RUNNER];
  return {
    ...host,
    start: (directory, log) =>
      new DeviceProcess(program, [...words, "--state", directory, ...options], log),
  };
}

/**
 * Version 2 with at least `size` bytes of payload, all the way to its report. Throws a RigError
 * when that fails.
 */
export async function measureUpdate(
  scenario: ScenarioName,
  size: number,
  encoding: Encoding = "xml",
): Promise<Update> {
  const log = new EventLog("host");
  const offer = packageOf(host, VERSION_2, size);
  const rig = await Rig.open({
    board: boardWith(SMALL_HEAP),
    log,
    scenario,
    size,
    auth: "md5",
    offer,
    encoding,
  });
  try {
    rig.start();
    const outcome = await rig.finished(LIMIT_MS);
    if (!outcome.ok) throw new RigError(Exit.failed, `${scenario}: ${outcome.text}`);
    await rig.switchOff();
    const { received, sent } = rig.traffic;
    const messages = log.all("message").filter(({ direction }) => direction === "sent");
    return {
      scenario,
      packageBytes: offer.length,
      sessions: messages.filter(({ text }) => text.startsWith("message 1 ")).length,
      wireBytes: received + sent,
      messages: messages.length,
      heap: heapOf(log),
      flash: flashOf(log),
    };
  } finally {
    await rig.close();
  }
}

/**
 * Bytes on the wire of one session, both ways, HTTP and all: values are asked for, and a download
 * is ordered.
 */
export async function measureSession(encoding: Encoding): Promise<number> {
  const log = new EventLog("host");
  const provision = { once: true, pollSeconds: NEVER_SECONDS };
  const rig = await Rig.open({
    board: host,
    log,
    scenario: "download",
    size: 0,
    auth: "md5",
    encoding,
    provision,
  });
  try {
    await rig.start().ended;
    const { received, sent } = rig.traffic;
    return received + sent;
  } finally {
    await rig.close();
  }
}

/** The heap of a device that is loaded, and waits. */
export async function measureIdle(): Promise<Heap> {
  const log = new EventLog("host");
  const provision = { sessionAtBoot: false, pollSeconds: NEVER_SECONDS };
  const rig = await Rig.open({
    board: boardWith(SMALL_HEAP),
    log,
    scenario: "download",
    size: 0,
    auth: "md5",
    provision,
  });
  try {
    rig.start();
    await new Promise((resolve) => {
      setTimeout(resolve, IDLE_MS);
    });
    await rig.switchOff();
    return heapOf(log);
  } finally {
    await rig.close();
  }
}

/**
 * Instructions of a boot with one session, which for `replace` takes the whole package and verifies
 * it; counted by valgrind, so of this machine's kind. The heap is the board's own: a small one
 * would count its collections.
 */
export async function countInstructions(scenario: ScenarioName, size: number): Promise<number> {
  const log = new EventLog("host");
  const valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
  const board = boardWith(["--watchdog", "0"], valgrind);
  const rig = await Rig.open({
    board,
    log,
    scenario,
    size,
    auth: "md5",
    provision: { once: true, pollSeconds: NEVER_SECONDS },
  });
  try {
    const status = await rig.start().ended;
    const line =
      log.all("serial").findLast((event) => event.line.includes("Collected :"))?.line ?? "";
    const count = Number(/Collected : (\d+)/.exec(line)?.[1]);
    if (!(count > 0))
      throw new RigError(Exit.failed, `valgrind counted nothing: the device ended with ${status}`);
    return count;
  } finally {
    await rig.close();
  }
}

function heapOf(log: EventLog): Heap {
  const heap = mostHeap(log);
  if (heap === undefined) throw new RigError(Exit.failed, "the device did not tell what it took");
  return heap;
}

function flashOf(log: EventLog): ReadonlyMap<string, FlashCount> {
  const sums = new Map<string, FlashCount>();
  for (const { partition, writes, bytes, erases } of log.all("flash")) {
    const sum = sums.get(partition) ?? { partition, writes: 0, bytes: 0, erases: 0 };
    sums.set(partition, {
      partition,
      writes: sum.writes + writes,
      bytes: sum.bytes + bytes,
      erases: sum.erases + erases,
    });
  }
  return sums;
}
