/**
 * Replay ids: `download,good,small,torn:ecc/17.tornBits.3/4.before.1` is a variant and its cuts,
 * which is all that a run depends on. A word after the geometry is an offer, `account`,
 * `descriptor`, a form of the package, `p256`, trouble of the flash, or a fault
 * `server:what@request`, `host:what@request`, `dd:what@request` (the descriptor) or
 * `report:what@request` (its status reports).
 */
import { CUT_MODES, type Cut } from "../../../hal/sim/power.ts";
import {
  DM_NUMBERS,
  type Fault,
  HOST_NUMBERS,
  type HostFault,
  type Resource,
} from "../../rig/server/fault.ts";
import { SCENARIOS } from "../../rig/server/scenario.ts";
import {
  BEHAVIOURS,
  type FlashTrouble,
  FLIPPED,
  FLIPS,
  FORMS,
  GEOMETRIES,
  type GeometryName,
  type Variant,
} from "./variant.ts";

/** What is varied, and where the power fails. */
export interface Replay {
  readonly variant: Variant;
  readonly cuts: readonly Cut[];
}

type Numbers = { readonly [what: string]: string | undefined };

/** The word before a fault of the package host, and what of it has the fault. */
const RESOURCES: { readonly [word: string]: Resource | undefined } = {
  host: "package",
  dd: "descriptor",
  report: "status",
};

function hostWord({ on = "package" }: HostFault): string {
  return Object.entries(RESOURCES).find(([, resource]) => resource === on)?.[0] ?? "host";
}

export function replayId({ variant, cuts }: Replay): string {
  return [variantText(variant), ...cuts.map(({ at, mode, seed }) => `${at}.${mode}.${seed}`)].join(
    "/",
  );
}

function variantText(variant: Variant): string {
  const {
    way,
    behaviour,
    geometry,
    offer,
    account,
    descriptor,
    form,
    signer,
    flash,
    faults = [],
    hostFaults = [],
  } = variant;
  const words: string[] = [way, behaviour, geometry];
  if (offer !== "genuine") words.push(offer);
  if (account) words.push("account");
  if (descriptor) words.push("descriptor");
  if (form !== undefined) words.push(form);
  if (signer !== undefined) words.push(signer);
  if (flash !== undefined) words.push(flashText(flash));
  for (const fault of faults) words.push(`server:${faultText(fault, DM_NUMBERS)}`);
  for (const fault of hostFaults)
    words.push(`${hostWord(fault)}:${faultText(fault, HOST_NUMBERS)}`);
  return words.join(",");
}

/** Throws an Error that says which word is wrong. */
export function parseReplayId(id: string): Replay {
  const [text = "", ...cuts] = id.split("/");
  return { variant: parseVariant(text), cuts: cuts.map(parseCut) };
}

function parseVariant(text: string): Variant {
  const [way, behaviour, geometry, ...words] = text.split(",");
  const form = FORMS.find((name) => words.includes(name));
  const variant = {
    way: one(SCENARIOS, way),
    behaviour: one(BEHAVIOURS, behaviour),
    geometry: one(Object.keys(GEOMETRIES), geometry) as GeometryName,
    offer: one(
      ["genuine", "corrupt", "foreign"] as const,
      words.find((word) => word === "corrupt" || word === "foreign") ?? "genuine",
    ),
    account: words.includes("account"),
    ...(form === undefined ? {} : { form }),
    ...(words.includes("p256") ? { signer: "p256" as const } : {}),
  };
  const faults: Fault[] = [];
  const hostFaults: HostFault[] = [];
  let flash: FlashTrouble | undefined;
  for (const word of words) {
    const [kind = "", ...rest] = word.split(":");
    const on = RESOURCES[kind];
    if (kind === "server") faults.push(parseFault(rest.join(":"), DM_NUMBERS) as unknown as Fault);
    else if (on !== undefined) {
      const fault = parseFault(rest.join(":"), HOST_NUMBERS) as unknown as HostFault;
      hostFaults.push(on === "package" ? fault : { ...fault, on });
    } else if (word.includes(":")) flash = parseFlash(kind, rest);
    else one(["corrupt", "foreign", "account", "descriptor", "p256", ...FORMS], word);
  }
  const descriptor = words.includes("descriptor") ? ({ descriptor: true } as const) : {};
  return {
    ...variant,
    ...descriptor,
    faults,
    hostFaults,
    ...(flash === undefined ? {} : { flash }),
  };
}

function flashText(flash: FlashTrouble): string {
  if (flash.what === "torn") return `torn:${flash.reads}`;
  return `${flash.what}:${flash.partition}:${flash.at}:${flash.how}`;
}

function parseFlash(what: string, [first, at, last]: readonly string[]): FlashTrouble {
  if (what === "torn") return { what, reads: one(["metastable", "ecc"] as const, first) };
  if (what === "flip")
    return { what, partition: one(FLIPPED, first), at: Number(at), how: one(FLIPS, last) };
  return {
    what: one(["program", "erase"] as const, what),
    partition: one(["store", "slot"] as const, first),
    at: Number(at),
    how: one(["aloud", "silent"] as const, last),
  };
}

function faultText(fault: Fault | HostFault, numbers: Numbers): string {
  const name = numbers[fault.what];
  const value =
    name === undefined ? "" : `:${String((fault as unknown as Record<string, unknown>)[name])}`;
  const times = fault.times === undefined ? "" : `x${fault.times}`;
  return `${fault.what}${value}@${fault.at}${times}`;
}

function parseFault(text: string, numbers: Numbers): object {
  const match = /^([A-Za-z]+)(?::(\d+))?@(\d+)(?:x(\d+))?$/.exec(text);
  const what = match?.[1];
  if (match === null || what === undefined) throw new Error(`not a fault: ${text}`);
  const name = numbers[what];
  return {
    what,
    at: Number(match[3]),
    ...(match[4] === undefined ? {} : { times: Number(match[4]) }),
    ...(name === undefined ? {} : { [name]: Number(match[2]) }),
  };
}

function parseCut(text: string): Cut {
  const [at, mode, seed] = text.split(".");
  const cut = { at: Number(at), mode: one(CUT_MODES, mode), seed: Number(seed) };
  if (!(cut.at > 0 && cut.seed >= 0)) throw new Error(`a cut is number.mode.seed, not ${text}`);
  return cut;
}

function one<T extends string>(known: readonly T[], word: string | undefined): T {
  const found = known.find((name) => name === word);
  if (found === undefined) throw new Error(`${word ?? "nothing"} is none of ${known.join(", ")}`);
  return found;
}
