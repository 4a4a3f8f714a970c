/** One download under way: what the fetcher brings goes into the staging slot, what it says of the package into the record. */
import type { LogLevel } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import type { ImagePolicy } from "../image/policy.ts";
import type { Fetcher, FetchSink } from "./fetcher.ts";
import { Intake } from "./intake.ts";
import type { Journal } from "./journal.ts";
import type { Reason } from "./record.ts";
import type { Staging } from "./staging.ts";

/** `complete`: all bytes are durable. `until`: when to step again. */
export type Progress = { readonly until: number } | { readonly complete: number } | { readonly failed: Reason };

export class Download implements FetchSink {
  #journal: Journal;
  #staging: Staging;
  #policy: ImagePolicy;
  #fetcher: Fetcher;
  #intake: Intake;
  #fault: Reason | undefined;
  /** True between two attempts: no request is under way. */
  paused = false;

  /** Goes on behind what is durable. The record is in phase downloading. */
  constructor(
    journal: Journal, staging: Staging, policy: ImagePolicy, fetcher: Fetcher, log: (level: LogLevel, text: string) => void,
  ) {
    const { url, validator, size, attempt, generation } = journal.record;
    assert(url !== undefined, "a download has a URL");
    this.#journal = journal;
    this.#staging = staging;
    this.#policy = policy;
    this.#fetcher = fetcher;
    staging.resume(generation);
    this.#intake = new Intake(staging, policy, size);
    if (staging.position > 0) log("info", `download goes on at byte ${staging.position}`);
    fetcher.start({ url, from: staging.position, validator, size: size > 0 ? size : undefined, attempt });
  }

  /** Bytes so far. */
  get position(): number {
    return this.#intake.position;
  }

  /** A bounded piece of work. After `complete` or `failed` the download is spent. */
  step(now: number): Progress {
    const { size } = this.#journal.record;
    const event = size > 0 && this.position === size ? { type: "done" } as const : this.#fetcher.step(now, this);
    if (event.type === "done") this.#fault ??= this.#intake.finish();
    if (event.type === "failed") this.#fault ??= event.reason;
    if (this.#fault !== undefined) return { failed: this.#fault };
    if (event.type !== "wait") return { complete: this.position };
    this.#staging.checkpoint();
    this.paused = event.paused === true;
    return { until: event.until };
  }

  stop(): void {
    this.#fetcher.stop();
  }

  accept(size: number | undefined, validator: string | undefined): Reason | undefined {
    if (size !== undefined && size > this.#policy.capacity) this.#fault ??= "tooLarge";
    if (this.#fault !== undefined) return this.#fault;
    const { generation } = this.#journal.record;
    this.#journal.dispatch({ type: "announced", size, validator });
    this.#intake.size = this.#journal.record.size;
    if (this.#journal.record.generation !== generation && this.position === 0) this.#begin();
    return undefined;
  }

  restart(): void {
    this.#journal.dispatch({ type: "rewound" });
    this.#begin();
  }

  write(bytes: Uint8Array): Reason | undefined {
    return this.#fault ??= this.#intake.write(bytes);
  }

  attempted(attempt: number): void {
    this.#journal.dispatch({ type: "attempted", attempt });
  }

  #begin(): void {
    const { generation, size } = this.#journal.record;
    this.#staging.resume(generation);
    this.#intake = new Intake(this.#staging, this.#policy, size);
  }
}
