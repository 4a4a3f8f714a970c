/** What is made of a run on the bare-metal board: values by row. README.md says what each is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../root.ts";
import type { Case } from "./cases.ts";
import type { Run } from "./run.ts";

/** Rows of an update, in the order of the table: name and unit. */
export const ROWS = {
  perByte: ["received, in flash, verified", "a byte"],
  install: ["installing, up to the restart", "a byte"],
  broken: ["sessions that broke", ""],
  connections: ["connections", ""],
  fullHandshakes: ["full handshakes", ""],
  resumedHandshakes: ["resumed handshakes", ""],
  roundTrips: ["round trips", ""],
  httpBytes: ["HTTP on the wire", "B a byte"],
  tlsBytes: ["the same in records of TLS", "B a byte"],
  ipBytes: ["the same in packets of TCP/IP", "B a byte"],
  liveSlots: ["XS slots that live", "slots"],
  slotRoom: ["slots of the heap for each", "x"],
  liveChunks: ["XS chunks that live", "B"],
  chunkRoom: ["bytes of their heap for each", "x"],
  stack: ["C stack", "B"],
  lwipHeap: ["lwIP's heap", "B"],
  lwipPools: ["lwIP's pools", "B"],
  tls: ["memory of TLS", "KiB"],
  spare: ["RAM to spare", "KiB"],
  flashOperations: ["flash operations", ""],
} as const satisfies { readonly [key: string]: readonly [name: string, unit: string] };

/** Rows of a session of ten Gets. */
export const GET_ROWS = {
  instructions: ["from idle to its end", "M"],
  broken: ROWS.broken,
  connections: ROWS.connections,
  fullHandshakes: ROWS.fullHandshakes,
  resumedHandshakes: ROWS.resumedHandshakes,
  roundTrips: ROWS.roundTrips,
  httpBytes: ["HTTP on the wire", "B"],
  tlsBytes: ["the same in records of TLS", "B"],
  ipBytes: ["the same in packets of TCP/IP", "B"],
} as const satisfies { readonly [key: string]: readonly [name: string, unit: string] };

export type Values<K extends string> = { readonly [key in K]?: number };

const M = 1e6;
const KIB = 1024;

/** The package begins to come; it is in flash and verified. */
const PACKAGE_COMES = /update: (?:downloading|receiving) /;
const PACKAGE_VERIFIED = /update: verified /;
const INSTALLING = /update: installing /;
const RESTARTING = /heap: at most /;
const IDLE = /update: State 10 /;
const FIRST_MESSAGE = /session: sent message 1 /;
const COMPLETED = /session \w+ completed/;

const PACKAGE = { from: PACKAGE_COMES, to: PACKAGE_VERIFIED };
/** Lines between which a case is profiled. */
export const PROFILED: { readonly [what in Case["what"]]: typeof PACKAGE } = {
  replace: PACKAGE,
  download: PACKAGE,
  "download-and-update": PACKAGE,
  gets: { from: IDLE, to: COMPLETED },
};

/** Sizes of the heaps of XS: hal/bare/firmware.c. */
function heapSizes(): { readonly slots: number; readonly chunks: number } {
  const text = readFileSync(join(root, "hal/bare/firmware.c"), "utf8");
  const slots = Number(/#define HEAP_SLOTS (\d+)/.exec(text)?.[1]);
  const chunks = KIB * Number(/#define HEAP_CHUNKS \((\d+) \* 1024\)/.exec(text)?.[1]);
  return { slots, chunks };
}

/**
 * What the device said of sessions that did not end well: its server did not answer, or not in
 * time. Such a session is begun again, and the figures are those of both.
 */
export function brokenSessions({ metered }: Run): readonly string[] {
  return metered.log
    .all("session")
    .filter(({ outcome }) => outcome !== "completed")
    .map(({ id, outcome, detail }) => `session ${id} ${outcome}: ${detail}`);
}

function spareKiB({ metered }: Run): number {
  return metered.least(/board: (\d+) bytes of RAM to spare/) / KIB;
}

/** Rows that say the same of updates and of sessions; `bytes` is what they are divided by. */
function wire(run: Run, bytes: number, https: boolean): Values<keyof typeof ROWS> {
  const { traffic, capture } = run;
  return {
    broken: brokenSessions(run).length,
    connections: capture.connections,
    ...(https
      ? {
          fullHandshakes: traffic.fullHandshakes,
          resumedHandshakes: traffic.resumedHandshakes,
          tlsBytes: capture.carriedBytes / bytes,
        }
      : {}),
    roundTrips: capture.roundTrips,
    httpBytes: (traffic.received + traffic.sent) / bytes,
    ipBytes: capture.ipBytes / bytes,
  };
}

/** `plain`: the same update without TLS, which tells what TLS takes. */
export function updateValues(run: Run, plain?: Run): Values<keyof typeof ROWS> {
  const { metered, packageBytes } = run;
  const heaps = heapSizes();
  const liveSlots = metered.most(/left at most (\d+) slots/);
  const liveChunks = metered.most(/left at most \d+ slots, (\d+) bytes of chunks/);
  return {
    perByte: metered.spent(0, PACKAGE_COMES, PACKAGE_VERIFIED) / packageBytes,
    install: metered.spent(0, INSTALLING, RESTARTING) / packageBytes,
    ...wire(run, packageBytes, plain !== undefined),
    liveSlots,
    slotRoom: heaps.slots / liveSlots,
    liveChunks,
    chunkRoom: heaps.chunks / liveChunks,
    stack: metered.most(/at most (\d+) bytes of C stack/),
    lwipHeap: metered.most(/(\d+) of lwIP's heap/),
    lwipPools: metered.most(/(\d+) of its pools/),
    ...(plain === undefined ? {} : { tls: spareKiB(plain) - spareKiB(run) }),
    spare: spareKiB(run),
    flashOperations: metered.numbers(/(\d+) flash operations/).reduce((sum, n) => sum + n, 0),
  };
}

export function getValues(run: Run, https: boolean): Values<keyof typeof GET_ROWS> {
  return { instructions: run.metered.spent(0, IDLE, COMPLETED) / M, ...wire(run, 1, https) };
}

/** Of the whole update, from power-on until the server has the report. */
export function updateTotals(run: Run): {
  readonly spareKiB: number;
  readonly instructions: number;
} {
  const { metered } = run;
  const instructions = (metered.at(0, RESTARTING) + metered.at(1, RESTARTING)) / M;
  return { spareKiB: spareKiB(run), instructions };
}

/** From a reset to the first message, in the first boot and in the one of the new image. */
export function bootValues({ metered }: Run): { readonly first: number; readonly second: number } {
  return { first: metered.at(0, FIRST_MESSAGE) / M, second: metered.at(1, FIRST_MESSAGE) / M };
}
