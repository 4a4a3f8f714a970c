/**
 * The update record: everything that is needed to go on after a reset, and nothing else.
 *
 * It is stored as JSON under one key. Fields are only ever added, because after a rollback old
 * firmware reads what new firmware wrote: a field that is unknown is ignored, one that is missing
 * or has another type reads as its default, and a phase that is unknown reads as `trial`, in which
 * the hardware decides at the next `booted`. src/update/JOURNAL.md.
 */
import { frozen } from "../base/frozen.ts";
import { ADDRESS_BYTES_MAX } from "../base/limits.ts";
import { asReason, type Reason } from "./reason.ts";

/**
 * The phases, in the order in which an update goes through them, each with its name in the store:
 * there it is called what the first version called it. One name means two phases: what is stored as
 * `arming` is `proving`.
 */
const STORED_PHASES = frozen({
  idle: "idle",
  receiving: "receiving",
  downloading: "downloading",
  verifying: "verifying",
  ready: "ready",
  proving: "arming",
  arming: "restarting",
  trial: "trial",
  confirming: "committing",
  rejecting: "reverting",
  succeeded: "succeeded",
  failed: "failed",
  settled: "settled",
});

/** Where the update is. The phase alone decides what the engine does; see `PHASES`. */
export type Phase = keyof typeof STORED_PHASES;

export const PHASE_NAMES: readonly Phase[] = frozen(Object.keys(STORED_PHASES) as Phase[]);

/** Something a server asked for and must be told the outcome of. */
export interface Ticket {
  readonly id: number;
  /** Who asked, in the asker's own words. The engine only keeps it. */
  readonly owner: string;
  /** Set once the outcome is known; from then on the ticket waits to be reported. */
  readonly reason?: Reason;
  /**
   * The slot that has to run for the outcome "succeeded" to be true: that of an image that was
   * installed. Absent: the outcome does not depend on what runs.
   */
  readonly slot?: number;
}

/** Where the outcome of a download is to be reported, besides to whom asked for it. */
export interface Notice {
  readonly url: string;
  /** How often it was sent. */
  readonly attempt: number;
  /** Set once the outcome is known; from then on it waits to be sent. */
  readonly reason?: Reason;
}

export interface UpdateRecord {
  readonly v: 1;
  readonly phase: Phase;
  /** Counts packages. Progress and comparison of another generation are void. */
  readonly generation: number;
  /** Whose package it is, in the words of the caller. */
  readonly object: string;
  /** Bytes of the package; 0 while unknown. */
  readonly size: number;
  /** Bytes of the image that a delta package makes; absent: the package is the image. */
  readonly image?: number;
  readonly url?: string;
  /** A descriptor named the URL and promised the size. */
  readonly described?: true;
  /** What the server calls this version of the package (ETag). */
  readonly validator?: string;
  /**
   * Attempts of the download in a row that have made no block durable; each is counted when it
   * begins.
   */
  readonly attempt: number;
  /** Minutes with power that the download had taken when its last attempt began. */
  readonly minutes?: number;
  /**
   * Bytes of it came in several answers: `several`. When it is damaged it is fetched once more,
   * from byte 0: `again`.
   */
  readonly answers?: "several" | "again";
  /** How often the bytes came from the first on again. */
  readonly rewinds: number;
  /**
   * Resets that were neither a restart nor a power failure while fetching, verifying, or proving
   * before an installation.
   */
  readonly crashes: number;
  readonly thenInstall: boolean;
  /**
   * True from the moment when this package was asked to be installed: a failure is one of the
   * update, not of the download.
   */
  readonly installing: boolean;
  /** The phase that a person has agreed to, where people are asked. */
  readonly agreed?: "downloading" | "proving";
  /** The slot that ran when the package began to come, and when its installation began. */
  readonly slot?: number;
  /** The slot that was seen on trial. */
  readonly target?: number;
  /** How often this installation went on to arm the package. */
  readonly trials: number;
  /**
   * On trial: bytes of a peer that has not proved itself are being handled. A reset now says
   * nothing of the image.
   */
  readonly exposed?: true;
  /** Restarts that did not end a trial although the image was rejected. */
  readonly restarts: number;
  /** The outcome of the package, from `succeeded` or `failed` on. */
  readonly reason?: Reason;
  /**
   * The staging slot holds the whole, verified package, and nothing speaks against installing it
   * (again).
   */
  readonly kept: boolean;
  /** SHA-256 of the verified image, in hexadecimal. */
  readonly digest?: string;
  readonly version?: string;
  readonly securityCounter?: number;
  readonly tickets: readonly Ticket[];
  readonly nextTicket: number;
  /** Oldest first. */
  readonly notices: readonly Notice[];
}

/** The record of a device that has never updated. */
export const IDLE: UpdateRecord = frozen({
  v: 1,
  phase: "idle",
  generation: 0,
  object: "",
  size: 0,
  attempt: 0,
  rewinds: 0,
  crashes: 0,
  thenInstall: false,
  installing: false,
  trials: 0,
  restarts: 0,
  kept: false,
  tickets: [],
  nextTicket: 1,
  notices: [],
});

