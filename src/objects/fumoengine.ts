/**
 * What the FUMO object needs of the update engine (src/update), and no more: a fake of it is short.
 */
import type { Ticket, UpdateRecord } from "../update/record.ts";
import type { Refusal } from "../update/refusal.ts";

/** The part of the update record that FUMO shows. */
export type UpdateState = Pick<UpdateRecord, "phase" | "object" | "reason" | "installing" | "kept">;

export interface UpdateEngine {
  readonly record: UpdateState;
  open(size: number, object: string): Refusal | undefined;
  write(bytes: Uint8Array): Refusal | undefined;
  readonly working: boolean;
  work(): Refusal | undefined;
  close(): Refusal | undefined;
  abort(): void;
  start(url: string, object: string, owner: string, thenInstall: boolean): Refusal | undefined;
  install(object: string, owner: string): Refusal | undefined;
  discard(object: string): Refusal | undefined;
  tickets(): readonly Ticket[];
  settle(id: number): void;
  /** SHA-256, in hexadecimal, and length of what deltas are made from; "" where there is none. */
  baseText(): string;
}
