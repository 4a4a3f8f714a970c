/**
 * The boot selector as a pure function: what hal/xs/boot/select.c decides, without flash and
 * images. model.test.ts holds it against the selector that boots the simulated board.
 */
export type Slot = 0 | 1;

/** The newest entry of the boot log: the confirmed slot, and what is under way with the other. */
export interface Log {
  readonly slot: Slot;
  readonly trial: "none" | "armed" | "running";
}

/** What a reset boots, and the log that it leaves. */
export interface Choice {
  readonly log: Log;
  readonly slot: Slot;
  readonly trial: boolean;
}

export function other(slot: Slot): Slot {
  return slot === 0 ? 1 : 0;
}

/** Returns what boots; undefined when no slot holds an image. */
export function select(log: Log, usable: (slot: Slot) => boolean): Choice | undefined {
  const tried = other(log.slot);
  if (log.trial === "armed" && usable(tried))
    return { log: { slot: log.slot, trial: "running" }, slot: tried, trial: true };
  const slot = usable(log.slot) ? log.slot : tried;
  return usable(slot) ? { log: { slot, trial: "none" }, slot, trial: false } : undefined;
}

/** Returns the log once the other slot is armed; undefined when the selector refuses. */
export function arm(log: Log, trial: boolean, usable: (slot: Slot) => boolean): Log | undefined {
  return trial || !usable(other(log.slot)) ? undefined : { slot: log.slot, trial: "armed" };
}

/** Returns the log once what runs is kept. */
export function confirm(log: Log, running: Slot, trial: boolean): Log {
  return trial ? { slot: running, trial: "none" } : log;
}
