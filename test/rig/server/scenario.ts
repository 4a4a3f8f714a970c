/**
 * What the server does with a device, as data: packages of commands to send, and outcomes to wait
 * for.
 */
import { AlertCode } from "../../../src/syncml/alert.ts";

/** One command on one node. Text becomes format chr, bytes format b64 or bin. */
export interface Operation {
  readonly name: "Add" | "Replace" | "Get" | "Delete" | "Exec" | "Alert";
  readonly uri: string;
  readonly format?: string;
  readonly type?: string;
  readonly data?: string | Uint8Array;
  readonly correlator?: string;
  /** Of an Alert to a person (OMA-TS-DM-Protocol §2.5): its code, options, text and choices. */
  readonly ask?: { readonly code: number; readonly items: readonly string[] };
  /** A node: the command is sent only when its last Get was answered 404. */
  readonly ifMissing?: string;
  /** Statuses with which the scenario goes on. Absent: 200 to 299. */
  readonly accept?: readonly number[] | "any";
}

export type Step =
  /**
   * One package. The next step waits for the status of every command. A single value that is too
   * large goes in chunks.
   */
  | {
      readonly kind: "send";
      readonly operations: readonly Operation[];
      readonly within?: "Sequence" | "Atomic";
    }
  /**
   * The generic alert that ends the operation with this correlator; until it comes sessions only
   * ask for State.
   */
  | { readonly kind: "await"; readonly correlator: string }
  /** What follows depends on the values that were read before. */
  | {
      readonly kind: "choose";
      readonly choice: (values: ReadonlyMap<string, string>) => Choice;
    };

/** Where nothing else is said: the FUMO object, and the correlator of the last Exec. */
const OBJECT = "./FwUpdate/Package1";
const CORRELATOR = "rig-1";

export interface Choice {
  readonly steps: readonly Step[];
  /** What is done once instead when the device does not take a delta. */
  readonly otherwise?: readonly Step[];
}

/** Result codes, and statuses of Replace, by which a device says that it does not take a delta. */
export const DELTA_DECLINED: { readonly [told in "results" | "statuses"]: readonly number[] } = {
  results: [402, 450],
  statuses: [403, 409],
};

export interface Scenario {
  readonly name: string;
  /** URI of the FUMO object x. */
  readonly object: string;
  readonly steps: readonly Step[];
  /** What is asked at the end, also after a failure. */
  readonly closing: readonly Operation[];
}

export type ScenarioName = "replace" | "download" | "download-and-update";
export const SCENARIOS: readonly ScenarioName[] = ["replace", "download", "download-and-update"];

/** A package, where it is served from, and for whom. */
export interface OfferedDelta {
  /** The value of x/Ext/Base of devices that it is for. */
  readonly base: string;
  readonly data: Uint8Array;
  readonly url: string;
}

export interface PackageOffer {
  /** URI of the FUMO object, `./FwUpdate/Package1` by default. */
  readonly object?: string;
  /** The package, for `replace`. */
  readonly data: Uint8Array;
  /** Where the device can get it, for the other two. */
  readonly url: string;
  /** Deltas that bring the same image: a device that runs the base of one gets that first. */
  readonly deltas?: readonly OfferedDelta[];
  readonly name?: string;
  readonly version?: string;
  /** Correlator of the last Exec; that of a download before has `-download` behind it. */
  readonly correlator?: string;
  /**
   * A question to the person at the device, in a Sequence before each Exec: a "No" leaves the Exec
   * undone.
   */
  readonly ask?: string;
}

/** The scenario of that name for one package. */
export function scenarioOf(name: ScenarioName, offer: PackageOffer): Scenario {
  const { object = OBJECT } = offer;
  const { deltas = [] } = offer;
  const steps = deltas.length > 0 ? choosing(name, object, offer, deltas) : install(name, offer);
  return {
    name,
    object,
    steps: [...prepare(object, offer), ...steps],
    closing: [get(`${object}/State`), get("./DevDetail/FwV")],
  };
}

