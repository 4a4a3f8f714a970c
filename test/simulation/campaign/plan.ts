/**
 * What a campaign consists of: sweeps of variants, in an order in which the first ones say most.
 */
import { SCENARIOS } from "../../rig/server/scenario.ts";
import { parseReplayId } from "./id.ts";
import { Sweep } from "./sweep.ts";
import type { Tally } from "./tally.ts";
import { BEHAVIOURS, GEOMETRIES, type GeometryName } from "./variant.ts";

/**
 * Packages that a descriptor names, and what its host does wrong once with descriptor and reports.
 */
const DESCRIBED = [
  "download,good,small,descriptor",
  "download-and-update,good,small,descriptor",
  "download,good,small,corrupt,descriptor",
  "download-and-update,crashLate,bytes,descriptor",
];
const DESCRIPTOR_FAULTS = [
  "report:lose@1",
  "dd:truncate:100@1",
  "report:status:503@1x2",
  "dd:slow:40@1",
  "dd:status:503@1",
];

/** Deltas and compressed packages, and a delta from an image that does not run. */
const PACKED = [
  "download,good,small,delta",
  "replace,good,small,delta",
  "download-and-update,good,small,compressed",
  "download,good,small,otherbase",
  "replace,good,small,otherbase",
  "download,good,small,corrupt,delta",
];
/** How the base of a delta reads, from which read on. */
const ROTTEN = ["1:once", "4:stuck", "2:always", "3:byte", "8:once", "12:stuck", "20:byte"];

/** One piece of work, as it travels to another process. */
export interface Job {
  readonly set: "singles" | "pairs" | "chains" | "loops" | "flash" | "network";
  /** The variant, as in a replay id. */
  readonly variant: string;
}

/** `quick` is what `npm test` can afford. */
export type Size = "quick" | "whole";

/**
 * Reads of the store after which a bit, or a byte, of it is wrong for good, and in which
 * geometries: those with more than two blocks, since the block is lost with it.
 */
const STUCK_AT = [1, 3, 10, 18, 30, 45, 60, 80, 100, 150, 200, 250, 300, 400, 500, 700];
const STUCK_IN: readonly GeometryName[] = ["small", "bytes", "small", "coarse", "small", "pages"];

const SEEDS = 4;
const CHAINS = 8;
const LOOPS = [3, 8, 25];

/** Request by request, what the DM server and the package host do wrong once. */
const SERVER_FAULTS = [
  "lose",
  "drop",
  "duplicate",
  "malformed",
  "oversize:20000",
  "wrongCredentials",
  "staleNonce",
  "cut:90",
  "restart",
  "status:503",
  "slow:20000",
  "wrongMsgRef",
];
/** What becomes of a message that goes to the slot while it comes. */
const LONG_FAULTS = ["malformed", "cut:15000", "drop", "wrongCredentials", "duplicate"];
const HOST_FAULTS = [
  "lose",
  "truncate:200",
  "wholeAnswer",
  "noLength",
  "slow:40",
  "changed",
  "overlong:1000",
  "corrupt:150",
  "wrongContentRange",
  "status:404",
  "status:503",
];

