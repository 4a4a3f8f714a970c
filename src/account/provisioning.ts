/**
 * What the factory, or whoever flashes a development board, tells a device: its account, the
 * vendor's keys, its rules. One JSON text; a product keeps it in a partition of its own or compiles
 * it in. Unknown members are ignored. PROVISIONING.md has a row for each member.
 */
import { frozen } from "../base/frozen.ts";
import { parseAddress, type Url } from "../base/url.ts";
import { AUTH_KINDS, type AuthKind } from "./authkind.ts";

/** What a person is asked before it begins. */
export type Confirm = "none" | "download" | "update" | "both";

/** A DM account. The server must show its own credentials unless `serverAuth` is none. */
export interface ProvisionedAccount {
  /**
   * The account as the text has it, whole: whether it is another one than before does not depend on
   * what this version reads of it.
   */
  readonly origin: string;
  readonly serverId: string;
  /** Where the DM server is; allowHttp and allowPrivate hold for it as for packages. */
  readonly address: Url;
  /**
   * No bootstrap message replaces the account: true unless the text says false. A secret that opens
   * bootstrap is often that of a whole network, and what it brings instead, an account of another
   * ServerID, can be had beside this one.
   */
  readonly pinned: boolean;
  /** What sessions begin in. */
  readonly encoding: "xml" | "wbxml";
  readonly auth: AuthKind;
  readonly name: string;
  readonly secret: string;
  readonly serverAuth: AuthKind;
  readonly serverName: string;
  readonly serverSecret: string;
}

export interface Provision {
  readonly account: ProvisionedAccount | undefined;
  /**
   * Vendor public keys, SPKI DER in base64; `KEY until 7` is revoked by the first confirmed image
   * with security counter 7 or more. No key: no package is ever accepted.
   */
  readonly keys: readonly string[];
  /** The least security counter that a package may have; confirmed updates raise it. */
  readonly securityCounter: number;
  /** FUMO objects that exist from the start, as names below ./FwUpdate. */
  readonly objects: readonly string[];
  /**
   * Media types, besides application/octet-stream, of packages that a download descriptor may name.
   */
  readonly packageTypes: readonly string[];
  /** Plain http, to DM servers, packages and reports: for a laboratory. */
  readonly allowHttp: boolean;
  /**
   * Addresses of the device, its link and private networks, written out: DM servers and packages.
   */
  readonly allowPrivate: boolean;
  readonly allowDowngrade: boolean;
  /** A session every so many seconds; 0: only when there is a reason. */
  readonly pollSeconds: number;
  /** A session at every start, reason or not. */
  readonly sessionAtBoot: boolean;
  /** Ask the server for an update in the first session (FUMO §10.3). */
  readonly request: "none" | "device" | "user";
  /**
   * Believe a notification made with the nonce 0x00000000, for servers that lose theirs
   * (OMA-TS-DM-Notification §6.1). Weakens it.
   */
  readonly nonceResync: boolean;
  /**
   * How a bootstrap message may be sealed: NETWORKID, USERPIN, USERPIN_NETWORKID. None: this device
   * takes none.
   */
  readonly bootstrap: readonly string[];
  /** The secret of NETWORKID. */
  readonly networkSecret: string;
  /** URIs of the objects on which a bootstrapped server gets every right, besides its account. */
  readonly bootstrapObjects: readonly string[];
  /**
   * An image on trial that is not confirmed after so many seconds is given up; 0:
   * TRIAL_DEADLINE_MS.
   */
  readonly trialSeconds: number;
  /**
   * A download that takes longer than so many seconds, with power on and with its pauses, ends with
   * 407; 0: DOWNLOAD_MS_MAX.
   */
  readonly downloadSeconds: number;
  /**
   * What people say to questions, as src/user/scripted.ts reads it; empty: nobody can be asked.
   */
  readonly answers: readonly string[];
  /**
   * People are asked where they can type, if the board has a keyboard; the list of answers does not
   * count then.
   */
  readonly typedAnswers: boolean;
  /** What a person is asked before it begins. */
  readonly confirm: Confirm;
  /** End after one session: for tools, not for products. */
  readonly once: boolean;
  /** Log every message whole. */
  readonly trace: boolean;
}