/**
 * One Get says which delta fits, or none; after a delta that is not taken comes the whole image.
 */
function choosing(
  name: ScenarioName,
  object: string,
  offer: PackageOffer,
  deltas: readonly OfferedDelta[],
): readonly Step[] {
  const uri = `${object}/Ext/Base`;
  const { correlator = CORRELATOR } = offer;
  const choice = (values: ReadonlyMap<string, string>): Choice => {
    const base = values.get(uri) ?? "";
    const delta = deltas.find((candidate) => candidate.base === base);
    if (delta === undefined) return { steps: install(name, offer) };
    const { data, url } = delta;
    const whole = { ...offer, correlator: `${correlator}-whole` };
    return { steps: install(name, { ...offer, data, url }), otherwise: install(name, whole) };
  };
  return [
    { kind: "send", operations: [get(uri)] },
    { kind: "choose", choice },
  ];
}

/** How one package is brought, by the way of that name. */
function install(name: ScenarioName, offer: PackageOffer): readonly Step[] {
  const { object = OBJECT, correlator = CORRELATOR, data, url } = offer;
  const exec = (uri: string, correlate: string): Step[] => execution(uri, correlate, offer.ask);
  if (name === "replace")
    return [replaceData(object, data), ...exec(`${object}/Update`, correlator)];
  if (name === "download-and-update")
    return [
      replaceUrl(`${object}/DownloadAndUpdate`, url),
      ...exec(`${object}/DownloadAndUpdate`, correlator),
    ];
  return [
    replaceUrl(`${object}/Download`, url),
    ...exec(`${object}/Download`, `${correlator}-download`),
    ...exec(`${object}/Update`, correlator),
  ];
}

function get(uri: string): Operation {
  return { name: "Get", uri, accept: "any" };
}

/** Who it is, what it runs, and the object, which may be there already or be permanent. */
function prepare(object: string, offer: PackageOffer): Step[] {
  const asked = [
    "./DevInfo/DevId",
    "./DevInfo/Man",
    "./DevInfo/Mod",
    "./DevDetail/FwV",
    `${object}/State`,
  ].map(get);
  const added: Operation = {
    name: "Add",
    uri: object,
    format: "node",
    ifMissing: `${object}/State`,
    accept: [200, 405, 418],
  };
  const named: Operation[] = [];
  if (offer.name !== undefined)
    named.push({ name: "Replace", uri: `${object}/PkgName`, data: offer.name, accept: "any" });
  if (offer.version !== undefined)
    named.push({
      name: "Replace",
      uri: `${object}/PkgVersion`,
      data: offer.version,
      accept: "any",
    });
  const steps: Step[] = [
    { kind: "send", operations: asked },
    { kind: "send", operations: [added] },
  ];
  if (named.length > 0) steps.push({ kind: "send", operations: named });
  return steps;
}

function replaceData(object: string, data: Uint8Array): Step {
  const uri = `${object}/Update/PkgData`;
  return {
    kind: "send",
    operations: [{ name: "Replace", uri, data, type: "application/octet-stream" }],
  };
}

function replaceUrl(node: string, url: string): Step {
  return { kind: "send", operations: [{ name: "Replace", uri: `${node}/PkgURL`, data: url }] };
}

function execution(uri: string, correlator: string, ask: string | undefined): Step[] {
  const exec: Operation = { name: "Exec", uri, correlator };
  const wait: Step = { kind: "await", correlator };
  if (ask === undefined) return [{ kind: "send", operations: [exec] }, wait];
  const question: Operation = {
    name: "Alert",
    uri: "",
    ask: { code: AlertCode.confirm, items: ["", ask] },
    accept: "any",
  };
  return [{ kind: "send", operations: [question, exec], within: "Sequence" }, wait];
}
