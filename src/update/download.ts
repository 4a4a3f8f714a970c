/**
 * One download under way: what the fetcher brings goes into the staging slot, what it says of the
 * package into the record.
 */
import type { LogLevel } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { REWINDS_MAX } from "../base/limits.ts";
import { place } from "../base/url.ts";
import type { Description, DescriptorReading } from "../download/descriptor.ts";
import type { ImagePolicy } from "../image/policy.ts";
import type { Fetcher, FetchSink } from "./fetcher.ts";
import { Intake, type IntakeOptions } from "./intake.ts";
import type { Journal } from "./journal.ts";
import type { Reason } from "./reason.ts";
import { packageText } from "./sentence.ts";
import type { Staging } from "./staging.ts";

/**
 * What would be downloaded, for a person to agree to: bytes, or 0 when nobody says; and what a
 * descriptor says of it.
 */
export interface Offer {
  readonly size: number;
  readonly description: Description | undefined;
}

/**
 * `complete`: all bytes are durable. `until`: when to step again. `offer`: nobody has agreed yet;
 * nothing has been taken. `notify`:
 * where a descriptor wants the failure reported, if the record does not know.
 */
export type Progress =
  | { readonly until: number }
  | { readonly complete: number }
  | { readonly offer: Offer }
  | { readonly failed: Reason; readonly notify: string | undefined };

export class Download implements FetchSink {
  #journal: Journal;
  #staging: Staging;
  #policy: ImagePolicy;
  #options: IntakeOptions;
  #fetcher: Fetcher;
  #intake: Intake;
  #log: (level: LogLevel, text: string) => void;
  #fault: Reason | undefined;
  #notify: string | undefined;
  /** What is to be made durable before the fetch goes on. */
  #description: Description | undefined;
  /** True until a person has agreed, where people are asked. */
  #asks: boolean;
  #offer: Offer | undefined;
  /** What comes goes to the slot as it is, and the record knows that: most bytes are such. */
  #isDirect = false;
  /** All bytes have come. */
  #isOver = false;
  /** True between two attempts: no request is under way. */
  paused = false;

  /**
   * Goes on behind what is durable. The record is in phase downloading. `asks`: nothing is taken
   * before somebody agrees.
   */
  constructor(
    journal: Journal,
    options: IntakeOptions,
    fetcher: Fetcher,
    log: (level: LogLevel, text: string) => void,
    asks: boolean,
  ) {
    const { staging } = options;
    const { url, image, validator, size, attempt, generation, described, agreed, minutes } =
      journal.record;
    this.#journal = journal;
    this.#options = options;
    this.#staging = staging;
    this.#policy = options.policy;
    this.#fetcher = fetcher;
    this.#log = log;
    this.#asks = asks && agreed !== "downloading";
    const segment = staging.resume(generation, image);
    const resumed = image === undefined || segment === undefined ? undefined : { image, segment };
    this.#intake = new Intake(options, size, resumed);
    const from = this.position;
    if (from > 0) log("info", `download goes on at byte ${from}`);
    fetcher.start({
      url: url ?? "",
      from,
      validator,
      size: size > 0 ? size : undefined,
      attempt,
      minutes: minutes ?? 0,
      described: described === true,
    });
  }

  /** Bytes so far. */
  get position(): number {
    return this.#intake.position;
  }

