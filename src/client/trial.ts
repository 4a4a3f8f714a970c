/**
 * What one session means for the image that runs. The peer may be anybody until it has proved
 * itself: by its credentials or, where the account asks for none, by its TLS certificate. An image
 * on trial is confirmed once it has done what a server that proved itself asked first, and
 * condemned by its own test, by what resets it, or by a server that proved itself and refuses it.
 *
 * Bytes of TLS and HTTP are handled where the link is polled: an image is exposed from the moment
 * when the session asks for the first time.
 */
import type { Url } from "../../hal/hal.ts";
import type { Credentials } from "../account/accounts.ts";

/**
 * What proves a server. `nothing` is for laboratories: plain http and an account that asks for no
 * credentials. Such a server counts as proved with its first message, since no session is opened
 * over http unless the provisioning allows it (src/base/urlrules.ts): without that no image could
 * be confirmed there.
 */
export type Proof = "credentials" | "certificate" | "nothing";

/** Returns what proves the server at that address, of which these credentials are asked. */
export function proofOf(
  { scheme }: Pick<Url, "scheme">,
  { type }: Pick<Credentials, "type">,
): Proof {
  if (type !== "none") return "credentials";
  return scheme === "https" ? "certificate" : "nothing";
}

/** The part of the engine that a session tells about itself. */
export interface TriedEngine {
  readonly record: { readonly phase: string };
  answered: boolean;
  expose(): void;
  shelter(): void;
  healthy(): void;
  unhealthy(): void;
  completed(): void;
  step(now: number): number;
}

export interface TrialOptions {
  readonly engine: TriedEngine;
  readonly proof: Proof;
  /** The application's own test of an image on trial. */
  readonly selfTest: () => boolean;
}

export class Trial {
  readonly #options: TrialOptions;
  #proved = false;

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /** A message is about to be sent: from now on the peer is heard. */
  asks(): void {
    if (!this.#proved) this.#options.engine.expose();
  }

  /** A message has come whole: over TLS its sender has proved itself. */
  received(): void {
    if (this.#options.proof === "certificate") this.#believe();
  }

  /** The server's credentials are right, or it needs none. */
  proved(): void {
    this.#believe();
  }

  /** The commands of the first message are executed, and both sides have proved themselves. */
  executed(now: number): void {
    const { engine, selfTest } = this.#options;
    if (!this.#proved || engine.record.phase !== "trial") return;
    if (selfTest()) engine.healthy();
    else engine.unhealthy();
    this.#confirm(now);
  }

  /** The server does not accept the credentials of this image. */
  refused(): void {
    if (this.#proved) this.#options.engine.answered = true;
  }

  /**
   * Looks at the deadline of the trial, which runs during a session too. Returns true when the
   * image is rejected: then it has nothing more to say.
   */
  rejected(now: number): boolean {
    const { engine } = this.#options;
    if (engine.record.phase === "trial") engine.step(now);
    return engine.record.phase === "rejecting";
  }

  /** The session is over. Off trial one that completed proves that the image works. */
  ended(completed: boolean): void {
    const { engine } = this.#options;
    engine.shelter();
    if (completed && this.#proved) engine.completed();
  }

  /** Before anything else is said: the report of this session is that of an image that stays. */
  #confirm(now: number): void {
    const { engine } = this.#options;
    while (engine.record.phase === "confirming") engine.step(now);
  }

  #believe(): void {
    this.#proved = true;
    this.#options.engine.shelter();
  }
}
