/**
 * Fetches a package over HTTP, in as many attempts as it takes: each goes on where the last one ended (Range, If-Range), or starts
 * over when the server has another package by now. Every attempt, pause and size has a bound.
 *
 * idle → waiting → (head → body → waiting)* → idle. `step` does one thing, and says until when it has nothing to do unless the link
 * brings something. A descriptor (OMA Download) would come before the first request, as a source of URL and size.
 */
import type { Exchange, Link, LinkErrorKind } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { frozen } from "../base/frozen.ts";
import {
  DOWNLOAD_ATTEMPTS_MAX, DOWNLOAD_PROGRESS_BYTES, DOWNLOAD_RETRY_AFTER_MAX_MS, DOWNLOAD_RETRY_MAX_MS, DOWNLOAD_RETRY_MS, REDIRECTS_MAX,
} from "../base/limits.ts";
import { judge, type DownloadReason, type Verdict } from "./answer.ts";
import { Pace, PACE_LIMITS, type PaceLimits } from "./pace.ts";
import { admitUrl, type UrlRules } from "./rules.ts";
import { parseUrl, resolveUrl, urlText, type Url } from "./url.ts";

/** What to fetch. `from` bytes are there already, of a package of `size` and `validator`; `attempt`: how often it was tried before. */
export interface DownloadSource {
  readonly url: string;
  readonly from: number;
  readonly validator: string | undefined;
  readonly size: number | undefined;
  readonly attempt: number;
}

/** Where it goes. A reason ends the download: nothing more is written. */
export interface DownloadSink<Reason extends string> {
  /** Before the first byte of an answer: size of the whole package, if known, and what names this version of it. */
  accept(size: number | undefined, validator: string | undefined): Reason | undefined;
  /** What was written is void: byte 0 comes next. */
  restart(): void;
  write(bytes: Uint8Array): Reason | undefined;
  /** Makes durable how often it was tried. */
  attempted(attempt: number): void;
}

export type DownloadEvent<Reason extends string> =
  /** `paused`: no request is under way until then, and the link is free. */
  | { readonly type: "wait"; readonly until: number; readonly paused?: true }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: Reason };

export interface DownloadLimits extends PaceLimits {
  readonly attemptsMax: number;
  readonly progressBytes: number;
  readonly retryMs: number;
  readonly retryMaxMs: number;
  readonly retryAfterMaxMs: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = frozen({
  ...PACE_LIMITS, attemptsMax: DOWNLOAD_ATTEMPTS_MAX, progressBytes: DOWNLOAD_PROGRESS_BYTES,
  retryMs: DOWNLOAD_RETRY_MS, retryMaxMs: DOWNLOAD_RETRY_MAX_MS, retryAfterMaxMs: DOWNLOAD_RETRY_AFTER_MAX_MS,
});

export interface DownloaderOptions {
  readonly link: Link;
  random(bytes: Uint8Array): void;
  /** Body bytes go through here, and nowhere else. */
  readonly buffer: Uint8Array;
  readonly rules: UrlRules;
  readonly limits?: DownloadLimits;
}

type Phase = "idle" | "waiting" | "head" | "body";
/** What the link gave: a value, or how it failed. */
type Outcome<T> = { readonly value: T } | { readonly failed: LinkErrorKind };

export class Downloader {
  #link: Link;
  #random: (bytes: Uint8Array) => void;
  #buffer: Uint8Array;
  #rules: UrlRules;
  #limits: DownloadLimits;
  #phase: Phase = "idle";
  #exchange: Exchange | undefined;
  #source: Url | undefined;
  #url: Url | undefined;
  #redirects = 0;
  #attempt = 0;
  #offset = 0;
  #furthest = 0;
  #size: number | undefined;
  #validator: string | undefined;
  /** Where this answer ends, and whether its head said so. */
  #end: number | undefined;
  #endAnnounced = false;
  /** When a pause ends; undefined before it has begun. */
  #resumeAt: number | undefined;
  #pace = new Pace(PACE_LIMITS, 0);

  constructor(options: DownloaderOptions) {
    this.#link = options.link;
    this.#random = (bytes) => { options.random(bytes); };
    this.#buffer = options.buffer;
    this.#rules = options.rules;
    this.#limits = options.limits ?? DOWNLOAD_LIMITS;
  }

