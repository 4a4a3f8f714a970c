/**
 * What a download is given, says and ends with: the port between this folder and whoever wants a
 * package. The engine (src/update/fetcher.ts) uses it with its own reasons.
 */
import type { DescriptorReading } from "./descriptor.ts";

/** Why a download failed. */
export type DownloadReason =
  | "authentication"
  | "timeout"
  | "badURL"
  | "serverUnavailable"
  | "serverError"
  | "network"
  | "corrupt"
  | "badDescriptor"
  | "descriptorVersion"
  | "unacceptable";

/**
 * What to fetch. `from` bytes are there already, of a package of `size` and `validator`; `attempt`:
 * how often it was tried in vain; `minutes`: how long that has taken.
 */
export interface DownloadSource {
  readonly url: string;
  readonly from: number;
  /** What its server called the package when those bytes came (ETag). */
  readonly validator: string | undefined;
  readonly size: number | undefined;
  readonly attempt: number;
  readonly minutes: number;
  /**
   * A descriptor named this URL, and promised the size: only the package itself is taken from it.
   */
  readonly described: boolean;
}

/** Where it goes. A reason ends the download: nothing more is written. */
export interface DownloadSink<Reason extends string> {
  /**
   * The URL led to a download descriptor. Without a reason the download goes on, in its next step,
   * with the package that it names.
   */
  describe(reading: DescriptorReading): Reason | undefined;
  /**
   * Before the first byte of an answer: size of the whole package, if known, and what names this
   * version of it. `resumed`: it goes on behind bytes of an earlier answer.
   */
  accept(
    size: number | undefined,
    validator: string | undefined,
    resumed?: boolean,
  ): Reason | undefined;
  /** What was written is void, or the package is another one: byte 0 comes next. */
  restart(): Reason | undefined;
  write(bytes: Uint8Array): Reason | undefined;
  /**
   * Bytes to write next, at most. What is written past the end of a block, before that is made
   * durable, would be fetched again after a power cut.
   */
  readonly room: number;
  /**
   * True when what was written says of itself that more must follow. Asked where a body has ended
   * and nobody has said how long it is.
   */
  readonly short: boolean;
  /**
   * An attempt begins. Makes durable how often it was tried, and how many minutes with power that
   * has taken: one that a reset ends counts like any other.
   */
  attempted(attempt: number, minutes?: number): void;
}

export type DownloadEvent<Reason extends string> =
  /** `paused`: no request is under way until then, and the link is free. */
  | { readonly type: "wait"; readonly until: number; readonly paused?: true }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: Reason };
