/**
 * What the hardware says at boot, which wins over the record in every phase. The old image is that
 * of the slot beside which the package lies, the new one that of the other slot.
 */
import { CRASHES_MAX, RESTARTS_MAX, TRIALS_MAX } from "../base/limits.ts";
import type { Booted, Handler } from "./event.ts";
import { end, fresh, overwritten, revert, succeed, to } from "./outcome.ts";
import type { Ticket, UpdateRecord } from "./record.ts";

/** An image on trial is never the one that ran before, whatever the record says. */
function atTarget(record: UpdateRecord, event: Booted): boolean {
  if (event.trial) return true;
  return record.target === undefined
    ? record.slot !== undefined && event.slot !== record.slot
    : event.slot === record.target;
}

/** Another slot runs than the one beside which the package came. */
const moved = (record: UpdateRecord, event: Booted): boolean =>
  record.slot !== undefined && event.slot !== record.slot;

const onTrial = (record: UpdateRecord, event: Booted): UpdateRecord =>
  record.phase === "trial" && record.target === event.slot && record.exposed === undefined
    ? record
    : { ...to(record, "trial"), target: event.slot };

/**
 * An image runs on trial that this record knows nothing of: the log was lost. It is tested and
 * confirmed as any other; nothing that the record says is about it.
 */
const unknown = (record: UpdateRecord, event: Booted): UpdateRecord => ({
  ...fresh(record, "trial", "", 0, undefined),
  target: event.slot,
  installing: true,
  trials: TRIALS_MAX,
});

/** What a ticket says of an image that was installed is true while that image runs. */
export function truthful(record: UpdateRecord, event: Booted): UpdateRecord {
  const holds = ({ slot, reason }: Ticket): boolean =>
    slot === undefined || (reason === "succeeded") === (slot === event.slot);
  if (event.trial || record.tickets.every(holds)) return record;
  const tickets = record.tickets.map((ticket): Ticket => {
    if (holds(ticket)) return ticket;
    return { ...ticket, reason: ticket.slot === event.slot ? "succeeded" : "fellBack" };
  });
  return { ...record, tickets };
}

/** While a package comes: what is there of it lies in the slot that runs now, and is void. */
export const coming: Handler<"booted"> = (record, event) => {
  if (event.trial) return unknown(record, event);
  if (!moved(record, event)) return record;
  const { slot } = event;
  const tickets = overwritten(truthful(record, event).tickets, slot);
  return { ...record, tickets, slot, generation: record.generation + 1 };
};

/** A program that crashes again and again over this package gives it up. */
const watched = (record: UpdateRecord, { cause }: Booted): UpdateRecord => {
  if (cause === "power" || cause === "restart") return record;
  return record.crashes < CRASHES_MAX
    ? { ...record, crashes: record.crashes + 1 }
    : end(record, "failed", "undefined", record.kept);
};

export const fetching: Handler<"booted"> = (record, event) =>
  event.trial ? unknown(record, event) : watched(coming(record, event), event);

/**
 * The package is whole, and runs, since nothing else boots any more: where it was to be installed
 * it is tested as on trial, otherwise it is gone from where it was.
 */
const overtaken = (record: UpdateRecord, event: Booted): UpdateRecord =>
  record.thenInstall
    ? onTrial({ ...record, installing: true, thenInstall: false }, event)
    : end(record, "failed", "flash", false);

export const whole: Handler<"booted"> = (record, event) => {
  if (event.trial) return unknown(record, event);
  if (moved(record, event)) return overtaken(record, event);
  return record.phase === "ready" ? record : watched(record, event);
};

/**
 * After an outcome: success is that of the slot that runs, and a package is kept beside it only.
 */
export const over: Handler<"booted"> = (record, event) => {
  if (event.trial) return unknown(record, event);
  const { reason, target } = record;
  if (reason === "succeeded" && target !== undefined && event.slot !== target)
    return { ...record, phase: "failed", reason: "fellBack", kept: false };
  if (reason === "fellBack" && event.slot === target)
    return { ...record, phase: "succeeded", reason: "succeeded" };
  return record.kept && moved(record, event) ? { ...record, kept: false } : record;
};

/**
 * Back on the old image. When power failed, or a stranger's bytes were being handled, nothing is
 * known of the image: the package is armed again, TRIALS_MAX times in all. Any other reset is a
 * verdict on an image that was seen on trial; in `arming` it was not, and may never have run.
 */
const backAtSource = (record: UpdateRecord, event: Booted): UpdateRecord => {
  if (event.cause !== "power" && record.exposed === undefined)
    return end(record, "failed", "reverted", record.kept && record.phase === "arming");
  return record.trials < TRIALS_MAX ? to(record, "proving") : revert(record);
};

/** The package is proved once more before it is armed. */
export const proving: Handler<"booted"> = (record, event) =>
  atTarget(record, event) ? onTrial(record, event) : watched(record, event);

/** The image is armed, or runs on trial. */
export const tried: Handler<"booted"> = (record, event) =>
  atTarget(record, event) ? onTrial(record, event) : backAtSource(record, event);

/** The image has proved itself, and is about to be kept, or is kept already. */
export const staying: Handler<"booted"> = (record, event) => {
  if (!atTarget(record, event)) return backAtSource(record, event);
  const known = { ...record, target: event.slot };
  return event.trial ? known : succeed(known);
};

/**
 * The image is given up. It stays where nothing else boots any more, and is no success for that.
 */
export const left: Handler<"booted"> = (record, event) => {
  if (!atTarget(record, event)) return revert(record);
  if (!event.trial) return end(record, "failed", "reverted", false);
  return record.restarts < RESTARTS_MAX
    ? { ...record, restarts: record.restarts + 1 }
    : end(record, "failed", "undefined", false);
};