type Json = { readonly [name: string]: unknown };

const ENCODINGS = frozen(["xml", "wbxml"]);
const CONFIRM = frozen(["none", "download", "update", "both"]);
const BOOTSTRAP_OBJECTS: readonly string[] = frozen(["./FwUpdate"]);
const REQUESTS = frozen(["none", "device", "user"]);

/**
 * Reads a provisioning text. A wrong text is a mistake of the person who wrote it: throws an Error
 * that names the member.
 */
export function parseProvision(text: string): Provision {
  const json: unknown = JSON.parse(text);
  demand(isObject(json), "provision: not a JSON object");
  return {
    account: json.account === undefined ? undefined : parseAccount(json.account),
    keys: strings(json, "keys"),
    securityCounter: number(json, "securityCounter"),
    objects: strings(json, "objects"),
    packageTypes: strings(json, "packageTypes").map((type) => type.toLowerCase()),
    allowHttp: flag(json, "allowHttp"),
    allowPrivate: flag(json, "allowPrivate"),
    allowDowngrade: flag(json, "allowDowngrade"),
    pollSeconds: number(json, "pollSeconds"),
    sessionAtBoot: flag(json, "sessionAtBoot"),
    request: choice(json, "request", REQUESTS, "none"),
    nonceResync: flag(json, "nonceResync"),
    bootstrap: strings(json, "bootstrap"),
    networkSecret: string(json, "networkSecret"),
    bootstrapObjects:
      json.bootstrapObjects === undefined ? BOOTSTRAP_OBJECTS : strings(json, "bootstrapObjects"),
    trialSeconds: number(json, "trialSeconds"),
    downloadSeconds: number(json, "downloadSeconds"),
    answers: strings(json, "answers"),
    typedAnswers: flag(json, "typedAnswers"),
    confirm: choice(json, "confirm", CONFIRM, "none"),
    once: flag(json, "once"),
    trace: flag(json, "trace"),
  };
}

function parseAccount(json: unknown): ProvisionedAccount {
  demand(isObject(json), "provision: account is not an object");
  const serverId = string(json, "serverId");
  demand(serverId !== "", "provision: account has no serverId");
  const address = parseAddress(string(json, "address"));
  if (typeof address === "string") throw new Error(`provision: address of account ${address}`);
  return {
    origin: JSON.stringify(json),
    serverId,
    address,
    pinned: flag(json, "pinned", true),
    encoding: choice(json, "encoding", ENCODINGS, "xml"),
    auth: choice(json, "auth", AUTH_KINDS, "none"),
    name: string(json, "name"),
    secret: string(json, "secret"),
    serverAuth: choice(json, "serverAuth", AUTH_KINDS, "none"),
    serverName: string(json, "serverName"),
    serverSecret: string(json, "serverSecret"),
  };
}

/** The text is a person's, and its fault no broken invariant: the message says what is wrong. */
function demand(condition: boolean, text: string): asserts condition {
  if (!condition) throw new Error(text);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function string(json: Json, name: string): string {
  const value = json[name] ?? "";
  demand(typeof value === "string", `provision: ${name} is not a string`);
  return value;
}

function strings(json: Json, name: string): readonly string[] {
  const value = json[name] ?? [];
  const good = Array.isArray(value) && value.every((item) => typeof item === "string");
  demand(good, `provision: ${name} is not a list of strings`);
  return value;
}

function flag(json: Json, name: string, otherwise = false): boolean {
  const value = json[name] ?? otherwise;
  demand(typeof value === "boolean", `provision: ${name} is not true or false`);
  return value;
}

function number(json: Json, name: string): number {
  const value = json[name] ?? 0;
  demand(typeof value === "number" && value >= 0, `provision: ${name} is not a number`);
  return value;
}

function choice<T extends string>(
  json: Json,
  name: string,
  choices: readonly T[],
  otherwise: T,
): T {
  const value = json[name] ?? otherwise;
  const found = choices.find((item) => item === value);
  demand(found !== undefined, `provision: ${name} is not one of ${choices.join(", ")}`);
  return found;
}