  /** A bounded piece of work. After `complete` or `failed` the download is spent. */
  step(now: number): Progress {
    if (this.#intake.working) return this.#work(now);
    const { size } = this.#journal.record;
    const event =
      this.#isOver || (size > 0 && this.position === size)
        ? ({ type: "done" } as const)
        : this.#fetcher.step(now, this);
    this.#isOver = event.type === "done";
    const isWhole = this.#isOver && !this.#intake.working;
    if (isWhole) this.#fault ??= this.#intake.finish();
    if (this.#offer !== undefined) return { offer: this.#offer };
    if (this.#description !== undefined) this.#keep(this.#description);
    if (event.type === "failed") this.#fault ??= event.reason;
    if (this.#fault !== undefined) return { failed: this.#fault, notify: this.#notify };
    if (!this.#isDirect) this.#unpacking();
    if (isWhole) return { complete: this.position };
    this.#checkpoint();
    this.paused = event.type === "wait" && event.paused === true;
    return { until: event.type === "wait" ? event.until : now };
  }

  /** The base of a delta, or what comes of it, in steps: nothing is read from the link so long. */
  #work(now: number): Progress {
    this.#fault ??= this.#intake.work();
    if (this.#fault !== undefined) {
      this.#fetcher.stop();
      return { failed: this.#fault, notify: this.#notify };
    }
    this.#unpacking();
    this.#checkpoint();
    return { until: now };
  }

  #checkpoint(): void {
    if (this.#staging.checkpoint() && this.#journal.record.attempt > 0) this.attempted(0);
  }

  /** What the package is becomes durable before its progress does. */
  #unpacking(): void {
    const { judged, image, isDirect } = this.#intake;
    if (judged && this.#journal.record.image !== image)
      this.#journal.dispatch({ type: "unpacking", image });
    this.#isDirect = isDirect;
  }

  stop(): void {
    this.#fetcher.stop();
  }

  /**
   * Judged before the package is asked for. It is made durable at the end of this step, where the
   * stack is shallow.
   */
  describe(reading: DescriptorReading): Reason | undefined {
    const { notify } = reading;
    this.#notify = notify;
    if ("fault" in reading) {
      this.#log("error", `download descriptor: ${reading.problem}`);
      return (this.#fault ??= reading.fault);
    }
    const { size, next } = reading;
    const more = next === undefined ? "" : `; more at ${place(next)}`;
    this.#log("info", `download descriptor: ${packageText(size, reading)}${more}`);
    if (size > this.#policy.capacity) return (this.#fault ??= "tooLarge");
    if (this.#asks) return this.#ask({ size, description: reading });
    this.#description = reading;
    return undefined;
  }

  /** The report that is owed from here on leaves room in the store for what follows. */
  #keep({ url, size, notify }: Description): void {
    this.#description = undefined;
    this.#intake.size = size;
    if (this.#journal.accept({ type: "described", url, size, notify })) this.#notify = undefined;
    else this.#fault ??= "tooLarge";
  }

  accept(
    size: number | undefined,
    validator: string | undefined,
    resumed?: boolean,
  ): Reason | undefined {
    if (size !== undefined && size > this.#policy.capacity) this.#fault ??= "tooLarge";
    if (this.#fault !== undefined) return this.#fault;
    if (this.#asks) return this.#ask({ size: size ?? 0, description: undefined });
    const { generation } = this.#journal.record;
    this.#journal.dispatch({ type: "announced", size, validator, resumed });
    this.#intake.size = this.#journal.record.size;
    if (this.#journal.record.generation !== generation && this.position === 0) this.#begin();
    return undefined;
  }

  restart(): Reason | undefined {
    if (this.#journal.record.rewinds >= REWINDS_MAX) return (this.#fault ??= "network");
    this.#journal.dispatch({ type: "rewound" });
    this.#begin();
    return undefined;
  }

  write(bytes: Uint8Array): Reason | undefined {
    if (this.#fault !== undefined) return this.#fault;
    const taken = this.#intake.take(bytes);
    if (taken === bytes.length) return undefined;
    assert(typeof taken !== "number", "no more was written than there is room");
    return (this.#fault = taken);
  }

  get room(): number {
    return this.#isDirect ? this.#staging.room : this.#intake.room;
  }

  /**
   * Asked where nobody said the size. Of what the last bytes make one step is decoded: a few bytes
   * of a stranger may make the whole slot. What is left is decoded in steps, and judged then.
   */
  get short(): boolean {
    if (this.#intake.working) this.#fault ??= this.#intake.work();
    return this.#fault === undefined && !this.#intake.working && this.#intake.short;
  }

  attempted(attempt: number, minutes?: number): void {
    this.#journal.dispatch({ type: "attempted", attempt, minutes });
  }

  /**
   * The fetch ends here; who agrees has it begin again. As often as a reset makes it be asked: it
   * was not in vain.
   */
  #ask(offer: Offer): Reason {
    this.attempted(0);
    this.#offer = offer;
    return "cancelled";
  }

  #begin(): void {
    const { generation, size } = this.#journal.record;
    this.#staging.resume(generation);
    this.#isDirect = false;
    this.#intake = new Intake(this.#options, size);
  }
}
