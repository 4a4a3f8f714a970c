/**
 * The update engine: performs what the phase of the record calls for. Every change is `reduce`,
 * then durable, then acted upon.
 *
 * The engine has no state that a reset could lose and the record does not have, but streams and
 * digests under way.
 */
import type { Base, Boot, Flash, LogLevel } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { hex } from "../base/bytes.ts";
import {
  TICKET_OWNER_LENGTH_MAX,
  TICKETS_MAX,
  TRIAL_DEADLINE_MS,
  URL_BYTES_MAX,
} from "../base/limits.ts";
import type { ImagePolicy } from "../image/policy.ts";
import type { ImageFacts } from "../image/verifier.ts";
import { versionText } from "../image/version.ts";
import type { Store } from "../store/store.ts";
import { Download, type Offer } from "./download.ts";
import { flashFailure } from "./failure.ts";
import type { Fetcher } from "./fetcher.ts";
import { Intake, type IntakeFault, type IntakeOptions } from "./intake.ts";
import { Journal } from "./journal.ts";
import type { UpdateEvent } from "./event.ts";
import { PHASES, reduce } from "./machine.ts";
import { Notices } from "./notices.ts";
import { failedDigests } from "./memory.ts";
import { Proof } from "./proof.ts";
import { Quarantine } from "./quarantine.ts";
import type { Reason } from "./reason.ts";
import type { Ticket, UpdateRecord } from "./record.ts";
import type { Refusal } from "./refusal.ts";
import { RunningBase } from "./runningbase.ts";
import { Staging } from "./staging.ts";

const NOTHING = new Uint8Array(0);

export interface EngineOptions {
  readonly store: Store;
  readonly staging: Flash;
  /** Absent: no delta packages. */
  readonly base?: Base | undefined;
  readonly boot: Boot;
  readonly policy: ImagePolicy;
  readonly fetcher: Fetcher;
  readonly log: (level: LogLevel, text: string) => void;
  /**
   * How long after its start an image on trial has to prove itself; TRIAL_DEADLINE_MS by default.
   */
  readonly trialDeadlineMs?: number;
  /**
   * A person has to agree to a download before anything of it is taken: see `offer` and `consent`.
   */
  readonly askBeforeDownload?: boolean;
}

export class Engine {
  /** Reports of downloads to those whom a descriptor named. */
  readonly notices: Notices;
  /** What a person has to agree to before the download goes on. */
  offer: Offer | undefined;
  /**
   * To be set when a server that has proved itself refuses this image: one that is not confirmed in
   * time has itself to blame then.
   */
  answered = false;
  #options: EngineOptions;
  #journal: Journal;
  #quarantine: Quarantine;
  #listener: ((record: UpdateRecord) => void) | undefined;
  #boot: Boot;
  #staging: Staging;
  #policy: ImagePolicy;
  #intake: IntakeOptions;
  #push: Intake | undefined;
  /** What was given to `write` and has still to be taken. */
  #rest: Uint8Array = NOTHING;
  #download: Download | undefined;
  #proof: Proof | undefined;

