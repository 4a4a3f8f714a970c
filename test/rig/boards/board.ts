/**
 * What the rig needs of a kind of board: build firmware for it, make a device, power it on. One row
 * a board, in boards.ts.
 */
import type { KeyObject } from "node:crypto";
import { type Version, versionText } from "../../../src/image/version.ts";
import type { PartName } from "../../../hal/xs/parts.ts";
import type { Device } from "../device.ts";
import type { EventLog } from "../events/log.ts";
import type { Bench } from "../conformance/driver.ts";
import type { Tool } from "./tools.ts";

/**
 * The account and the rules of a device: src/account/provisioning.ts, with the identity that a
 * board may be given.
 */
export interface DeviceProvision {
  readonly account?: {
    readonly serverId: string;
    readonly address: string;
    readonly encoding?: string;
    readonly auth: string;
    readonly name: string;
    readonly secret: string;
    readonly serverAuth: string;
    readonly serverName: string;
    readonly serverSecret: string;
  };
  readonly keys: readonly string[];
  readonly objects: readonly string[];
  readonly securityCounter?: number;
  readonly allowHttp: boolean;
  readonly allowPrivate: boolean;
  readonly sessionAtBoot?: boolean;
  readonly pollSeconds?: number;
  readonly request?: "none" | "device" | "user";
  readonly trialSeconds?: number;
  readonly downloadSeconds?: number;
  readonly answers?: readonly string[];
  readonly typedAnswers?: boolean;
  readonly confirm?: "none" | "download" | "update" | "both";
  readonly once?: boolean;
  readonly trace?: boolean;
  /** UDP port on which the board listens for pushes: OMA has 2948. Absent: it does not listen. */
  readonly pushPort?: number;
  readonly nonceResync?: boolean;
  readonly packageTypes?: readonly string[];
  readonly bootstrap?: readonly string[];
  readonly networkSecret?: string;
  /**
   * Certificates of the authorities that vouch for servers, one or two: DER in base64. For boards
   * with TLS.
   */
  readonly ca?: string | readonly string[];
  readonly identity?: { readonly [name: string]: string };
}

/** What is started: its name and arguments. */
export type Program = readonly [name: string, ...words: string[]];

/** One board, whole. */
export interface BoardRow {
  /** What this machine must have. */
  readonly tools: readonly Tool[];
  /** What is built once, before anything else of the board is. */
  readonly prepare?: () => void;
  /** How the rig makes and runs devices; absent: the kit alone knows this board. */
  readonly driver?: RigBoard;
  /** The board on the bench of the conformance kit; lines of its console go to `print`. */
  readonly bench: (print: (line: string) => void) => Bench;
  /**
   * XS on this board, for programs that end by themselves: what runs the blob at the path `blob`
   * with so many slots of stack, built under the name `name`. Absent: it has no XS of its own.
   */
  readonly engine?: (name: string, blob: string, stack: number) => Program;
}

/**
 * What fails in firmware that must not stay: it ends in its first line; does nothing any more;
 * hears nothing of its server; or says itself that it is not well. test/rig/firmware has them.
 */
export const FIRMWARE_FAULTS = ["crashes", "hangs", "mute", "unhealthy"] as const;
export type FirmwareFault = (typeof FIRMWARE_FAULTS)[number];

/** The module that the program begins with. */
export function entryOf(fault: FirmwareFault | undefined): string {
  return fault === undefined ? "src/main" : `test/rig/firmware/${fault}`;
}

/** What is special about a build of firmware; by default nothing: it is the product, whole. */
export interface BuildOptions {
  /** What it is to fail in. */
  readonly fault?: FirmwareFault | undefined;
  /**
   * The payload of the release that devices run, on boards of XS: a delta from it is small.
   */
  readonly previous?: Buffer | undefined;
  /** Parts that it does without, on boards of XS. */
  readonly without?: readonly PartName[] | undefined;
}

/** The name of a build of that firmware. */
export function buildName(version: Version, build: BuildOptions): string {
  const { fault, previous, without = [] } = build;
  const after = previous === undefined ? [] : "after";
  const words = [fault ?? [], after, without.map((part) => `no-${part}`)].flat();
  return [versionText(version), ...words].join("-");
}

export interface RigBoard {
  readonly name: string;
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  /** Bytes of the header of its packages, when not 32. */
  readonly headerSize?: number;
  /** The private key of its vendor, when not that of this checkout. */
  readonly key?: KeyObject;
  /** It does not tell the security counter of what it runs: the line provisions this least one. */
  readonly securityCounter?: number;
  /** It is there already, and is not made new for each run. */
  readonly stays?: boolean;
  /**
   * Firmware of that version that this board really boots, at least `sizeMin` bytes long. Throws a
   * RigError when it cannot be built.
   */
  firmware(version: Version, sizeMin: number, build?: BuildOptions): Buffer;
  /**
   * A device as it leaves the factory: `image` in slot A, erased flash elsewhere. A device that is
   * there already is left alone.
   */
  manufacture(directory: string, image: Buffer, key: KeyObject): void;
  /** Gives the device what it is told from outside; takes effect at its next start. */
  provision(directory: string, provision: DeviceProvision): void;
  /**
   * Powers the device on. `keyboard`: what is typed here is typed at its console, on boards that
   * have one.
   */
  start(directory: string, log: EventLog, keyboard?: boolean): Device;
}

/**
 * `payload`, made at least `sizeMin` bytes long by bytes that do not compress, so that the wire
 * carries them all.
 */
export function padded(payload: Buffer, sizeMin: number): Buffer {
  if (payload.length >= sizeMin) return payload;
  const filler = Buffer.alloc(sizeMin - payload.length);
  let state = 0x9e3779b9;
  for (let i = 0; i < filler.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    filler[i] = state & 0xff;
  }
  return Buffer.concat([payload, filler]);
}