export function jobsOf(size: Size): readonly Job[] {
  const quick = size === "quick";
  const geometries = (Object.keys(GEOMETRIES) as GeometryName[]).filter((name) => name !== "long");
  const jobs: Job[] = [];
  const add = (set: Job["set"], variant: string): void => {
    jobs.push({ set, variant });
  };
  const behavioursOf = (geometry: string): readonly string[] =>
    quick || geometry === "large" ? ["good"] : BEHAVIOURS;
  for (const geometry of quick ? geometries.slice(0, 3) : geometries) {
    for (const [index, way] of SCENARIOS.entries()) {
      add("singles", `${way},good,${geometry}${index === 0 ? ",account" : ""}`);
      if ((quick && geometry !== "small") || geometry === "large") continue;
      const bad = quick ? [BEHAVIOURS[1 + (index % 3)] ?? "crash"] : BEHAVIOURS.slice(1);
      for (const behaviour of bad) add("singles", `${way},${behaviour},${geometry}`);
    }
  }
  if (quick) add("singles", "download-and-update,crashProved,small");
  if (!quick) add("singles", "replace,good,long");
  for (const fault of LONG_FAULTS)
    for (const at of quick ? [4] : [3, 4, 5])
      add("network", `replace,good,long,server:${fault}@${at}`);
  for (const way of SCENARIOS.filter((name) => !quick || name !== "download")) {
    for (const offer of ["corrupt", "foreign"]) add("singles", `${way},good,small,${offer}`);
  }
  for (const words of ["p256", "foreign,p256"])
    add("singles", `download-and-update,good,small,${words}`);
  for (const way of quick ? [] : SCENARIOS) add("pairs", `${way},good,small`);
  for (const geometry of quick ? ["small"] : geometries) {
    for (const way of SCENARIOS) {
      for (const behaviour of behavioursOf(geometry)) {
        add("chains", `${way},${behaviour},${geometry}`);
        add("loops", `${way},${behaviour},${geometry}`);
      }
    }
  }
  for (const trouble of flashTroubles(quick))
    for (const way of ["download", "replace"]) add("flash", `${way},good,small,${trouble}`);
  for (const [index, at] of (quick ? [60] : STUCK_AT).entries()) {
    const geometry = STUCK_IN[index % STUCK_IN.length] ?? "small";
    for (const how of ["stuck", "byte"]) {
      add("flash", `download,good,${geometry},flip:store:${at}:${how}`);
      add("flash", `replace,good,${geometry},account,flip:store:${at}:${how}`);
    }
  }
  for (const variant of quick ? PACKED : [...PACKED, ...packed()]) add("singles", variant);
  for (const trouble of quick ? ROTTEN.slice(0, 2) : ROTTEN)
    for (const way of ["download", "replace"])
      add("flash", `${way},good,small,delta,flip:base:${trouble}`);
  for (const way of quick ? [] : SCENARIOS) {
    add("pairs", `${way},good,small,delta`);
    for (const form of ["delta", "compressed"]) {
      add("chains", `${way},good,small,${form}`);
      add("loops", `${way},good,small,${form}`);
      if (way === "replace") continue;
      for (const fault of HOST_FAULTS)
        for (const at of [1, 2]) add("network", `${way},good,small,${form},host:${fault}@${at}`);
    }
  }
  for (const way of SCENARIOS) {
    for (const fault of SERVER_FAULTS) {
      for (const at of quick ? [4] : [2, 5])
        add("network", `${way},good,small,server:${fault}@${at}`);
    }
    if (way === "replace") continue;
    for (const fault of HOST_FAULTS) {
      for (const at of quick ? [1] : [1, 2])
        add("network", `${way},good,small,host:${fault}@${at}`);
    }
  }
  for (const variant of quick ? DESCRIBED.slice(1, 2) : DESCRIBED) add("singles", variant);
  for (const variant of quick ? [] : DESCRIBED.slice(0, 2)) add("chains", variant);
  for (const fault of quick ? DESCRIPTOR_FAULTS.slice(0, 1) : DESCRIPTOR_FAULTS)
    add("network", `${DESCRIBED[0] ?? ""},${fault}`);
  return jobs;
}

/** Every way, geometry and offer with packages that are not the image itself. */
function packed(): readonly string[] {
  const geometries = Object.keys(GEOMETRIES).filter((name) => name !== "large");
  return ["delta", "compressed"].flatMap((form) =>
    SCENARIOS.flatMap((way) => [
      ...geometries.map((geometry) => `${way},good,${geometry},${form}`),
      `${way},crashLate,small,${form}`,
      `${way},good,small,corrupt,${form}`,
      `${way},good,small,foreign,${form}`,
    ]),
  );
}

function flashTroubles(quick: boolean): readonly string[] {
  const troubles: string[] = ["torn:ecc", "torn:metastable"];
  for (const partition of ["store", "slot"]) {
    for (const how of ["aloud", "silent"]) {
      for (const at of quick ? [2] : [1, 2, 3]) troubles.push(`erase:${partition}:${at}:${how}`);
      for (const at of quick ? [3] : [1, 2, 3, 5, 8, 13, 21])
        troubles.push(`program:${partition}:${at}:${how}`);
    }
    for (const at of quick ? [10] : [1, 3, 10, 30, 100, 200, 300, 500, 1000])
      troubles.push(`flip:${partition}:${at}:once`);
  }
  for (const at of quick ? [3] : [1, 2, 3, 5, 8, 13]) {
    troubles.push(`flip:slot:${at}:always`);
    troubles.push(`flip:slot:${at}:stuck`);
  }
  return troubles;
}

/** Does one job in the seeds of a round. */
export function perform(
  { set, variant: text }: Job,
  round: number,
  size: Size,
  tally: Tally,
): void {
  const { variant } = parseReplayId(text);
  const sweep = new Sweep(variant, tally, round);
  const quick = size === "quick";
  switch (set) {
    case "singles":
      sweep.singles(set, quick ? 1 : SEEDS);
      break;
    case "pairs":
      sweep.pairs(set);
      break;
    case "chains":
      sweep.chains(set, quick ? 3 : CHAINS);
      break;
    case "loops":
      sweep.loops(set, quick ? [8] : LOOPS);
      break;
    case "flash":
    case "network":
      sweep.uncut(set);
      if (!quick || text.includes("torn:"))
        sweep.singles(set, variant.flash?.what === "torn" ? SEEDS : 1);
      break;
  }
}
