/**
 * A state of the model: what is durable, what runs, and what has really happened, which the device
 * cannot know. Two states that differ only in numbers that grow without a meaning have the same
 * key: see `canonical`.
 */
import type { ResetCause } from "../../../hal/hal.ts";
import { REASONS, type Reason } from "../../../src/update/reason.ts";
import { IDLE, type Phase, type Ticket, type UpdateRecord } from "../../../src/update/record.ts";
import { type Log, other, type Slot } from "./selector.ts";

/**
 * What lies in a slot: an image by its number, whole and genuine; `bad`: whole and not; `none`:
 * nothing that boots.
 */
export type Content = number | "bad" | "none";

/**
 * What a session on trial has come to: nobody is heard, somebody, or a server that proved itself.
 */
export type Session = "none" | "heard" | "proved";

export interface State {
  readonly record: UpdateRecord;
  readonly log: Log;
  /** The newest entry of the log is the one that confirmed an image. */
  readonly confirming: boolean;
  readonly slots: readonly [Content, Content];
  /** What runs; undefined between a reset and what boots next. */
  readonly running: { readonly slot: Slot; readonly trial: boolean } | undefined;
  /** Why the board was reset last. */
  readonly cause: ResetCause;
  /** The machine has been told what booted. */
  readonly told: boolean;
  readonly session: Session;
  /** A server that proved itself has refused the image on trial. */
  readonly refused: boolean;
  /** The package's digest is among those that failed; installations of it without a verdict. */
  readonly banned: boolean;
  readonly vain: number;
  /** The image on trial has done what is a verdict. */
  readonly blame: boolean;
  /** Trials that the selector has begun since the installation was asked for. */
  readonly trials: number;
  /** Faults of flash that may still come. */
  readonly faults: number;
  /** Images that have been confirmed. */
  readonly confirmed: readonly number[];
  /** What each ticket is about. */
  readonly about: readonly Subject[];
}

/** What a ticket was asked for, and the image that was installed for it. */
export interface Subject {
  readonly kind: "download" | "install";
  readonly image: number;
}

const FACTORY = 1;

/** What is explored: one question at a time, or nothing would come to an end. */
export interface Scope {
  /** How often flash may fail for good. */
  readonly faults: number;
  /** Tickets at a time: one that is owed and one that is new meet in every way. */
  readonly tickets: number;
  /** Attempts of a download, descriptors and those who are told of its outcome. */
  readonly downloads: boolean;
}

/** A device as it leaves the factory. */
export function start({ faults }: Scope): State {
  return {
    record: IDLE,
    log: { slot: 0, trial: "none" },
    confirming: false,
    slots: [FACTORY, "none"],
    running: undefined,
    cause: "power",
    told: false,
    session: "none",
    refused: false,
    banned: false,
    vain: 0,
    blame: false,
    trials: 0,
    faults,
    confirmed: [FACTORY],
    about: [],
  };
}

/**
 * Installations without a verdict are told apart up to here: whether an image that was installed in
 * vain has to wait is left open from the first time on.
 */
export const VAIN_MAX = 1;

/**
 * The same state with numbers that only count made small: generation, ids of tickets, numbers of
 * images in the order in which they are met. The confirmed slot is 0: neither the machine nor the
 * selector tells one slot from the other.
 */
export function canonical(found: State): State {
  const state = found.log.slot === 0 ? found : mirrored(found);
  const { record, slots, about, confirmed } = state;
  const names = new Map<number, number>();
  const name = (image: number): number => {
    if (image === 0) return 0;
    const known = names.get(image) ?? names.size + 1;
    names.set(image, known);
    return known;
  };
  const renamed = slots.map((content) => (typeof content === "number" ? name(content) : content));
  const subjects = about.map(({ kind, image }) => ({ kind, image: name(image) }));
  const tickets = record.tickets.map((ticket, at) => ({ ...ticket, id: at + 1 }));
  return {
    ...state,
    cause: state.told ? "power" : state.cause,
    record: { ...record, generation: 0, tickets, nextTicket: tickets.length + 1 },
    slots: [renamed[0] ?? "none", renamed[1] ?? "none"],
    about: subjects,
    confirmed: [...names].flatMap(([old, now]) => (confirmed.includes(old) ? [now] : [])).sort(),
  };
}

/** The same state with the slots exchanged. */
function mirrored(state: State): State {
  const { record, log, slots, running } = state;
  const { slot, target } = record;
  const tickets = record.tickets.map((ticket) =>
    ticket.slot === undefined ? ticket : { ...ticket, slot: 1 - ticket.slot },
  );
  return {
    ...state,
    record: {
      ...record,
      tickets,
      ...(slot === undefined ? {} : { slot: 1 - slot }),
      ...(target === undefined ? {} : { target: 1 - target }),
    },
    log: { ...log, slot: other(log.slot) },
    slots: [slots[1], slots[0]],
    running: running === undefined ? undefined : { ...running, slot: other(running.slot) },
  };
}

/** Phases in which these numbers matter; before and after them they are begun anew. */
const CRASHING: readonly Phase[] = ["downloading", "verifying", "proving"];
const TRYING: readonly Phase[] = ["proving", "arming", "trial", "confirming", "rejecting"];

/** As far as the machine goes by it. */
function reasonClass(reason: Reason | undefined): string {
  if (reason === undefined || reason === "succeeded" || reason === "fellBack") return reason ?? "";
  return REASONS[reason].against ? "against" : "failed";
}

/** An outcome that does not depend on what runs only waits to be acknowledged, whatever it is. */
function ticketClass({ reason, slot }: Ticket, subject: Subject | undefined): string {
  if (reason !== undefined && slot === undefined) return "owed";
  return `${subject?.kind ?? ""}${subject?.image ?? 0}/${reason ?? ""}/${slot ?? ""}`;
}

/**
 * A text that two states share when nothing can tell them apart from now on: canonical states that
 * differ only in what does not matter any more.
 */
export function keyOf(state: State): string {
  const { record: r, log, running } = state;
  const trying = TRYING.includes(r.phase);
  const about = reasonClass(r.reason);
  const aimed = trying || about === "succeeded" || about === "fellBack";
  return [
    r.phase,
    r.object,
    r.phase === "idle" || r.phase === "receiving" ? r.size : 0,
    r.phase === "downloading" ? `${r.attempt}${r.rewinds}${r.described === true ? 1 : 0}` : "",
    r.phase === "downloading" || r.phase === "verifying" ? (r.answers ?? "") : "",
    CRASHING.includes(r.phase) ? r.crashes : 0,
    trying ? `${r.trials}/${r.restarts}/${state.trials}` : "",
    about,
    r.agreed === r.phase ? "agreed" : "",
    r.slot ?? "",
    aimed ? (r.target ?? "") : "",
    `${+r.thenInstall}${+r.installing}${+r.kept}${r.exposed === true ? 1 : 0}`,
    r.digest === undefined ? "" : "digest",
    r.tickets.map((ticket, at) => ticketClass(ticket, state.about[at])).join(),
    r.notices.map(({ attempt, reason }) => `${attempt}/${reason === undefined ? 0 : 1}`).join(),
    log.slot,
    log.trial,
    running === undefined ? "off" : `${running.slot}${+running.trial}`,
    state.told ? "told" : state.cause,
    `${state.faults > 0 && state.confirming ? 1 : 0}${+state.refused}${+state.banned}` +
      `${+state.blame}`,
    state.session,
    state.vain,
    state.faults,
    state.slots.join(),
    state.confirmed.join(),
  ].join(" ");
}