  /** Reads the record; performs nothing before `boot`. */
  constructor(options: EngineOptions) {
    this.#options = options;
    this.#boot = options.boot;
    this.#journal = new Journal(options.store, options.log);
    this.#quarantine = new Quarantine(options.store);
    this.#journal.onChange = (record) => {
      this.#quarantine.changed();
      this.#listener?.(record);
    };
    this.notices = new Notices(this.#journal);
    this.#staging = new Staging(options.staging, options.store);
    this.#policy = {
      ...options.policy,
      capacity: Math.min(options.policy.capacity, this.#staging.capacity),
    };
    this.#intake = {
      staging: this.#staging,
      policy: this.#policy,
      base: new RunningBase(options.base),
      failed: () => failedDigests(options.store),
    };
  }

  /** What is durable. FUMO State and reports are functions of it. */
  get record(): UpdateRecord {
    return this.#journal.record;
  }

  /** Called after each change is durable. */
  set onChange(listener: ((record: UpdateRecord) => void) | undefined) {
    this.#listener = listener;
  }

  /** When an image on trial is given up, in ms of the board's clock; Infinity off trial. */
  get deadline(): number {
    const { trialDeadlineMs = TRIAL_DEADLINE_MS } = this.#options;
    return this.record.phase === "trial" ? trialDeadlineMs : Infinity;
  }

  /** Bytes of the largest package that fits. */
  get capacity(): number {
    return this.#policy.capacity;
  }

  /** Bytes of the package that have come so far; 0 when none are coming. */
  get position(): number {
    return (this.#download ?? this.#push)?.position ?? 0;
  }

  /** True while the fetcher has a request under way, not in the pause between two attempts. */
  get fetching(): boolean {
    return this.#download?.paused === false;
  }

  /** Once, before anything else: tells the machine what booted. */
  boot(): void {
    const { slot, trial, cause } = this.#boot.running();
    this.#options.log(
      "info",
      `slot ${slot} runs${trial ? ", on trial" : ""}, after ${cause}; update ${this.record.phase}`,
    );
    const { phase, target, exposed } = this.record;
    this.#journal.dispatch({ type: "booted", slot, trial, cause });
    if (phase === "trial" && exposed === true && slot !== target)
      this.#options.log(
        "warning",
        "the trial ended while a peer that had not proved itself was heard: " +
          "no verdict on the image",
      );
    const stays = phase === "rejecting" && slot === target && !trial;
    if (stays)
      this.#options.log("error", "no other image can be booted: the one that was rejected stays");
  }

  /**
   * A package of `size` bytes comes in pieces from the first byte on; 0 when the size is not known.
   * It replaces the last one. The same package again after an interruption is compared with what is
   * in flash, and written where it differs.
   */
  open(size: number, object: string): Refusal | undefined {
    if (PHASES[this.record.phase].on.opened === undefined) return "busy";
    if (size > this.#policy.capacity) return "tooLarge";
    this.#forget();
    const { slot } = this.#boot.running();
    if (!this.#journal.accept({ type: "opened", object, size, slot })) return "busy";
    this.#staging.compare(this.record.generation);
    this.#push = new Intake(this.#intake, size);
    return undefined;
  }

  /**
   * The next bytes. After a refusal the stream is closed and the phase is idle. A few bytes may
   * make the whole slot: while `working` they stay as they are, and `work` goes on.
   */
  write(bytes: Uint8Array): Refusal | undefined {
    assert(!this.working, "what came before is not worked off");
    this.#rest = bytes;
    return this.work();
  }

  /** True while `work`, and neither `write` nor `close`, takes what `write` was given. */
  get working(): boolean {
    return this.#push !== undefined && (this.#push.working || this.#rest.length > 0);
  }

  /** A bounded piece of what `write` has left. Refuses as `write`. */
  work(): Refusal | undefined {
    const push = this.#push;
    if (push === undefined) return "sequence";
    const fault = (push.working ? push.work() : undefined) ?? this.#take(push);
    if (fault !== undefined) return this.#refuse(push, fault);
    if (push.judged) this.#journal.dispatch({ type: "unpacking", image: push.image });
    this.#staging.checkpoint();
    return undefined;
  }

  #take(push: Intake): IntakeFault | undefined {
    if (push.working || this.#rest.length === 0) return undefined;
    const taken = push.take(this.#rest);
    if (typeof taken !== "number") return taken;
    this.#rest = taken < this.#rest.length ? this.#rest.subarray(taken) : NOTHING;
    return undefined;
  }

  /** All bytes are there: `step` verifies them. After a refusal the phase is idle. */
  close(): Refusal | undefined {
    const push = this.#push;
    if (push === undefined) return "sequence";
    const fault = push.finish();
    if (fault !== undefined) return this.#refuse(push, fault);
    this.#forget();
    this.#journal.dispatch({ type: "complete", size: push.position });
    return undefined;
  }

  /** No more bytes will come. What is durable helps when the same package comes again. */
  abort(): void {
    if (this.record.phase !== "receiving") return;
    this.#forget();
    this.#journal.dispatch({ type: "aborted" });
  }

  /**
   * Fetches the package at `url`, and installs it when `thenInstall`. The outcome is reported for
   * `owner`.
   */
  start(url: string, object: string, owner: string, thenInstall: boolean): Refusal | undefined {
    if (url.length > URL_BYTES_MAX) return "tooLarge";
    if (PHASES[this.record.phase].on.started === undefined || !this.#ticketFits(owner))
      return "busy";
    this.#forget();
    const { slot } = this.#boot.running();
    return this.#journal.accept({ type: "started", url, object, owner, thenInstall, slot })
      ? undefined
      : "busy";
  }

  /**
   * Installs the package of `object`, at once or as soon as it is verified. `step` restarts the
   * board in the course of it. A package that was found bad, and that nobody was told of, is
   * accepted too: what is wrong with it is then the outcome.
   */
  install(object: string, owner: string): Refusal | undefined {
    const { record } = this;
    const event: UpdateEvent = { type: "install", slot: this.#boot.running().slot, owner };
    if (record.object !== object || reduce(record, event) === record) {
      return PHASES[record.phase].on.opened === undefined ? "busy" : "noPackage";
    }
    return this.#ticketFits(owner) && this.#journal.accept(event) ? undefined : "busy";
  }

  /**
   * Drops the package and what is known of it. What was asked for and still runs is reported as
   * cancelled.
   */
  discard(object: string): Refusal | undefined {
    if (this.record.object !== object) return "noPackage";
    if (PHASES[this.record.phase].on.discarded === undefined) return "busy";
    this.#forget();
    this.#journal.dispatch({ type: "discarded" });
    return undefined;
  }

  /** What a person says of the download or installation that `step` would begin. */
  consent(given: boolean): void {
    const notify = this.offer?.description?.notify;
    this.#forget();
    this.#journal.dispatch({ type: "consent", given, notify });
  }

  /**
   * A session begins with a peer that may be anybody: on trial this is durable before the peer is
   * heard, so that a reset from here to `shelter` costs a trial and says nothing of the image.
   */
  expose(): void {
    this.#journal.dispatch({ type: "exposed" });
  }

  /** The peer has proved itself, or the session is over. */
  shelter(): void {
    this.#journal.dispatch({ type: "sheltered" });
  }

  /** The image on trial is good: it will be kept. */
  healthy(): void {
    this.#journal.dispatch({ type: "healthy" });
  }

  /** A session has completed. Off trial the boot selector forgets the crashes before it. */
  completed(): void {
    if (!this.#boot.running().trial) this.#done(() => this.#boot.confirm());
  }

  /** The image on trial is not good. */
  unhealthy(): void {
    this.#journal.dispatch({ type: "unhealthy" });
  }

  /** With a reason: to be reported; without: still running. */
  tickets(): readonly Ticket[] {
    return this.record.tickets;
  }

  /** The server acknowledged the report of this ticket. */
  settle(id: number): void {
    this.#journal.dispatch({ type: "acknowledged", id });
  }

  /**
   * SHA-256, in hexadecimal, and length of the image that runs, as deltas are made from it; ""
   * where the board cannot read it. It is digested once a boot, which takes about a second.
   */
  baseText(): string {
    const { base } = this.#intake;
    if (base.length === 0) return "";
    try {
      return `${hex(base.digest())} ${base.length}`;
    } catch (error) {
      flashFailure(error);
      return "";
    }
  }

  /**
   * Performs the effect of the phase, a bounded piece of it. Says when it wants to be called again:
   * `now` for at once, Infinity for after the next call of another method.
   */
  step(now: number): number {
    return Math.min(this.#quarantine.step(now), this.#perform(now));
  }

  #perform(now: number): number {
    switch (PHASES[this.record.phase].effect) {
      case "wait":
        return Infinity;
      case "fetch":
        return this.#fetch(now);
      case "verify":
        return this.#verify(now);
      case "install":
        return this.#installAtOnce(now);
      case "arm":
        return this.#arm(now);
      case "restart":
        return this.#boot.restart();
      case "selfTest":
        return this.#selfTest(now);
      case "confirm":
        return this.#confirm(now);
      case "report":
        return this.#report(now);
    }
  }

  /** Streams and digests under way are void. */
  #forget(): void {
    this.#download?.stop();
    this.#download = undefined;
    this.#push = undefined;
    this.#rest = NOTHING;
    this.#proof = undefined;
    this.offer = undefined;
  }

  #ticketFits(owner: string): boolean {
    return this.record.tickets.length < TICKETS_MAX && owner.length <= TICKET_OWNER_LENGTH_MAX;
  }

  #refuse(push: Intake, fault: IntakeFault): Refusal {
    this.#options.log("warning", `package refused at byte ${push.position}: ${fault}`);
    this.abort();
    return fault === "flash" ? "corrupt" : fault;
  }

  #fetch(now: number): number {
    if (this.offer !== undefined) return Infinity;
    const { fetcher, log, askBeforeDownload = false } = this.#options;
    this.#download ??= new Download(this.#journal, this.#intake, fetcher, log, askBeforeDownload);
    const progress = this.#download.step(now);
    if ("until" in progress) return progress.until;
    this.#forget();
    if ("offer" in progress) this.offer = progress.offer;
    else if ("complete" in progress)
      this.#journal.dispatch({ type: "complete", size: progress.complete });
    else if (progress.failed !== "corrupt" || !this.#refetches())
      this.#journal.dispatch({
        type: "fetchFailed",
        reason: progress.failed,
        notify: progress.notify,
      });
    return now;
  }

  /**
   * A package is damaged. Where it came in several answers its file may have changed under way:
   * returns true when it is fetched once more.
   */
  #refetches(): boolean {
    const { phase, generation } = this.record;
    this.#journal.dispatch({ type: "refetched" });
    if (this.record.generation === generation) return false;
    this.#options.log("warning", `${phase}: damaged, perhaps of two packages; fetched once more`);
    return true;
  }

  /**
   * When it is complete, and again before it is armed: flash may have changed since, and so may
   * what this device takes.
   */
  #verify(now: number): number {
    const { store } = this.#options;
    const { size, image = size } = this.record;
    const proof = (this.#proof ??= new Proof(store, this.#staging, image, this.#policy));
    const result = proof.step();
    if (result === undefined) return now;
    this.#proof = undefined;
    if (result !== "corrupt" || !this.#refetches()) this.#journal.dispatch(this.#proved(result));
    return now;
  }

  /** What the proof says; an image in quarantine is whole, and not armed. */
  #proved(result: ImageFacts | Reason): UpdateEvent {
    if (typeof result === "string") return { type: "invalid", reason: result };
    const digest = hex(result.digest);
    const leftMs = this.record.phase === "proving" ? this.#quarantine.leftMs(digest) : 0;
    if (leftMs > 0) {
      const minutes = Math.ceil(leftMs / 60_000);
      this.#options.log(
        "warning",
        `this image may be installed after ${minutes} more minutes with power`,
      );
      return { type: "invalid", reason: "quarantined" };
    }
    return {
      type: "valid",
      digest,
      version: versionText(result.version),
      securityCounter: result.securityCounter,
    };
  }

  #installAtOnce(now: number): number {
    if (!this.record.thenInstall) return Infinity;
    this.#journal.dispatch({ type: "install", slot: this.#boot.running().slot, owner: undefined });
    return now;
  }

  #arm(now: number): number {
    if (this.#done(() => this.#boot.arm())) this.#boot.restart();
    this.#journal.dispatch({ type: "refused" });
    return now;
  }

  /**
   * An image that no server has refused may be as good as any: it goes back, and may be tried
   * again.
   */
  #selfTest(now: number): number {
    const { deadline } = this;
    if (now < deadline) return deadline;
    const why = this.answered
      ? "its server has refused it"
      : "it goes back, and may be tried again";
    this.#options.log("error", `the image on trial was not confirmed in time: ${why}`);
    this.#journal.dispatch({ type: this.answered ? "unhealthy" : "unanswered" });
    return now;
  }

  #confirm(now: number): number {
    this.#journal.dispatch({
      type: this.#done(() => this.#boot.confirm()) ? "confirmed" : "refused",
    });
    return now;
  }

  #report(now: number): number {
    if (this.record.tickets.length > 0) return Infinity;
    this.#journal.dispatch({ type: "reported" });
    return now;
  }

  /** Whether the boot selector did it. It may throw anything: a board says so in its own words. */
  #done(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      this.#options.log(
        "error",
        `boot selector: ${error instanceof Error ? error.message : "failed"}`,
      );
      return false;
    }
  }
}
