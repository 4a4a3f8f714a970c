/** The port through which the engine fetches a package. src/download implements it. */
import type { Reason } from "./record.ts";

export interface FetchSource {
  readonly url: string;
  /** Bytes that are durable: where to go on. */
  readonly from: number;
  /** What the server called the package when those bytes came (ETag). */
  readonly validator: string | undefined;
  readonly size: number | undefined;
  /** How often it was tried before. */
  readonly attempt: number;
}

/** Where a fetch puts what it gets. A Reason ends the fetch: nothing more is taken. */
export interface FetchSink {
  /** Before the first byte of an answer: the length of the whole package, and its validator. */
  accept(size: number | undefined, validator: string | undefined): Reason | undefined;
  /** The server sends from byte 0 again, or the package changed. */
  restart(): void;
  write(bytes: Uint8Array): Reason | undefined;
  /** Makes durable how often it was tried, so that back-off survives a reset. */
  attempted(attempt: number): void;
}

export type FetchEvent =
  /** `paused`: no request is under way until then, and the link is free. */
  | { readonly type: "wait"; readonly until: number; readonly paused?: true }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: Reason };

export interface Fetcher {
  start(source: FetchSource): void;
  step(now: number, sink: FetchSink): FetchEvent;
  stop(): void;
}
