/**
 * What becomes of a record: the steps that several events share. An outcome is decided once, for
 * the package and for all tickets and notices that wait for it.
 */
import { NOTICES_MAX } from "../base/limits.ts";
import { REASONS, type Reason } from "./reason.ts";
import type { Notice, Phase, Ticket, UpdateRecord } from "./record.ts";

/** The same record in another phase. A peer that the image on trial was exposed to is gone. */
export const to = ({ exposed: _, ...record }: UpdateRecord, phase: Phase): UpdateRecord => ({
  ...record,
  phase,
});

/** The outcome of everything that was still running: tickets or notices. */
export function resolve<T extends Ticket | Notice>(
  owed: readonly T[],
  reason: Reason,
): readonly T[] {
  return owed.map((one) => (one.reason === undefined ? { ...one, reason } : one));
}

export function end(
  record: UpdateRecord,
  phase: "succeeded" | "failed",
  reason: Reason,
  kept: boolean,
): UpdateRecord {
  const tickets = resolve(record.tickets, reason);
  const notices = resolve(record.notices, reason);
  return { ...to(record, phase), reason, kept, thenInstall: false, tickets, notices };
}

/** What was found while the package was fetched or verified. */
export const failWith = (
  record: UpdateRecord,
  { reason }: { readonly reason: Reason },
): UpdateRecord => end(record, "failed", reason, record.kept && !REASONS[reason].against);
export const revert = (record: UpdateRecord): UpdateRecord =>
  end(record, "failed", "reverted", record.kept);
/** A verdict: this image is not tried again. */
export const condemn = (record: UpdateRecord): UpdateRecord => ({
  ...to(record, "rejecting"),
  kept: false,
});

/** The outcome of a ticket is history: it does not depend any more on what runs. */
function past({ slot: _, ...ticket }: Ticket): Ticket {
  return ticket;
}

/** The outcomes of this installation depend on its image from now on, and no others do. */
export function succeed(record: UpdateRecord): UpdateRecord {
  const { target } = record;
  const tickets = record.tickets.map((ticket) =>
    ticket.reason === undefined && target !== undefined
      ? { ...ticket, slot: target }
      : past(ticket),
  );
  return end({ ...record, tickets }, "succeeded", "succeeded", false);
}

/**
 * The record of another package, beside the slot that runs: nothing stays of the last one but
 * reports that are owed. Those that are about an image in the other slot are history.
 */
export function fresh(
  record: UpdateRecord,
  phase: Phase,
  object: string,
  size: number,
  slot: number | undefined,
): UpdateRecord {
  const tickets = slot === undefined ? record.tickets : overwritten(record.tickets, slot);
  return {
    v: 1,
    phase,
    generation: record.generation + 1,
    object,
    size,
    attempt: 0,
    rewinds: 0,
    crashes: 0,
    thenInstall: false,
    installing: false,
    trials: 0,
    restarts: 0,
    kept: false,
    tickets: resolve(tickets, "cancelled"),
    nextTicket: record.nextTicket,
    notices: resolve(record.notices, "cancelled"),
    ...(slot === undefined ? {} : { slot }),
  };
}

export function overwritten(tickets: readonly Ticket[], running: number): readonly Ticket[] {
  return tickets.map((ticket) => (ticket.slot === running ? ticket : past(ticket)));
}

export function withTicket(record: UpdateRecord, owner: string): UpdateRecord {
  return {
    ...record,
    tickets: [...record.tickets, { id: record.nextTicket, owner }],
    nextTicket: record.nextTicket + 1,
  };
}

/**
 * One more to be told of the outcome of the download; there is room for few, and the oldest goes.
 */
export function withNotice(record: UpdateRecord, url: string | undefined): UpdateRecord {
  return url === undefined
    ? record
    : { ...record, notices: [...record.notices, { url, attempt: 0 }].slice(-NOTICES_MAX) };
}
