/**
 * Fetches a package over HTTP, in as many attempts as it takes: each goes on where the last one
 * ended (Range, If-Range), or starts over when the server has another package by now. Every
 * attempt, pause and size has a bound.
 *
 * idle → waiting → (head → body → waiting)* → idle. `step` does one thing, and says until
 * when it has nothing to do unless the link brings something. Where the answer is a download
 * descriptor (OMA Download 1.0), it is read whole, and the download goes on with the package that
 * it names: head → descriptor → head, over the same connection where the host is the same.
 */
import type { Exchange, Link, LogLevel } from "../../hal/hal.ts";
import { assert } from "../base/assert.ts";
import { backoffMs, randomShare } from "../base/backoff.ts";
import { frozen } from "../base/frozen.ts";
import {
  DOWNLOAD_ATTEMPTS_MAX,
  DOWNLOAD_DISTRUST_MAX,
  DOWNLOAD_MS_MAX,
  DOWNLOAD_PROGRESS_BYTES,
  DOWNLOAD_RETRY_AFTER_MAX_MS,
  DOWNLOAD_RETRY_MAX_MS,
  DOWNLOAD_RETRY_MS,
  REDIRECTS_MAX,
} from "../base/limits.ts";
import { patientMs } from "../base/retryafter.ts";
import { originText, type Url } from "../base/url.ts";
import { admitUrl, type UrlRules } from "../base/urlrules.ts";
import { ANSWER_HEADERS, judge, PAGE, type Verdict } from "./answer.ts";
import { DESCRIPTOR_TYPE, readDescriptor } from "./descriptor.ts";
import { attempt, type Outcome } from "./linkresult.ts";
import { Pace, PACE_LIMITS, type PaceLimits } from "./pace.ts";
import { isPage } from "./page.ts";
import type { DownloadEvent, DownloadReason, DownloadSink, DownloadSource } from "./port.ts";

export interface DownloadLimits extends PaceLimits {
  readonly attemptsMax: number;
  readonly distrustMax: number;
  /** How long all attempts may take together, and the pauses between them. */
  readonly totalMs: number;
  readonly progressBytes: number;
  readonly retryMs: number;
  readonly retryMaxMs: number;
  readonly retryAfterMaxMs: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = frozen({
  ...PACE_LIMITS,
  attemptsMax: DOWNLOAD_ATTEMPTS_MAX,
  distrustMax: DOWNLOAD_DISTRUST_MAX,
  totalMs: DOWNLOAD_MS_MAX,
  progressBytes: DOWNLOAD_PROGRESS_BYTES,
  retryMs: DOWNLOAD_RETRY_MS,
  retryMaxMs: DOWNLOAD_RETRY_MAX_MS,
  retryAfterMaxMs: DOWNLOAD_RETRY_AFTER_MAX_MS,
});

export interface DownloaderOptions {
  readonly link: Link;
  random(bytes: Uint8Array): void;
  /** Body bytes go through here, and nowhere else. */
  readonly buffer: Uint8Array;
  readonly rules: UrlRules;
  /** Why a download ends, where its reason does not say it. */
  log(level: LogLevel, text: string): void;
  /**
   * Media types of packages that a descriptor may name, in lower case; PACKAGE_TYPES by default.
   */
  readonly types?: readonly string[];
  readonly limits?: DownloadLimits;
}

/** What a package is, unless a product says otherwise: bytes. */
export const PACKAGE_TYPES: readonly string[] = frozen(["application/octet-stream"]);

const MINUTE_MS = 60_000;
/** Reads of a body in one step. */
const BODY_READS_MAX = 4;
const SHORT = "the body ends before the package does";
const SLOW = "it is silent, or too slow";

type Phase = "idle" | "waiting" | "head" | "descriptor" | "body";

export class Downloader {
  #link: Link;
  #random: (bytes: Uint8Array) => void;
  #buffer: Uint8Array;
  #rules: UrlRules;
  #log: (level: LogLevel, text: string) => void;
  #types: readonly string[];
  #limits: DownloadLimits;
  #phase: Phase = "idle";
  #exchange: Exchange | undefined;
  /** Where the package is, as the record has it: in a pause it is not kept twice. */
  #source = "";
  #described = false;
  #url: Url | undefined;
  /** Where the last request went, for the log. */
  #host = "";
  #redirects = 0;
  #attempt = 0;
  /** Attempts in a row of which the host did not prove who it is. */
  #distrust = 0;
  /** The next request is for the whole package: a part of it could not be used. */
  #unranged = false;
  #ranged = false;
  #cookies = false;
  /** The answer calls itself a page. */
  #page = false;
  #offset = 0;
  #furthest = 0;
  /** Bytes in the buffer: of a descriptor, or of what may still turn out to be a page. */
  #held = 0;
  #size: number | undefined;
  #validator: string | undefined;
  /** Where this answer ends, and whether its head said so. */
  #end: number | undefined;
  #endAnnounced = false;
  /** When a pause ends. */
  #resumeAt = 0;
  /** Minutes that were spent before `#startedAt`, which is known from the first step on. */
  #minutes = 0;
  #startedAt: number | undefined;
  #pace = new Pace(PACE_LIMITS, 0);