/**
 * Returns the URL of a record that has a key of its own in the store: a long one, which is not
 * written again with each change of the record. Earlier firmware took none as long.
 */
export function urlApart({ url }: UpdateRecord): string | undefined {
  return url !== undefined && url.length > ADDRESS_BYTES_MAX ? url : undefined;
}

/**
 * Returns what is stored of a record: the record, with the stored names of phases, and with "" for
 * a URL that is stored apart. Earlier firmware needs one in a download, and ends it with `badURL`.
 */
export function encodeRecord(whole: UpdateRecord): object {
  const record = urlApart(whole) === undefined ? whole : { ...whole, url: "" };
  const { phase, agreed } = record;
  const stored = { ...record, phase: STORED_PHASES[phase] };
  return agreed === undefined ? stored : { ...stored, agreed: STORED_PHASES[agreed] };
}

/** Returns the phase of a stored name, undefined for one that newer firmware has written. */
function phaseOf(stored: unknown): Phase | undefined {
  return PHASE_NAMES.find((name) => STORED_PHASES[name] === stored);
}

/**
 * The record in a stored value, whoever wrote it, with the URL that is stored `apart`; undefined
 * gives IDLE. Never throws.
 */
export function decodeRecord(stored: object | undefined, apart?: string): UpdateRecord {
  if (stored === undefined) return IDLE;
  const value = stored as { readonly [field: string]: unknown };
  const own = string(value["url"]);
  const url = own === "" ? (apart ?? own) : own;
  const validator = string(value["validator"]);
  const digest = string(value["digest"]);
  const version = string(value["version"]);
  const image = count(value["image"]);
  const slot = count(value["slot"]);
  const target = count(value["target"]);
  const securityCounter = count(value["securityCounter"]);
  const tickets = decodeTickets(value["tickets"]);
  const agreed = phaseOf(value["agreed"]);
  const minutes = count(value["minutes"]);
  const answers = value["answers"];
  const reason = value["reason"] === undefined ? undefined : asReason(value["reason"]);
  return {
    v: 1,
    phase: phaseOf(value["phase"]) ?? "trial",
    generation: count(value["generation"]) ?? 0,
    object: string(value["object"]) ?? "",
    size: count(value["size"]) ?? 0,
    attempt: count(value["attempt"]) ?? 0,
    rewinds: count(value["rewinds"]) ?? 0,
    crashes: count(value["crashes"]) ?? 0,
    thenInstall: value["thenInstall"] === true,
    installing: value["installing"] === true,
    trials: count(value["trials"]) ?? 0,
    restarts: count(value["restarts"]) ?? 0,
    kept: value["kept"] === true,
    tickets,
    nextTicket: tickets.reduce(
      (next, ticket) => Math.max(next, ticket.id + 1),
      count(value["nextTicket"]) ?? 1,
    ),
    notices: decodeNotices(value["notices"]),
    ...(image === undefined ? {} : { image }),
    ...(url === undefined ? {} : { url }),
    ...(value["described"] === true ? { described: true } : {}),
    ...(validator === undefined ? {} : { validator }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(answers === "several" || answers === "again" ? { answers } : {}),
    ...(agreed === "downloading" || agreed === "proving" ? { agreed } : {}),
    ...(slot === undefined ? {} : { slot }),
    ...(target === undefined ? {} : { target }),
    ...(value["exposed"] === true ? { exposed: true } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(digest === undefined ? {} : { digest }),
    ...(version === undefined ? {} : { version }),
    ...(securityCounter === undefined ? {} : { securityCounter }),
  };
}

function decodeTickets(value: unknown): readonly Ticket[] {
  const tickets: Ticket[] = [];
  for (const fields of objectsIn(value)) {
    const id = count(fields["id"]);
    const owner = string(fields["owner"]);
    const slot = count(fields["slot"]);
    if (id === undefined || owner === undefined) continue;
    tickets.push({
      id,
      owner,
      ...(fields["reason"] === undefined ? {} : { reason: asReason(fields["reason"]) }),
      ...(slot === undefined ? {} : { slot }),
    });
  }
  return tickets;
}

function decodeNotices(value: unknown): readonly Notice[] {
  const notices: Notice[] = [];
  for (const fields of objectsIn(value)) {
    const url = string(fields["url"]);
    const attempt = count(fields["attempt"]) ?? 0;
    if (url === undefined) continue;
    notices.push(
      fields["reason"] === undefined
        ? { url, attempt }
        : { url, attempt, reason: asReason(fields["reason"]) },
    );
  }
  return notices;
}

/** The members of a list that are objects. */
function objectsIn(value: unknown): readonly { readonly [field: string]: unknown }[] {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === "object" && item !== null)
    : [];
}

function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
