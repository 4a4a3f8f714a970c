/** What the FUMO object needs of the update engine: see src/update. */

export type Phase = "idle" | "receiving" | "downloading" | "verifying" | "ready" | "arming" | "restarting" | "trial" | "committing"
  | "reverting" | "succeeded" | "failed" | "settled";

export type ImageFault = "corrupt" | "mismatch" | "untrusted" | "unacceptable" | "tooLarge";

export type Reason = "succeeded" | ImageFault | "cancelled" | "authentication" | "timeout" | "badURL" | "serverUnavailable"
  | "serverError" | "network" | "reverted" | "failedBefore" | "noMemory" | "flash" | "undefined";

/** Why a call was not accepted; nothing changed. */
export type Refusal = "busy" | "noPackage" | "tooLarge" | "sequence" | ImageFault;

export interface Ticket {
  readonly id: number;
  readonly owner: string;
  /** Set once the outcome is known; then it waits to be reported. */
  readonly reason?: Reason;
}

/** The part of the update record that FUMO shows. */
export interface UpdateState {
  readonly phase: Phase;
  /** Whose package it is. */
  readonly object: string;
  /** The outcome, from succeeded or failed on. */
  readonly reason?: Reason;
  /** The package was to be installed: a failure is one of the update, not of the download. */
  readonly installing: boolean;
  /** The whole, verified package is still there. */
  readonly kept: boolean;
}

export interface UpdateEngine {
  readonly record: UpdateState;
  open(size: number, object: string): Refusal | undefined;
  write(bytes: Uint8Array): Refusal | undefined;
  close(): Refusal | undefined;
  abort(): void;
  start(url: string, object: string, owner: string, thenInstall: boolean): Refusal | undefined;
  install(object: string, owner: string): Refusal | undefined;
  discard(object: string): Refusal | undefined;
  tickets(): readonly Ticket[];
  settle(id: number): void;
}
