/** A scenario of `xs-fumo test`, as data: what is offered, what goes wrong, and what must hold. */
import type { AuthKind } from "../../../src/account/authkind.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import type { WrongCertificate } from "../rig.ts";
import type { DeviceProvision, FirmwareFault } from "../boards/board.ts";
import type { Fault, HostFault } from "../server/fault.ts";
import type { ScenarioName } from "../server/scenario.ts";

/** What a board must be able to do for a scenario, and what a person reads when it cannot. */
export const NEEDS = {
  tls: "needs TLS",
  cut: "needs a switch of its power",
  provisioning: "needs a way to provision it",
} as const;
export type Need = keyof typeof NEEDS;

/** What is offered: genuine firmware of version 2, or what is wrong with it. */
export type Offer =
  | "genuine"
  | "same-version"
  | "foreign-signature"
  | "unsigned"
  | "corrupt"
  | "truncated"
  | "wrong-vendor"
  | "wrong-class"
  | "not-an-image"
  | "old-counter"
  | "downgrade"
  | "delta"
  | "compressed"
  | "corrupt-delta"
  | "foreign-delta"
  | FirmwareFault;

/** A moment of an update, as the device's console tells it. */
export type Moment =
  | { readonly progress: number } // percent of the package
  | { readonly state: number }
  | { readonly turn: "verified" | "armed" | "confirmed" }
  | "trial" // the first boot on trial
  | "unheard"; // the first session that fails

/** What is done at a moment, once: to the device, or to the servers. */
export type Act = { readonly at: Moment } & Deed;

type Deed =
  /** The power of the device is off for so long. */
  | { readonly cutMs: number }
  /** The servers reset their connections, and refuse others for so long. */
  | { readonly awayMs: number }
  /** The same, but that attempts to connect get no answer. */
  | { readonly silentMs: number }
  /** The servers, which no byte of a request may have reached, show a certificate that is good. */
  | { readonly certificate: "good" };

/** What must hold at the end. The server decides; the console is a witness. */
export interface Expectation {
  /** The result code of FUMO. */
  readonly code: number;
  /** What runs, as the device tells the server: what was offered, or what ran before. */
  readonly runs: "offered" | "before";
  /** The package was asked for by range, so a download that broke off went on. */
  readonly resumed?: true;
  /** What had come was given up: all of the package came in one answer, from its first byte. */
  readonly afresh?: true;
  /** Boots on trial. */
  readonly trials?: number;
  /** What the host of the package was told of a download by descriptor. */
  readonly status?: number;
}

export interface TestScenario {
  /** GROUP.NAME, kept for ever: dashboards know it. */
  readonly name: string;
  readonly about: string;
  readonly needs?: readonly Need[];
  /** By default download-and-update. */
  readonly way?: ScenarioName;
  readonly auth?: AuthKind;
  readonly encoding?: Encoding;
  readonly offer?: Offer;
  readonly descriptor?: true;
  readonly https?: true;
  /** Shown until an act shows the good one. */
  readonly wrongCertificate?: WrongCertificate | undefined;
  /** The host in PkgURL is a name that no DNS knows. */
  readonly nameless?: true | undefined;
  /** What the DM server does wrong. */
  readonly faults?: readonly Fault[];
  /** What the host of the package does wrong, for a package of so many bytes. */
  readonly hostFaults?: (bytes: number) => readonly HostFault[];
  readonly acts?: readonly Act[];
  readonly provision?: Partial<DeviceProvision>;
  readonly expect: Expectation;
  /** Seconds that it takes on board sim, roughly. */
  readonly seconds: number;
}

/** What a board must be able to do for the scenario. */
export function needsOf({ needs = [], acts = [], ...given }: TestScenario): readonly Need[] {
  const { auth, encoding, provision, https } = given;
  const isOwn = [auth, encoding, provision, https].some((each) => each !== undefined);
  return [
    ...needs,
    ...(acts.some((act) => "cutMs" in act) ? (["cut"] as const) : []),
    ...(isOwn ? (["provisioning"] as const) : []),
  ];
}