  /** Begins a download; `step` does the work. A source that was tried before is paused first. */
  start(source: DownloadSource): void {
    this.stop();
    this.#source = parseUrl(source.url);
    this.#attempt = source.attempt;
    this.#offset = this.#furthest = source.from;
    this.#size = source.size;
    this.#validator = source.validator;
    this.#resumeAt = undefined;
    this.#phase = "waiting";
  }

  /** Gives up. What the sink has stays with the sink. */
  stop(): void {
    this.#close();
    this.#phase = "idle";
  }

  /** Bounded work. After `done` or `failed` the download is over; the sink's own reason ends it too. */
  step<Reason extends string>(now: number, sink: DownloadSink<Reason>): DownloadEvent<Reason | DownloadReason> {
    switch (this.#phase) {
      case "idle": return { type: "wait", until: Infinity };
      case "waiting": return this.#begin(now);
      case "head": return this.#head(now, sink);
      case "body": return this.#body(now, sink);
    }
  }

  #begin<Reason extends string>(now: number): DownloadEvent<Reason | DownloadReason> {
    if (this.#source === undefined || !admitUrl(this.#source, this.#rules)) return this.#over("badURL");
    if (this.#size !== undefined && this.#size > 0 && this.#offset === this.#size) return this.#done();
    if (this.#attempt >= this.#limits.attemptsMax) return this.#over("network");
    this.#resumeAt ??= now + (this.#attempt > 0 ? this.#pauseMs() : 0);
    if (now < this.#resumeAt) return { type: "wait", until: this.#resumeAt, paused: true };
    this.#redirects = 0;
    this.#pace = new Pace(this.#limits, now);
    return this.#request(this.#source, now);
  }

  #request<Reason extends string>(url: Url, now: number): DownloadEvent<Reason | DownloadReason> {
    const headers: [string, string][] = [["Accept", "*/*"], ["Accept-Encoding", "identity"]];
    if (this.#offset > 0) {
      headers.push(["Range", `bytes=${this.#offset}-`]);
      if (this.#validator !== undefined) headers.push(["If-Range", this.#validator]);
    }
    this.#url = url;
    this.#phase = "head";
    this.#pace.asked(now);
    const outcome = attempt(() => this.#link.request({ method: "GET", url: urlText(url), headers }));
    if ("value" in outcome) this.#exchange = outcome.value;
    else if (outcome.failed === "url") return this.#over("badURL");
    return { type: "wait", until: now };
  }

  #head<Reason extends string>(now: number, sink: DownloadSink<Reason>): DownloadEvent<Reason | DownloadReason> {
    const exchange = this.#exchange;
    if (exchange === undefined) return this.#again("network", 0, now, sink);
    const outcome = attempt(() => exchange.head());
    if ("failed" in outcome) return outcome.failed === "url" ? this.#over("badURL") : this.#again("network", 0, now, sink);
    if (outcome.value !== undefined) {
      return this.#answer(judge(outcome.value, { offset: this.#offset, size: this.#size, validator: this.#validator }), now, sink);
    }
    return this.#wait(this.#pace.until(), now, sink);
  }

  #answer<Reason extends string>(verdict: Verdict, now: number, sink: DownloadSink<Reason>): DownloadEvent<Reason | DownloadReason> {
    switch (verdict.type) {
      case "whole":
        if (this.#offset > 0) this.#restart(sink);
        this.#end = verdict.size ?? this.#size;
        this.#endAnnounced = verdict.size !== undefined;
        this.#size = verdict.size ?? this.#size;
        this.#validator = verdict.validator;
        return this.#accept(now, sink);
      case "part":
        this.#end = verdict.end;
        this.#endAnnounced = true;
        this.#size = verdict.size;
        return this.#accept(now, sink);
      case "complete": return this.#done();
      case "changed":
        this.#restart(sink);
        return this.#again("network", 0, now, sink);
      case "redirect": return this.#redirect(verdict.location, now);
      case "failed":
        return verdict.again ? this.#again(verdict.reason, verdict.afterMs, now, sink) : this.#over(verdict.reason);
    }
  }

  #accept<Reason extends string>(now: number, sink: DownloadSink<Reason>): DownloadEvent<Reason | DownloadReason> {
    const refused = sink.accept(this.#size, this.#validator);
    if (refused !== undefined) return this.#over(refused);
    if (this.#end === 0) return this.#over("corrupt");
    this.#phase = "body";
    this.#pace.answered(now);
    return { type: "wait", until: now };
  }

  #redirect<Reason extends string>(location: string, now: number): DownloadEvent<Reason | DownloadReason> {
    assert(this.#url !== undefined, "a redirect answers a request");
    const url = resolveUrl(this.#url, location);
    this.#redirects++;
    if (url === undefined || this.#redirects > REDIRECTS_MAX || !admitUrl(url, this.#rules, this.#url)) return this.#over("badURL");
    this.#close();
    return this.#request(url, now);
  }

  #body<Reason extends string>(now: number, sink: DownloadSink<Reason>): DownloadEvent<Reason | DownloadReason> {
    const exchange = this.#exchange;
    assert(exchange !== undefined, "a body has an exchange");
    const outcome = attempt(() => exchange.read(this.#buffer));
    if ("failed" in outcome) return this.#again("network", 0, now, sink);
    const count = outcome.value;
    if (count < 0) return this.#ended(now, sink);
    if (count === 0) return this.#wait(this.#pace.until(), now, sink);
    if (this.#end !== undefined && this.#offset + count > this.#end) return this.#over("corrupt");
    const refused = sink.write(count === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, count));
    if (refused !== undefined) return this.#over(refused);
    this.#offset += count;
    this.#pace.received(count, now);
    if (this.#endAnnounced && this.#offset === this.#end) return this.#ended(now, sink);
    return this.#wait(now, now, sink);
  }

  /** The body is over: the package is whole, or there is more of it to ask for. */
  #ended<Reason extends string>(now: number, sink: DownloadSink<Reason>): DownloadEvent<Reason | DownloadReason> {
    const whole = this.#offset > 0 && this.#offset === (this.#size ?? this.#end ?? this.#offset);
    return whole ? this.#done() : this.#again("network", 0, now, sink);
  }

  /** Goes on at `until`, unless the attempt has been too slow. */
  #wait<Reason extends string>(until: number, now: number, sink: DownloadSink<Reason>): DownloadEvent<Reason | DownloadReason> {
    return this.#pace.late(now) ? this.#again("timeout", 0, now, sink) : { type: "wait", until };
  }

  #restart<Reason extends string>(sink: DownloadSink<Reason>): void {
    sink.restart();
    this.#offset = 0;
    this.#size = undefined;
    this.#validator = undefined;
  }

  /** Another attempt, after a pause, unless this was the last. One that came well further than all before it counts as the first. */
  #again<Reason extends string>(
    reason: DownloadReason, afterMs: number, now: number, sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    this.#close();
    if (this.#offset >= this.#furthest + this.#limits.progressBytes) {
      this.#attempt = 0;
      this.#furthest = this.#offset;
    }
    this.#attempt++;
    sink.attempted(this.#attempt);
    if (this.#attempt >= this.#limits.attemptsMax) return this.#over(reason);
    this.#phase = "waiting";
    this.#resumeAt = now + Math.max(this.#pauseMs(), Math.min(afterMs, this.#limits.retryAfterMaxMs));
    return { type: "wait", until: this.#resumeAt, paused: true };
  }

  #pauseMs(): number {
    const longest = Math.min(this.#limits.retryMs * 2 ** (this.#attempt - 1), this.#limits.retryMaxMs), bytes = new Uint8Array(2);
    this.#random(bytes);
    const share = ((bytes[0] ?? 0) << 8 | (bytes[1] ?? 0)) / 0x10000;
    return Math.round(longest / 2 + longest / 2 * share);
  }

  #done(): { type: "done" } {
    this.stop();
    return { type: "done" };
  }

  #over<Reason extends string>(reason: Reason): { type: "failed"; reason: Reason } {
    this.stop();
    return { type: "failed", reason };
  }

  #close(): void {
    this.#exchange?.close();
    this.#exchange = undefined;
  }
}

/** The only catch: an error of the link becomes a value; any other is not ours. */
function attempt<T>(action: () => T): Outcome<T> {
  try {
    return { value: action() };
  } catch (error) {
    const kinds: readonly LinkErrorKind[] = ["url", "resolve", "refused", "broken", "secure", "protocol"];
    const kind = error instanceof Error && "kind" in error ? kinds.find((known) => known === error.kind) : undefined;
    if (kind === undefined) throw error;
    return { failed: kind };
  }
}