  constructor(options: DownloaderOptions) {
    this.#link = options.link;
    this.#random = (bytes) => {
      options.random(bytes);
    };
    this.#buffer = options.buffer;
    this.#rules = options.rules;
    this.#log = (level, text) => {
      options.log(level, text);
    };
    this.#types = options.types ?? PACKAGE_TYPES;
    this.#limits = options.limits ?? DOWNLOAD_LIMITS;
  }

  /**
   * Begins a download; `step` does the work. A reset was pause enough: the device may not be awake
   * for longer.
   */
  start(source: DownloadSource): void {
    this.stop();
    this.#source = source.url;
    this.#attempt = source.attempt;
    this.#offset = this.#furthest = source.from;
    this.#size = source.size;
    this.#validator = source.validator;
    this.#described = source.described;
    this.#minutes = source.minutes;
    this.#startedAt = undefined;
    this.#distrust = 0;
    this.#cookies = this.#unranged = false;
    this.#resumeAt = 0;
    this.#phase = "waiting";
  }

  /** Gives up. What the sink has stays with the sink. */
  stop(): void {
    this.#close();
    this.#source = "";
    this.#url = undefined;
    this.#phase = "idle";
  }

  /**
   * Bounded work. After `done` or `failed` the download is over; the sink's own reason ends it too.
   */
  step<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    if (this.#phase === "idle") return { type: "wait", until: Infinity };
    this.#startedAt ??= now;
    const deadline = this.#startedAt + this.#limits.totalMs - this.#minutes * MINUTE_MS;
    if (now >= deadline) return this.#over("timeout", "it has taken too long in all");
    const event = this.#perform(now, sink);
    return event.type === "wait" ? { ...event, until: Math.min(event.until, deadline) } : event;
  }

  #perform<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    switch (this.#phase) {
      case "idle":
        return { type: "wait", until: Infinity };
      case "waiting":
        return this.#begin(now, sink);
      case "head":
        return this.#head(now, sink);
      case "descriptor":
        return this.#descriptor(now, sink);
      case "body":
        return this.#body(now, sink);
    }
  }

  #begin<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    if (this.#size !== undefined && this.#size > 0 && this.#offset === this.#size)
      return this.#done();
    if (this.#attempt >= this.#limits.attemptsMax)
      return this.#over("network", "the last attempt was cut short");
    if (now < this.#resumeAt) return { type: "wait", until: this.#resumeAt, paused: true };
    const url = admitUrl(this.#source, this.#rules);
    if (typeof url === "string") return this.#astray(`the URL ${url}`);
    const spentMs = now - (this.#startedAt ?? now);
    sink.attempted(++this.#attempt, this.#minutes + Math.floor(spentMs / MINUTE_MS));
    this.#redirects = 0;
    this.#ranged = this.#offset > 0 && !this.#unranged;
    this.#pace = new Pace(this.#limits, now);
    return this.#request(url, now);
  }

  #request<Reason extends string>(url: Url, now: number): DownloadEvent<Reason | DownloadReason> {
    const types = this.#described ? this.#types : [...this.#types, DESCRIPTOR_TYPE, "*/*;q=0.5"];
    const headers: [string, string][] = [
      ["Accept", types.join(", ")],
      ["Accept-Encoding", "identity"],
    ];
    if (this.#ranged) {
      headers.push(["Range", `bytes=${this.#offset}-`]);
      if (this.#validator !== undefined) headers.push(["If-Range", this.#validator]);
    }
    this.#url = url;
    this.#host = ` at ${url.host}`;
    this.#phase = "head";
    this.#pace.asked(now);
    const outcome = attempt(() =>
      this.#link.request({ method: "GET", url, headers, wants: ANSWER_HEADERS }),
    );
    this.#close();
    if ("failed" in outcome) return this.#lost(outcome, now);
    this.#exchange = outcome.value;
    return { type: "wait", until: now };
  }

  #head<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    const exchange = this.#exchange;
    assert(exchange !== undefined, "a head has an exchange");
    const outcome = attempt(() => exchange.head());
    if ("failed" in outcome) return this.#lost(outcome, now);
    if (outcome.value === undefined) return this.#wait(this.#pace.until(), now);
    this.#sayCookies(outcome.value.headers);
    const types = this.#described ? this.#types : undefined;
    return this.#answer(
      judge(outcome.value, {
        offset: this.#offset,
        ranged: this.#ranged,
        size: this.#size,
        validator: this.#validator,
        types,
      }),
      now,
      sink,
    );
  }

  /** Once a download: some hosts let in only who brings their cookie back. */
  #sayCookies(headers: ReadonlyMap<string, string>): void {
    if (this.#cookies || !headers.has("set-cookie")) return;
    this.#cookies = true;
    this.#log("warning", `a cookie is set${this.#host}, and not sent back: not supported`);
  }

  #answer<Reason extends string>(
    verdict: Verdict,
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    if (verdict.type !== "redirect") this.#unranged = false;
    switch (verdict.type) {
      case "whole":
        return this.#fromStart(verdict, now, sink);
      case "part":
        if (!this.#ranged) return this.#fromStart(verdict, now, sink);
        this.#end = verdict.end;
        this.#endAnnounced = true;
        this.#size = verdict.size;
        return this.#accept(now, sink, true);
      case "descriptor":
        this.#phase = "descriptor";
        this.#held = 0;
        this.#end = verdict.size;
        this.#pace.answered(now);
        return { type: "wait", until: now };
      case "complete":
        return this.#done();
      case "unranged":
        this.#unranged = true;
        return this.#again(verdict.reason, verdict.why, 0, now);
      case "redirect":
        return this.#redirect(verdict.location, now);
      case "failed":
        return verdict.again
          ? this.#again(verdict.reason, verdict.why, verdict.afterMs, now)
          : this.#over(verdict.reason, verdict.why);
    }
  }

  /** The package comes from byte 0 on, or a part of it that nobody asked for. */
  #fromStart<Reason extends string>(
    verdict: Extract<Verdict, { type: "whole" | "part" }>,
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    const refused = this.#restart(sink);
    if (refused !== undefined) return this.#refused(refused);
    const { size } = verdict;
    this.#end = verdict.type === "part" ? verdict.end : (size ?? this.#size);
    this.#endAnnounced = verdict.type === "part" || size !== undefined;
    this.#size = size ?? this.#size;
    this.#validator = verdict.type === "part" ? undefined : verdict.validator;
    this.#page = verdict.type === "whole" && verdict.page;
    return this.#accept(now, sink, false);
  }

  #accept<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
    resumed: boolean,
  ): DownloadEvent<Reason | DownloadReason> {
    const refused = sink.accept(this.#size, this.#validator, resumed);
    if (refused !== undefined) return this.#refused(refused);
    if (this.#end === 0) return this.#over("corrupt", "it sends a body without a byte");
    this.#phase = "body";
    this.#held = 0;
    this.#pace.answered(now);
    return { type: "wait", until: now };
  }

  #redirect<Reason extends string>(
    location: string,
    now: number,
  ): DownloadEvent<Reason | DownloadReason> {
    assert(this.#url !== undefined, "a redirect answers a request");
    const from = originText(this.#url);
    const url = admitUrl(location, this.#rules, this.#url);
    if (typeof url === "string")
      return this.#astray(`the address to which ${from} redirects ${url}`);
    if (++this.#redirects > REDIRECTS_MAX)
      return this.#astray(`${from} redirects, and ${REDIRECTS_MAX} redirects were followed`);
    this.#close();
    return this.#request(url, now);
  }

  /** Ends it: `why` is a sentence for the log. */
  #astray<Reason extends string>(why: string): DownloadEvent<Reason | DownloadReason> {
    this.#log("error", why);
    return this.#refused("badURL");
  }

  /** A descriptor is bounded by the buffer, in which it is read. */
  #descriptor<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    const exchange = this.#exchange;
    const base = this.#url;
    assert(exchange !== undefined && base !== undefined, "a descriptor answers a request");
    const room =
      this.#held < this.#buffer.length ? this.#buffer.subarray(this.#held) : new Uint8Array(1);
    const outcome = attempt(() => exchange.read(room));
    if ("failed" in outcome) return this.#lost(outcome, now);
    if (outcome.value === 0) return this.#wait(this.#pace.until(), now);
    if (outcome.value > 0) {
      this.#held += outcome.value;
      this.#pace.received(outcome.value, now);
      if (this.#held > this.#buffer.length)
        return this.#over("badDescriptor", `its descriptor is longer than ${this.#held - 1} bytes`);
      if (this.#held !== this.#end) return this.#wait(now, now);
    }
    const reading = readDescriptor(this.#buffer, this.#held, base, this.#rules, this.#types);
    const refused = this.#restart(sink) ?? sink.describe(reading);
    if (refused !== undefined) return this.#refused(refused);
    assert("url" in reading, "a descriptor that is no description is refused");
    this.#source = reading.url;
    this.#described = true;
    this.#size = reading.size;
    this.#attempt = 0;
    this.#phase = "waiting";
    return { type: "wait", until: now };
  }

  /**
   * Takes what has arrived, in a few reads: a step of the whole client costs more than they do. At
   * the end of a block it stops, so that the block is made durable before more comes.
   */
  #body<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    const exchange = this.#exchange;
    assert(exchange !== undefined, "a body has an exchange");
    for (let reads = 1; ; reads++) {
      const { room } = sink;
      const start = this.#offset;
      const event = this.#read(exchange, room, now, sink);
      if (event !== undefined) return event;
      if (reads === BODY_READS_MAX || this.#offset - start === room) return this.#wait(now, now);
    }
  }

  /** Takes what one read gives; undefined: more of the body may be there. */
  #read<Reason extends string>(
    exchange: Exchange,
    room: number,
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> | undefined {
    const buffer = room < this.#buffer.length ? this.#buffer.subarray(0, room) : this.#buffer;
    const held = this.#held;
    const outcome = attempt(() => exchange.read(held === 0 ? buffer : buffer.subarray(held)));
    if ("failed" in outcome) return this.#lost(outcome, now);
    const count = outcome.value;
    if (count < 0 && held === 0) return this.#ended(now, sink);
    if (count === 0) return this.#wait(this.#pace.until(), now);
    const length = held + Math.max(count, 0);
    if (this.#end !== undefined && this.#offset + length > this.#end)
      return this.#over("corrupt", `it sends more than ${this.#end} bytes`);
    const bytes = length === buffer.length ? buffer : buffer.subarray(0, length);
    const page = this.#offset > 0 ? false : isPage(bytes, this.#page);
    if (page === true) return this.#again("serverUnavailable", PAGE, 0, now);
    this.#pace.received(length - held, now);
    const more = count > 0 && length !== this.#end && length < buffer.length;
    this.#held = page === undefined && more ? length : 0;
    if (this.#held > 0) return undefined;
    const refused = sink.write(bytes);
    if (refused !== undefined) return this.#refused(refused);
    this.#offset += length;
    const over = count < 0 || (this.#endAnnounced && this.#offset === this.#end);
    return over ? this.#ended(now, sink) : undefined;
  }

  /** The body is over: the package is whole, or there is more of it to ask for. */
  #ended<Reason extends string>(
    now: number,
    sink: DownloadSink<Reason>,
  ): DownloadEvent<Reason | DownloadReason> {
    const end = this.#size ?? this.#end;
    const whole = end === undefined ? !sink.short : this.#offset === end;
    return whole && this.#offset > 0 ? this.#done() : this.#again("network", SHORT, 0, now);
  }

  /** Goes on at `until`, unless the attempt has been too slow. */
  #wait<Reason extends string>(until: number, now: number): DownloadEvent<Reason | DownloadReason> {
    return this.#pace.late(now) ? this.#again("timeout", SLOW, 0, now) : { type: "wait", until };
  }

  /** Byte 0 comes next. */
  #restart<Reason extends string>(sink: DownloadSink<Reason>): Reason | undefined {
    if (this.#offset === 0) return undefined;
    this.#offset = 0;
    if (!this.#described) this.#size = undefined;
    this.#validator = undefined;
    return sink.restart();
  }

  /** The link has failed. A host that does not prove who it is will hardly do so soon. */
  #lost<Reason extends string>(
    { failed, why }: Extract<Outcome<unknown>, { failed: unknown }>,
    now: number,
  ): DownloadEvent<Reason | DownloadReason> {
    if (failed === "secure" && ++this.#distrust >= this.#limits.distrustMax)
      return this.#over("network", `${why}, ${this.#distrust} times`);
    return this.#again("network", why, 0, now, failed === "secure");
  }

  /**
   * Another attempt, after a pause, unless this was the last. One that came well further than all
   * before it counts as the first.
   */
  #again<Reason extends string>(
    reason: DownloadReason,
    why: string,
    afterMs: number,
    now: number,
    distrusted = false,
  ): DownloadEvent<Reason | DownloadReason> {
    this.#close();
    if (!distrusted) this.#distrust = 0;
    if (this.#offset >= this.#furthest + this.#limits.progressBytes) {
      this.#attempt = 1;
      this.#furthest = this.#offset;
    }
    if (this.#attempt >= this.#limits.attemptsMax) return this.#over(reason, why);
    const { retryMs, retryMaxMs, retryAfterMaxMs } = this.#limits;
    const share = randomShare(this.#random);
    const pause = backoffMs(this.#attempt, share, { firstMs: retryMs, longestMs: retryMaxMs });
    const pauseMs = patientMs(pause, Math.min(afterMs, retryAfterMaxMs), share);
    this.#url = undefined;
    this.#phase = "waiting";
    this.#resumeAt = now + pauseMs;
    const seconds = Math.ceil(pauseMs / 1000);
    this.#log("warning", `attempt ${this.#attempt}${this.#host}: ${why}; again in ${seconds} s`);
    return { type: "wait", until: this.#resumeAt, paused: true };
  }

  #done(): { type: "done" } {
    this.stop();
    return { type: "done" };
  }

  /** Ends it: `why` is for the log. */
  #over<Reason extends string>(reason: Reason, why: string): { type: "failed"; reason: Reason } {
    this.#log("error", `attempt ${this.#attempt}${this.#host}: ${why}; no other follows`);
    return this.#refused(reason);
  }

  /** Ends it for a reason that is in the log already, or that the sink has. */
  #refused<Reason extends string>(reason: Reason): { type: "failed"; reason: Reason } {
    this.stop();
    return { type: "failed", reason };
  }

  #close(): void {
    this.#exchange?.close();
    this.#exchange = undefined;
  }
}
