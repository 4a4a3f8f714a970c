/** Records to begin with, and what may boot. */
import type { ResetCause } from "../../../hal/hal.ts";
import type { UpdateEvent } from "../../../src/update/event.ts";
import { IDLE, type Phase, type UpdateRecord } from "../../../src/update/record.ts";

export const booted = (
  slot: number,
  trial: boolean,
  cause: ResetCause = "restart",
): UpdateEvent => ({
  type: "booted",
  slot,
  trial,
  cause,
});

/** In `phase`, with a ticket to acknowledge and a notice to send. */
export function at(phase: Phase, more: Partial<UpdateRecord> = {}): UpdateRecord {
  const tickets = [{ id: 1, owner: "a", reason: "succeeded" }] as const;
  const notices = [{ url: "http://a/n", attempt: 0, reason: "succeeded" }] as const;
  return {
    ...IDLE,
    phase,
    generation: 4,
    object: "y",
    slot: 0,
    digest: "d1",
    tickets,
    notices,
    nextTicket: 2,
    ...more,
  };
}
